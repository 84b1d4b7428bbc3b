"""A report added to the wrong incident is taken out again, and everything is as it was."""

from datetime import datetime, timedelta

import pytest

from access.actors import Actor
from incidents import services
from incidents.models import Incident, IncidentType, Report
from incidents.services.splitting import CannotSplit
from journal.models import Entry
from kit.errors import Forbidden, NotFound
from kit.geo import Position
from tests.conftest import a_report


@pytest.fixture
def second(call_taker: Actor, building_fire: IncidentType, northern_fire: Incident, now: datetime) -> Report:
    """A call about a fire across the street, added to the northern fire by mistake."""
    said = a_report(
        building_fire, now, caller_name="李先生", words="对面楼着火", place_words="西里 3 号", position=Position(116.41, 39.96),
        received_at=now - timedelta(minutes=3),
    )  # fmt: skip
    return services.attach_report(call_taker, incident_id=northern_fire.pk, report=said, now=now)


def test_a_split_makes_an_incident_of_what_was_said_and_the_other_is_as_before(
    call_taker: Actor, northern_fire: Incident, second: Report, now: datetime
) -> None:
    new = services.split_report(call_taker, report_id=second.pk, type_id=None, now=now)

    northern_fire.refresh_from_db()
    second.refresh_from_db()
    assert (second.incident, second.first_incident, second.caller_name) == (new, new, "李先生")
    assert (new.type, new.summary, new.address, new.call_received_at) == (northern_fire.type, "对面楼着火", "西里 3 号", second.received_at)
    assert (round(new.point.x, 2), new.region, new.status) == (116.41, northern_fire.region, "NEW")  # type: ignore[union-attr]
    assert northern_fire.call_received_at == now and northern_fire.reports.count() == 1


def test_a_split_stands_in_the_timeline_of_both(call_taker: Actor, northern_fire: Incident, second: Report, now: datetime) -> None:
    new = services.split_report(call_taker, report_id=second.pk, type_id=None, now=now)

    entry = Entry.objects.get(name="incidents.report_split")
    assert {f"incident:{northern_fire.pk}", f"incident:{new.pk}"} <= set(entry.about)


def test_a_split_report_survives_being_merged_and_unmerged(call_taker: Actor, northern_fire: Incident, second: Report, now: datetime) -> None:
    new = services.split_report(call_taker, report_id=second.pk, type_id=None, now=now)

    services.merge_incident(call_taker, incident_id=new.pk, target_id=northern_fire.pk, now=now)
    with pytest.raises(CannotSplit):
        services.split_report(call_taker, report_id=second.pk, type_id=None, now=now)
    services.unmerge_incident(call_taker, incident_id=new.pk, now=now)

    assert [each.pk for each in new.reports.all()] == [second.pk]


def test_the_only_report_stays(call_taker: Actor, northern_fire: Incident, now: datetime) -> None:
    with pytest.raises(CannotSplit):
        services.split_report(call_taker, report_id=northern_fire.reports.get().pk, type_id=None, now=now)


def test_a_call_that_named_no_place_takes_the_place_it_was_added_to(
    call_taker: Actor, building_fire: IncidentType, northern_fire: Incident, now: datetime
) -> None:
    silent = a_report(building_fire, now, place_words="", position=None)
    report = services.attach_report(call_taker, incident_id=northern_fire.pk, report=silent, now=now)

    new = services.split_report(call_taker, report_id=report.pk, type_id=None, now=now)

    assert (new.address, new.point) == (northern_fire.address, northern_fire.point)


def test_a_crew_and_a_chief_of_the_south_cannot_split_a_northern_report(crew: Actor, fire_chief_south: Actor, second: Report, now: datetime) -> None:
    with pytest.raises(Forbidden):
        services.split_report(crew, report_id=second.pk, type_id=None, now=now)
    with pytest.raises(NotFound):
        services.split_report(fire_chief_south, report_id=second.pk, type_id=None, now=now)
