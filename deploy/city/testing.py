"""`./city test`: the tests on services of their own, so that they run beside `./city up`."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from city import browser, environment, lanes, stack, supervisor, telephone, virus_scanner
from city.place import Place
from city.speech import say

_MANNERS = {"-q", "-qq", "-v", "-x", "--browser"}
_TELEPHONE_TEST = "tests/exchange/test_telephone_exchange"
_SCANNER_TEST = "tests/files/test_virus_scanner.py"
_BROWSER_TESTS = ("tests/flows", "tests/browser", "tests/journeys")


def test(place: Place, arguments: list[str]) -> int:
    """Run the tests but for the long ones, or those that the arguments name."""
    if not arguments or set(arguments) <= _MANNERS:
        return _whole_run(place, arguments)
    return _pytest(place, arguments if "-m" in arguments else ["-m", "not soak", *arguments])


def soak(place: Place, arguments: list[str]) -> int:
    """Run the long tests."""
    return _pytest(place, ["-m", "soak", *arguments])


def _whole_run(place: Place, arguments: list[str]) -> int:
    """Every test, in two lanes and an idle one with services of their own."""
    name = os.environ.get("CITY_TEST_NAME") or "main"
    _leave_services_of_the_caller()
    _hear_interrupts()
    places = [place.for_tests(each) for each in (name, f"{name}-2", f"{name}-3")]
    stack.install(places[0], "requirements.txt", "requirements-test.txt")
    virus_scanner.install(places[0])
    with contextlib.ExitStack() as held:
        for own in places:
            held.enter_context(_alone(name, own))
        fetching = held.enter_context(ThreadPoolExecutor(1)).submit(_fetch_browser_and_telephone, places[0])
        return _in_lanes(place, places, fetching.result, arguments)


def _fetch_browser_and_telephone(place: Place) -> None:
    browser.install(place)
    telephone.install(place)


def _in_lanes(place: Place, places: list[Place], have_browser: Callable[[], None], arguments: list[str]) -> int:
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        for own in places:
            stack.services(own, durable=False)
        manners = [argument for argument in arguments if argument != "--browser"]
        *both, idle = [lanes.Lane(own, _environment) for own in places]
        return lanes.run(place, both, idle, have_browser, manners)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # told once more it would leave half of it running
        for own in places:
            supervisor.shut_down(_stage(own))
            supervisor.shut_down(own)
        signal.signal(signal.SIGTERM, before)


def _pytest(place: Place, arguments: list[str]) -> int:
    """Run pytest with the given arguments; its exit code is ours."""
    own = place.for_tests(os.environ.get("CITY_TEST_NAME") or "main")
    _leave_services_of_the_caller()
    _hear_interrupts()
    stack.install(own, "requirements.txt", "requirements-test.txt")
    named = [argument for argument in arguments if (place.root / argument.split("::")[0]).exists() and not argument.startswith("-")]
    if "--browser" in arguments or not named or any(argument.startswith(_BROWSER_TESTS) for argument in named):
        browser.install(own)
    if any(argument.startswith(_TELEPHONE_TEST) for argument in named):
        telephone.install(own)
    if any(_SCANNER_TEST.startswith(argument.split("::")[0].rstrip("/")) for argument in named):
        virus_scanner.install(own)
    arguments = [argument for argument in arguments if argument != "--browser"]
    with _alone(own.var.name, own):
        return _in_one(own, arguments)


def _alone(name: str, own: Place) -> contextlib.AbstractContextManager[None]:
    return own.alone("test", f"Another test run uses the name {name.removeprefix('test-')}: wait, or set CITY_TEST_NAME to another one.")


def _in_one(own: Place, arguments: list[str]) -> int:
    keeps = os.environ.get("CITY_TEST_KEEP") == "1"
    command = [str(own.python), "-m", "pytest", *(["--reuse-db"] if keeps else []), *arguments]
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        stack.services(own, durable=os.environ.get("CITY_TEST_DURABLE") == "1")
        return _run(command, _environment(own), own)
    finally:
        supervisor.shut_down(_stage(own))  # it ends with its tests, unless they were killed
        if not keeps:
            supervisor.shut_down(own)
        signal.signal(signal.SIGTERM, before)


def _leave(*_: object) -> None:
    """Told to end before the tests have begun: what was started is shut down on the way out."""
    raise SystemExit(128 + signal.SIGTERM)


def _stage(own: Place) -> Place:
    """The city of their own that tests kill the programs of (tests/live/proof)."""
    return Place(root=own.root, home=own.home, var=own.var.with_name(f"{own.var.name}-proof"))


def _leave_services_of_the_caller() -> None:
    """Tests make and drop databases: never on a server that the caller uses."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "PORT"):
        if os.environ.pop(name, None):
            say(f"{name} is not used by tests: they have a private service.")


def _hear_interrupts() -> None:
    """A script's shell makes what it starts with & deaf to them, and pytest would be too: it is told to end by one."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _environment(place: Place) -> dict[str, str]:
    env = environment.as_owner(environment.of_children(place))
    env["DATABASE_WEB_URL"] = environment.url_of(place, "city_web")
    env["LOG_LEVEL"] = os.environ.get("LOG_LEVEL", "WARNING")
    if browser.is_here(place):
        env |= {"CHROMIUM_PATH": str(browser.wrapper(place)), "CHROMIUM_SHELL_PATH": str(browser.shell(place))}
    return env | telephone.environment(place) | virus_scanner.environment(place)


def _run(command: list[str], env: dict[str, str], place: Place) -> int:
    """Run in the foreground; an interrupt goes to pytest first, which ends in its own way. Told to end is such an interrupt, told twice is not."""
    with subprocess.Popen(command, env=env, cwd=place.root) as child:
        ways = iter((signal.SIGINT,))
        before = signal.signal(signal.SIGTERM, lambda *_: child.send_signal(next(ways, signal.SIGTERM)))
        try:
            while True:
                try:
                    return child.wait()
                except KeyboardInterrupt:
                    continue
        finally:
            signal.signal(signal.SIGTERM, before)
