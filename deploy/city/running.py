"""`./city up`, `down`, `status` and `logs`."""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.error
import urllib.request
from types import FrameType
from typing import Any

from city import environment, paper, product, programs, stack, supervisor
from city.place import Place
from city.speech import Stop, elapsed, say, step, wrong_setting


def up(place: Place, arguments: list[str]) -> int:
    """Install what is missing, start everything, and stay until Ctrl-C."""
    unknown = set(arguments) - {"--detach", "-d", "--bare"}
    if unknown:
        raise Stop(f"./city up knows --detach and --bare, not {' '.join(sorted(unknown))}.")
    if "--bare" in arguments:
        os.environ["DEMO"] = "0"
    is_detached = not {"--detach", "-d"}.isdisjoint(arguments)
    previous = _stop_on_signals()
    stack.install(place)
    had_services = supervisor.is_up(place)
    try:
        stack.services(place)
        _run_product(place)
        if is_detached:
            say("It runs on; ./city down stops it.")
            return 0
        _watch(place)
    except (KeyboardInterrupt, Stop) as reason:
        if not is_detached or isinstance(reason, KeyboardInterrupt):
            _leave(place, had_services)
        if isinstance(reason, Stop):
            raise
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    return 0


def _stop_on_signals() -> dict[int, Any]:
    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    return {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}


def _run_product(place: Place) -> None:
    running = {name for name, info in supervisor.states(place).items() if info["statename"] in ("RUNNING", "STARTING")}
    if "web" in running:
        supervisor.stop(place, programs.PRODUCT)  # the code or the settings may have changed
    port = environment.choose_port(place)
    os.environ["PORT"] = port
    env = environment.of_children(place)
    note = product.prepare(place, env)
    environment.keep(place, environment.without(env, ["DATABASE_OWNER_URL"]))
    log = place.log / "web.log"
    old = log.stat().st_size if log.exists() else 0
    with step("Start the web server and the relay"):
        supervisor.start(place, programs.PRODUCT[:2])
        try:
            _wait_for_web(place, env, old)
        except Stop:
            supervisor.stop(place, programs.PRODUCT)
            raise
    supervisor.start(place, programs.wanted_product(place)[2:])  # they take the processor for seconds that a visitor would wait
    say(_welcome(env, note))
    paper.install(place)  # a visitor need not wait for it


def _wait_for_web(place: Place, env: dict[str, str], old: int, seconds: float = 60) -> None:
    """Until it answers. Its log is the proof of a wrong setting, past the `old` bytes: the supervisor starts it again and again meanwhile."""
    until = time.monotonic() + seconds
    log = place.log / "web.log"
    while time.monotonic() < until:
        if probe(env, "/healthz") is not None or probe(env, "/accounts/login/") is not None:
            return
        if wrong := wrong_setting(log, old):
            raise Stop(wrong)
        time.sleep(0.2)
    tail = "\n".join("    " + line for line in _tail(place, "web", 12))
    raise Stop(f"The web server did not answer within {seconds:.0f} s. The end of {log}:\n{tail}")


def probe(env: dict[str, str], path: str) -> tuple[int, str] | None:
    """Status and text of a page of the running city, or nothing when nobody answers."""
    host = env.get("HOST") or "127.0.0.1"
    host = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    try:
        with urllib.request.urlopen(f"http://{host}:{env['PORT']}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode(errors="replace")
    except OSError:
        return None


def _welcome(env: dict[str, str], note: str) -> str:
    address = f"http://localhost:{env['PORT']}/"
    return f"""
The city is up after {elapsed():.1f} s:  {address}

{note.strip()}

Try: sign in as the dispatcher in two browsers, then ./city demo, and watch both.
     ./city status   what runs        ./city logs web   what it says        ./city down   stop
"""


def _watch(place: Place) -> None:
    """Stay in the foreground and say when a program was started again."""
    say("Ctrl-C stops it.")
    known = {name: info["pid"] for name, info in supervisor.states(place).items()}
    while True:
        time.sleep(1)
        states = supervisor.states(place)
        if not states or states["web"]["statename"] == "STOPPED":
            say("The city was stopped from elsewhere.")
            return
        for name, info in states.items():
            if info["pid"] and known.get(name) and info["pid"] != known[name]:
                say(f"{name} had ended and was started again: ./city logs {name}")
            if info["pid"]:
                known[name] = info["pid"]


def _leave(place: Place, had_services: bool) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
    say("\nStopping ...")
    began = time.monotonic()
    if had_services:
        supervisor.stop(place, programs.PRODUCT)
    else:
        supervisor.shut_down(place)
    say(f"Stopped cleanly in {time.monotonic() - began:.1f} s.")


def down(place: Place, arguments: list[str]) -> int:
    """Stop everything of this checkout."""
    began = time.monotonic()
    if supervisor.shut_down(place):
        say(f"Stopped cleanly in {time.monotonic() - began:.1f} s.")
    else:
        say("Nothing was running.")
    return 0


def status(place: Place, arguments: list[str]) -> int:
    """A line for each program, then the city's own opinion of its health."""
    states = supervisor.states(place)
    if not states:
        say("The city is down: ./city up starts it.")
        return 3
    well = True
    for name in (*programs.wanted_services(), *programs.wanted_product(place)):
        info = states.get(name)
        if info:
            since = f"for {_span(info['now'] - info['start'])}" if info["statename"] == "RUNNING" else info["spawnerr"]
            say(f"{name:9} {info['statename'].lower():9} pid {info['pid'] or '-':<8} {since}")
            well = well and info["statename"] == "RUNNING"
    env = environment.kept(place)
    answer = probe(env, "/readyz")
    if answer is None:
        say(f"No answer from http://localhost:{env['PORT']}/readyz.")
        return 1
    for line in _readiness(answer[1]):
        say(line)
    say(f"http://localhost:{env['PORT']}/  {'ready' if answer[0] == 200 else 'not ready'}")
    return 0 if well and answer[0] == 200 else 1


def _readiness(text: str) -> list[str]:
    try:
        checks = json.loads(text)
    except json.JSONDecodeError:
        return []
    return [f"  {name:10} {'ok' if check.get('ok') else 'NOT OK'}  {check.get('says', '')}" for name, check in checks.get("checks", {}).items()]


def _span(seconds: int) -> str:
    days, rest = divmod(max(int(seconds), 0), 86_400)
    return f"{days} d {rest // 3600} h" if days else f"{rest // 3600}:{rest % 3600 // 60:02}:{rest % 60:02}"


def _tail(place: Place, name: str, count: int) -> list[str]:
    path = place.log / f"{name}.log"
    return path.read_text(errors="replace").splitlines()[-count:] if path.exists() else []


def logs(place: Place, arguments: list[str]) -> int:
    """The last lines of the named logs, or of every program's; -f stays."""
    names = [argument for argument in arguments if not argument.startswith("-")]
    there = sorted(path.stem for path in place.log.glob("*.log"))
    for name in names:
        if name not in there:
            raise Stop(f"There is no log {name}; there are: {', '.join(there) or 'none yet'}.")
    chosen = names or [name for name in (*programs.SERVICES, *programs.PRODUCT) if name in there]
    if "-f" in arguments:
        files = [str(place.log / f"{name}.log") for name in chosen]
        os.execvp("tail", ["tail", "-n", "20", "-F", *files])
    for name in chosen:
        say(f"--- {name}")
        for line in _tail(place, name, 200 if names else 15):
            say(line)
    return 0
