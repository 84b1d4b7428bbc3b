"""A city without the routing engine starts all the same, and says what it does instead."""

import sys
import time
from pathlib import Path

import pytest
from city import doctor, programs, routing
from city.place import Place

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A stack of one's own in a network that reaches no index of packages."""
    for name in ("PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_EXTRA_INDEX_URL", "ROUTING_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    here = Place(root=ROOT, home=tmp_path, var=tmp_path)
    here.make()
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    here.python.symlink_to(sys.executable)
    return here


def test_an_engine_that_cannot_be_fetched_stops_nothing_and_is_not_tried_again_at_every_start(place: Place):
    routing.install(place)
    began = time.monotonic()
    routing.install(place)

    assert time.monotonic() - began < 0.2
    assert not routing.is_here(place) and "routing" not in programs.wanted_product(place)
    assert "could not download" in routing.why_not(place)


def test_the_doctor_says_that_travel_is_estimated_and_why(place: Place):
    routing.install(place)

    [(level, what, sentence)] = list(doctor._routing(place))

    assert (level, what) == ("warn", "routing")
    assert "straight lines" in sentence and "could not download" in sentence


def test_a_city_with_an_engine_of_its_own_runs_none_of_ours(place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ROUTING_URL", "http://valhalla.example:8002")

    assert "routing" not in programs.wanted_product(place)
    assert [finding[0] for finding in doctor._routing(place)] == ["ok"]
