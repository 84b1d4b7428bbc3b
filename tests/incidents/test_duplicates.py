"""Which incidents a call may be about: near in place and time, alike in type and words, and only what the person may see."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import translation

from access.actors import Actor
from incidents import services
from incidents.duplicates import Call, candidates
from incidents.models import Incident, IncidentType
from incidents.sameness import fold, similarities
from kit.geo import Position
from tests.conftest import NORTH_POINT, a_report

METRE = 1 / 111_195  # of latitude, in degrees

Opened = Callable[..., Incident]


@pytest.fixture
def opened(call_taker: Actor, building_fire: IncidentType, north: object, now: datetime) -> Opened:
    """An incident some metres north of the northern point, some minutes ago: `opened(120, 4, words="...")`."""

    def report(metres: float, minutes: float, kind: IncidentType | None = None, **said: object) -> Incident:
        fields = {"position": Position(NORTH_POINT.lon, NORTH_POINT.lat + metres * METRE), "received_at": now - timedelta(minutes=minutes)} | said
        return services.report_incident(call_taker, report=a_report(kind or building_fire, now, **fields), now=now)

    return report


@pytest.fixture
def call(building_fire: IncidentType, now: datetime) -> Call:
    return Call(at=now, position=NORTH_POINT, type=building_fire, place_words="莲花池东路 12 号", words="二楼冒烟，有人被困")


def test_a_call_taker_is_shown_the_near_fire_first_with_distance_age_and_reasons(call_taker: Actor, opened: Opened, call: Call) -> None:
    further, nearer = opened(220, 3), opened(60, 4)

    found = candidates(call_taker, call)

    assert [each.incident for each in found] == [nearer, further]
    assert round(found[0].metres or 0) == 60
    assert found[0].age == timedelta(minutes=4)
    with translation.override("en"):
        assert found[0].why[0] == "same type"
        assert found[0].why[1].startswith("similar words")
    with translation.override("zh-hans"):
        assert found[0].why[0] == "类型相同"


def test_what_is_too_far_too_old_or_over_is_not_offered(call_taker: Actor, dispatcher: Actor, opened: Opened, call: Call, now: datetime) -> None:
    opened(310, 2)
    opened(20, 31)
    over = opened(20, 2)
    services.cancel_incident(dispatcher, incident_id=over.pk, reason="误报", now=now)

    assert candidates(call_taker, call) == []


def test_an_old_fire_that_people_still_call_about_is_offered(
    call_taker: Actor, building_fire: IncidentType, opened: Opened, call: Call, now: datetime
) -> None:
    old = opened(20, 55)
    services.attach_report(call_taker, incident_id=old.pk, report=a_report(building_fire, now, received_at=now - timedelta(minutes=6)), now=now)

    (found,) = candidates(call_taker, call)

    assert (found.incident, found.reports) == (old, 2)


def test_a_pothole_is_looked_for_within_fifty_metres_and_thirty_days(call_taker: Actor, water: object, opened: Opened, now: datetime) -> None:
    pothole = IncidentType.objects.create(code="pothole", name="路面坑洞", kind="SERVICE", severity=4, department=water)
    weeks_ago, soon = opened(30, 0, pothole), opened(60, 0, pothole)
    Incident.objects.filter(pk=weeks_ago.pk).update(call_received_at=now - timedelta(days=29))
    weeks_ago.reports.update(received_at=now - timedelta(days=29))

    found = candidates(call_taker, Call(at=now, position=NORTH_POINT, type=pothole))

    assert [each.incident for each in found] == [weeks_ago]
    assert soon not in [each.incident for each in found]


def test_a_burst_pipe_beside_a_fire_is_another_thing(call_taker: Actor, burst_pipe: IncidentType, opened: Opened, call: Call) -> None:
    opened(40, 3, burst_pipe, words="路面冒水")

    assert candidates(call_taker, call) == []


def test_a_fire_chief_is_not_offered_what_only_others_may_see(
    call_taker: Actor, fire_chief_south: Actor, outsider: Actor, opened: Opened, call: Call
) -> None:
    opened(20, 2)

    assert len(candidates(call_taker, call)) == 1
    assert candidates(fire_chief_south, call) == []
    assert candidates(outsider, call) == []


def test_a_caller_without_a_point_is_matched_by_the_words_for_the_place(
    call_taker: Actor, opened: Opened, building_fire: IncidentType, now: datetime
) -> None:
    same = opened(0, 3, place_words="莲花池东路12号院")
    opened(0, 3, place_words="西直门外大街 8 号")

    found = candidates(call_taker, Call(at=now, type=building_fire, place_words="莲花池东路１２号"))

    assert [each.incident for each in found] == [same]
    with translation.override("en"):
        assert "similar address" in found[0].why


def test_nothing_is_offered_before_anything_is_said_of_the_place(
    call_taker: Actor, opened: Opened, building_fire: IncidentType, now: datetime
) -> None:
    opened(0, 1)

    assert candidates(call_taker, Call(at=now, type=building_fire, words="二楼冒烟")) == []


def test_never_more_than_nine_are_offered_and_the_question_stays_bounded(
    call_taker: Actor, opened: Opened, call: Call, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    for number in range(12):
        opened(5 * number, 1)

    with django_assert_max_num_queries(4):  # type: ignore[attr-defined]
        found = candidates(call_taker, call)

    assert len(found) == 9
    assert [round(each.metres or 0) for each in found] == [0, 5, 10, 15, 20, 25, 30, 35, 40]


def test_words_are_compared_without_width_punctuation_or_the_way_digits_are_written(db: None) -> None:
    assert fold("莲花池东路１２号！") == fold("莲花池东路12号")
    assert fold("二楼") == fold("2楼")

    same, near, other = similarities("二楼冒烟，有人被困", ["2楼冒烟有人被困", "有人被困在２楼", "路面冒水"])

    assert same > 0.8 > near > 0.35 > other
