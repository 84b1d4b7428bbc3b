"""The verbs of `./city`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

from city import (
    backups,
    browser,
    checks,
    debian,
    doctor,
    environment,
    front_end,
    product,
    programs,
    python_packages,
    running,
    stack,
    supervisor,
    testing,
)
from city.place import Place
from city.speech import Stop, say

_HELP = """./city VERB: one door to this checkout.  Everything it makes lives in ./var (or in VAR).

  up [--detach]        install what is missing, then run everything; Ctrl-C stops it (--bare: without the demo city)
  down                 stop everything cleanly
  status               what runs, since when, and whether it is healthy
  logs [NAME] [-f]     the last lines of a program's log
  demo [FILE ...]      play the demo city's day, or a file, as life
  test [ARGS]          run the tests (arguments go to pytest; --browser fetches Chromium for a part of them)
  soak [ARGS]          the long tests
  check                lint, types, architecture, migrations, static files, scripts
  bench [ARGS]         measure against the baselines
  docs                 write the generated reference
  pictures [NAME ...]  take the pictures of the documentation from the running demo city
  manage VERB ...      a manage.py verb in the right environment
  services             install and start PostgreSQL and Redis only
  backup [FILE]        everything that cannot be made again, into one file
  restore FILE         bring a backup into an empty database
  doctor               look for what will go wrong
  refresh              fetch Debian's present packages at the next start (stop first)
  vendor               place the front-end files from node_modules again
  lock                 resolve the pinned versions again
"""


def main(arguments: list[str]) -> int:
    """Do one verb; return the exit code."""
    verb, *rest = arguments or ["help"]
    if verb not in VERBS:
        say(_HELP if verb in ("help", "--help", "-h") else f"city: there is no verb {verb}.\n\n{_HELP}")
        return 0 if verb in ("help", "--help", "-h") else 2
    try:
        place = Place.here()
        environment.load_settings_file(place)
        return VERBS[verb](place, rest)
    except Stop as sentence:
        print(f"city: {sentence}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("city: interrupted.", file=sys.stderr)
        return 130


def _services(place: Place, rest: list[str]) -> int:
    stack.install(place)
    stack.services(place)
    env = environment.of_children(place)
    say(f"PostgreSQL: {env['DATABASE_URL']}\nRedis:      {env['REDIS_URL']}")
    return 0


def _manage(place: Place, rest: list[str]) -> int:
    stack.install(place)
    if programs.wanted_services():
        stack.services(place)
    env = environment.of_children(place)
    if rest and rest[0] in environment.OWNER_VERBS:
        env = environment.as_owner(env)
        product.forget_migrations(place)
    os.execve(place.python, [str(place.python), str(place.root / "manage.py"), *rest], env)


def _run(place: Place, rest: list[str]) -> int:
    programs.replace_with(rest[0] if rest else "", place)
    return 0


def _demo(place: Place, rest: list[str]) -> int:
    stack.install(place)
    env = {**environment.of_children(place), "PORT": environment.kept(place)["PORT"]}
    if running.probe(env, "/healthz") is None:
        raise Stop("The city does not answer: start it with ./city up in another window first.")
    env["CITY_URL"] = f"http://127.0.0.1:{env['PORT']}"
    is_file = any(not argument.startswith("-") for argument in rest[:1])
    verb = ["replay_cad", *rest, "--show-to-desks"] if is_file else ["replay_demo", *rest]
    return product.manage(place, env, *verb)


def _bench(place: Place, rest: list[str]) -> int:
    script = place.root / "bench" / "run.py"
    if not script.exists():
        raise Stop("bench/run.py is not part of this checkout.")
    stack.install(place, "requirements.txt", "requirements-test.txt")
    own = place.for_tests("bench")
    browser.install(place)
    stack.services(own, durable=True)
    try:
        env = environment.as_owner(environment.of_children(own)) | {"CHROMIUM_PATH": str(browser.wrapper(place))}
        product.migrate(own, env)
        return subprocess.call([place.python, script, *rest], env=env, cwd=place.root)
    finally:
        supervisor.shut_down(own)


def _docs(place: Place, rest: list[str]) -> int:
    stack.install(place)
    return product.manage(place, environment.of_children(place), "reference_docs", *rest)


def _pictures(place: Place, rest: list[str]) -> int:
    stack.install(place, "requirements.txt", "requirements-test.txt")
    browser.install(place)
    port, password = environment.kept(place)["PORT"], place.var / "demo-password"
    if running.probe({**environment.of_children(place), "PORT": port}, "/healthz") is None or not password.exists():
        raise Stop("The demo city does not answer: start it with ./city up in another window first.")
    script = place.root / "docs" / "pictures" / "take.py"
    env = {**environment.of_children(place), "CHROMIUM_PATH": str(browser.wrapper(place))}
    words = [f"http://127.0.0.1:{port}", password.read_text().strip(), str(script.parent), *rest]
    return subprocess.call([place.python, script, *words], env=env, cwd=place.root)


def _refresh(place: Place, rest: list[str]) -> int:
    if supervisor.is_up(place):
        raise Stop("The city is running: stop it with ./city down first.")
    debian.forget(place)
    say("Debian's packages are fetched again at the next start.")
    return 0


def _vendor(place: Place, rest: list[str]) -> int:
    place.make()
    front_end.place_files(place)
    return 0


def _lock(place: Place, rest: list[str]) -> int:
    place.make()
    python_packages.lock(place)
    return 0


VERBS: dict[str, Callable[[Place, list[str]], int]] = {
    "services": _services,
    "manage": _manage,
    "run": _run,
    "test": testing.test,
    "soak": testing.soak,
    "up": running.up,
    "down": running.down,
    "status": running.status,
    "logs": running.logs,
    "demo": _demo,
    "bench": _bench,
    "docs": _docs,
    "pictures": _pictures,
    "check": checks.check,
    "backup": backups.backup,
    "restore": backups.restore,
    "doctor": doctor.doctor,
    "refresh": _refresh,
    "vendor": _vendor,
    "lock": _lock,
}
