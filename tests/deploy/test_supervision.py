"""A whole city from the first start to the last stop, with every program killed once in between."""

import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from city import supervisor
from city.place import Place

from tests import tables

from .conftest import ROOT, City

pytestmark = pytest.mark.patient

PROGRAMS = ("postgres", "redis", "relay", "watch", "worker", "slow", "outside", "beat", "web")
BACK_WITHIN_SECONDS = 60  # where other work takes the processors; about three seconds on an idle machine


@pytest.fixture(scope="module")
def city(found_city: Callable[[str], City], django_db_setup: None, django_db_blocker: Any) -> City:
    """A running city."""
    city = found_city("up")
    city.do("services")
    with django_db_blocker.unblock():
        tables.bring(_place(city))
    city.do("up", "--detach", "--bare")
    return city


def _place(city: City) -> Place:
    return Place(root=ROOT, home=Path(sys.prefix).parent, var=city.var)


def _pids(city: City) -> dict[str, int]:
    """What runs; asked of the supervisor itself, as asking ./city ever again would be most of the work of these tests."""
    said = supervisor.states(_place(city))
    return {name: state["pid"] for name, state in said.items() if state["statename"] == "RUNNING"}


def _is_ready(city: City) -> bool:
    status, text = city.get("/readyz")
    return status == 200 and json.loads(text)["ready"]


def _processes_of(city: City) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                environment = (entry / "environ").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if (f"CITY_STACK={city.var}\0" in environment or f"{city.var}/" in line) and "pytest" not in line:
                found.append(line)
    return found


def test_a_visitor_sees_the_sign_in_page(city: City) -> None:
    assert city.get("/healthz") == (200, "ok\n")
    assert city.get("/accounts/login/")[0] == 200


def test_an_operator_is_told_what_runs_and_under_which_number(city: City) -> None:
    lines = city.do("status", may_fail=True).stdout.splitlines()

    assert {match[1]: int(match[2]) for line in lines if (match := re.match(r"(\w+) +running +pid (\d+)", line))} == _pids(city)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_killed_program_serves_again_without_a_person(city: City, name: str) -> None:
    until = time.monotonic() + 30
    while not _is_ready(city) and time.monotonic() < until:
        time.sleep(0.2)
    victim = _pids(city)[name]

    os.kill(victim, signal.SIGKILL)

    until = time.monotonic() + BACK_WITHIN_SECONDS
    while time.monotonic() < until and (_pids(city).get(name, victim) == victim or not _is_ready(city)):
        time.sleep(0.2)
    assert _pids(city).get(name, victim) != victim
    assert _is_ready(city)


def test_a_killed_supervisor_leaves_nothing_that_the_next_start_would_trip_over(city: City) -> None:
    process = int((city.var / "run" / "supervisord.pid").read_text())

    os.kill(process, signal.SIGKILL)

    assert city.get("/healthz")[0] == 200  # the programs go on meanwhile
    city.do("up", "--detach", "--bare")
    until = time.monotonic() + BACK_WITHIN_SECONDS
    while not set(PROGRAMS) <= _pids(city).keys() and time.monotonic() < until:
        time.sleep(0.2)
    assert _pids(city).keys() - {"routing"} == set(PROGRAMS)  # the routing engine runs only where it could be fetched
    assert city.get("/healthz")[0] == 200


def test_a_scraper_without_the_token_finds_no_figures(city: City) -> None:
    assert city.get("/metrics")[0] == 404


def test_a_wrong_setting_stops_the_start_and_is_named(city: City) -> None:
    refusal = city.do("manage", "check", may_fail=True, CITY_TIME_ZONE="Asia/Atlantis")

    assert refusal.returncode != 0
    assert "CITY_TIME_ZONE" in refusal.stderr


def test_a_wrong_setting_stops_the_whole_city_with_one_sentence(city: City) -> None:
    refusal = city.do("up", "--detach", "--bare", may_fail=True, CITY_TIME_ZONE="Asia/Atlantis")

    assert refusal.returncode == 1
    assert "city: setting CITY_TIME_ZONE" in refusal.stderr
    assert "Traceback" not in refusal.stderr
    city.do("up", "--detach", "--bare")


def test_a_taken_port_is_said_in_a_sentence(city: City, found_city: Callable[[str], City]) -> None:
    refusal = found_city("second").do("up", "--detach", may_fail=True, PORT=city.port)

    assert refusal.returncode == 1
    assert f"PORT {city.port} is taken" in refusal.stderr


def test_the_second_start_is_quick_and_the_last_stop_leaves_nothing(city: City) -> None:
    city.do("down")
    assert _processes_of(city) == []

    began = time.monotonic()
    city.do("up", "--detach", "--bare")
    assert time.monotonic() - began < 40  # 15 s on an idle machine

    city.do("down")
    assert _processes_of(city) == []
