"""What must be done to the checkout before the product can run: catalogues, migrations, static files, the demo city."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from city import cluster, environment, stamps
from city.place import Place
from city.speech import Stop, call, say, step


def has_verb(place: Place, verb: str) -> bool:
    """Whether a room of ours has this manage.py verb."""
    return any(place.root.glob(f"*/management/commands/{verb}.py"))


def compile_catalogues(place: Place) -> None:
    """Compile the translations that changed, with Babel: no gettext package is needed."""
    sources = sorted((place.root / "locale").glob("*/LC_MESSAGES/*.po"))
    stale = [po for po in sources if not po.with_suffix(".mo").exists() or po.with_suffix(".mo").stat().st_mtime < po.stat().st_mtime]
    for po in stale:
        call(
            [
                place.python,
                "-m",
                "babel.messages.frontend",
                "compile",
                "-i",
                po,
                "-o",
                po.with_suffix(".mo"),
                "-l",
                po.parent.parent.name,
                "-D",
                po.stem,
            ],
            log=place.log / "catalogues.log",
            cwd=place.root,
            sentence=f"The translations in {po} could not be compiled.",
        )
        if po.with_suffix(".mo").exists():
            os.utime(po.with_suffix(".mo"))
        else:
            say(f"{po} is marked as fuzzy in its head, so nothing of it is used: see {place.log / 'catalogues.log'}.")


def _manage(place: Place, env: dict[str, str], *verb: str, sentence: str) -> None:
    call([place.python, place.root / "manage.py", *verb], log=place.log / f"{verb[0]}.log", env=env, cwd=place.root, sentence=sentence)


def _migrations_mark(place: Place) -> str:
    files = sorted(place.root.glob("*/migrations/*.py"))
    return stamps.fingerprint(place.root / "requirements.txt", *files)


def migrate(place: Place, env: dict[str, str]) -> None:
    """Bring the tables to this checkout's state, as the owner; skipped when nothing changed since."""
    marker = cluster.data(place) / "city.migrated"
    mark = _migrations_mark(place)
    own = environment.has_own_database()
    if own and marker.exists() and marker.read_text() == mark:
        return
    with step("Bring the tables up to date"):
        _manage(place, environment.as_owner(env), "migrate", "--noinput", "-v", "1", sentence="The tables could not be brought up to date.")
    if own:
        marker.write_text(mark)


def forget_migrations(place: Place) -> None:
    """Let the next start look at the tables again."""
    (cluster.data(place) / "city.migrated").unlink(missing_ok=True)


def collect_static(place: Place, env: dict[str, str]) -> None:
    """Gather the static files under hashed names; skipped when no file changed."""
    sources = [path for path in (place.root / "static").rglob("*") if path.is_file()]
    sources += [path for path in place.root.glob("*/static/**/*") if path.is_file() and place.home not in path.parents]
    code = [place.root / "requirements.txt", *place.root.glob("command_center/s*.py")]
    mark = stamps.fingerprint(stamps.listing(sources), *code, str(place.var))
    if stamps.is_done(place, "static", mark) and (place.var / "static").is_dir():
        return
    with step("Gather the static files"):
        _manage(place, env, "collectstatic", "--noinput", "--clear", "-v", "0", sentence="The static files could not be gathered.")
    stamps.done(place, "static", mark)


def seed(place: Place, env: dict[str, str]) -> str:
    """Make the demo city once, and return what a first visitor must know (accounts and password)."""
    note = place.var / "demo.txt"
    if os.environ.get("DEMO") == "0":
        return "No demo city was asked for: make a first account with ./city manage add_administrator NAME."
    if not has_verb(place, "demo_city"):
        return "The demo city is not part of this checkout: make a first account with ./city manage add_administrator NAME."
    if (cluster.data(place) / "city.seeded").exists() and note.exists() and environment.has_own_database():
        return note.read_text()
    with step("Make the demo city"):
        done = subprocess.run(
            [place.python, place.root / "manage.py", "demo_city", "--once"],
            env=env,
            cwd=place.root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        with (place.log / "demo_city.log").open("a") as log:
            log.write(done.stdout + done.stderr)
        if done.returncode:
            raise Stop(f"The demo city could not be made: {done.stderr.strip()[-800:]}")
    if done.stdout.strip() or not note.exists():
        _write_private(note, done.stdout.strip() + "\n")
    if environment.has_own_database():
        (cluster.data(place) / "city.seeded").write_text("")
    return note.read_text()


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text)


def prepare(place: Place, env: dict[str, str]) -> str:
    """Everything before the first start; the static files are gathered while the tables are made."""
    compile_catalogues(place)
    with ThreadPoolExecutor(2) as pool:
        static = pool.submit(collect_static, place, env)
        migrate(place, env)
        note = seed(place, env)
        static.result()
    return note


def manage(place: Place, env: dict[str, str], verb: str, *arguments: str) -> int:
    """Run a manage.py verb in the foreground; say one sentence where it does not exist."""
    if not has_verb(place, verb):
        say(f"city: manage.py {verb} is not part of this checkout.")
        return 1
    return subprocess.call([place.python, place.root / "manage.py", verb, *arguments], env=env, cwd=place.root)
