"""A file is lived through: what happens in which order, at which moment, and where the units are meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest

from exchange.cad.calls import Call, UnitRun
from exchange.cad.life import Life, Run
from exchange.cad.moving import Fleet
from exchange.cad.replaying import Clock, Summary, events
from exchange.cad.slicing import StartImpossible, choose
from kit.geo import Position

NOON = datetime(2020, 4, 9, 12, 0, tzinfo=UTC)
HOME, SCENE = Position(-122.40, 37.70), Position(-122.42, 37.74)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def life(*runs: dict[str, float], closed: float = 900) -> Life:
    found = tuple(Run(place, {step: after(seconds) for step, seconds in times.items()}, HOME) for place, times in enumerate(runs, 1))
    return Life(id="x", type="t", disposition="d", received_at=NOON, closed_at=after(closed), position=SCENE, runs=found)


def call(number: int, received: float, ends: float) -> Call:
    return Call(id=str(number), type="", group="", received_at=after(received), runs=(UnitRun("E1", "", {"cleared": after(ends)}),))


def test_steps_of_all_units_happen_in_the_order_of_their_times() -> None:
    found = events(life({"dispatched": 10, "on_scene": 300, "cleared": 800}, {"dispatched": 20, "on_scene": 200, "cleared": 900}))

    told = [(event.step, event.run.unit_id if event.run else 0) for event in found]
    assert told == [("dispatched", 1), ("dispatched", 2), ("on_scene", 2), ("on_scene", 1), ("cleared", 1), ("cleared", 2), ("closed", 0)]


def test_a_reversed_time_is_told_as_it_is_but_not_before_the_step_it_follows() -> None:
    found = events(life({"dispatched": 10, "on_scene": 300, "cleared": 200}))

    cleared = next(event for event in found if event.step == "cleared")
    assert (cleared.at, cleared.due_at) == (after(200), after(300))
    assert found[-1].step == "closed"


def test_a_unit_that_nobody_freed_is_recalled_before_the_call_is_closed() -> None:
    found = events(life({"dispatched": 10, "on_scene": 300}, closed=300))

    assert [event.step for event in found] == ["dispatched", "on_scene", "recalled", "closed"]


def test_a_call_without_units_is_closed_all_the_same() -> None:
    assert [event.step for event in events(life(closed=0))] == ["closed"]


def test_at_sixty_times_the_pace_a_minute_is_a_second() -> None:
    clock = Clock(NOON, 60, began=1000.0)

    assert clock.due(after(600)) == 1010.0


def test_a_unit_goes_straight_to_the_scene_and_home_again() -> None:
    one = life({"dispatched": 0, "en_route": 60, "on_scene": 160, "cleared": 500})
    fleet, run = Fleet(), one.runs[0]
    fleet.stand(run.unit_id, HOME)
    assert fleet.fixes(NOON, NOON)[0]["point"] == [-122.40, 37.70]
    assert fleet.fixes(after(1), NOON) == []

    fleet.follow(one, run, "en_route", after(60))
    half_way = fleet.fixes(after(110), NOON)[0]
    fleet.follow(one, run, "on_scene", after(160))
    there = fleet.fixes(after(160), NOON)[0]
    fleet.follow(one, run, "cleared", after(500))
    home = fleet.fixes(after(5000), NOON)[0]

    assert half_way["point"] == [-122.41, 37.72]
    assert 330 < half_way["heading"] < 345
    assert there["point"] == [-122.42, 37.74]
    assert home["point"] == [-122.40, 37.70]


def test_a_unit_that_stands_still_is_heard_of_now_and_then() -> None:
    fleet = Fleet()
    fleet.stand(1, HOME)

    told = [len(fleet.fixes(NOON, after(seconds))) for seconds in (0, 1, 7, 8, 9, 16)]

    assert told == [1, 0, 0, 1, 0, 1]


def test_a_start_within_the_file_begins_there_with_the_files_own_times() -> None:
    found = choose(
        [call(1, 0, 60), call(2, 600, 700), call(3, 1200, 1300)],
        start=after(300),
        is_latest=False,
        minutes=None,
        limit=None,
        speed=60,
        now=datetime.now(UTC),
    )

    assert ([one.id for one in found.calls], found.shift) == (["2", "3"], timedelta(0))


def test_any_other_start_moves_the_whole_file() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)

    found = choose([call(2, 600, 700), call(1, 0, 60)], start=start, is_latest=False, minutes=None, limit=1, speed=60, now=datetime.now(UTC))

    assert [one.id for one in found.calls] == ["1"]
    assert NOON + found.shift == start


def test_a_play_that_would_overtake_the_present_is_refused_with_the_latest_start() -> None:
    calls, now = [call(1, 0, 3600)], datetime(2026, 1, 2, tzinfo=UTC)

    with pytest.raises(StartImpossible, match="start at 2026-01-01T23:00:30"):
        choose(calls, start=now, is_latest=False, minutes=None, limit=None, speed=60, now=now)

    latest = choose(calls, start=None, is_latest=True, minutes=None, limit=None, speed=60, now=now)
    assert NOON + latest.shift == datetime(2026, 1, 1, 23, 0, 30, tzinfo=UTC)


def test_minutes_and_limit_narrow_what_is_played() -> None:
    calls = [call(number, number * 60, number * 60 + 30) for number in range(10)]

    by_minutes = choose(calls, start=None, is_latest=False, minutes=3, limit=None, speed=60, now=datetime.now(UTC))
    by_limit = choose(calls, start=None, is_latest=False, minutes=None, limit=2, speed=60, now=datetime.now(UTC))

    assert (len(by_minutes.calls), len(by_limit.calls)) == (3, 2)


def test_lags_are_told_as_percentiles() -> None:
    summary = Summary(lags=[number / 100 for number in range(101)])

    assert (summary.lag(50), summary.lag(95), Summary().lag(95)) == (0.5, 0.95, 0.0)
