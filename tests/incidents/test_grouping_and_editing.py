"""Merging and un-merging, children, edits on a version, levels."""

from datetime import datetime, timedelta

import pytest

from access.actors import Actor
from incidents import services
from incidents.models import Incident, IncidentType
from incidents.services.common import ReasonMissing, WrongState
from incidents.services.editing import IncidentChanges
from incidents.services.grouping import CannotGroup
from kit.errors import Forbidden, Invalid, Stale
from tests.conftest import SOUTH_POINT, a_report


@pytest.fixture
def second_call(call_taker: Actor, building_fire: IncidentType, northern_fire: Incident, now: datetime) -> Incident:
    report = a_report(building_fire, now - timedelta(minutes=3), caller_name="李先生")
    return services.report_incident(call_taker, report=report, now=now)


def test_a_merge_keeps_every_reporter_and_an_unmerge_restores_everything(
    call_taker: Actor, northern_fire: Incident, second_call: Incident, now: datetime
) -> None:
    services.merge_incident(call_taker, incident_id=second_call.pk, target_id=northern_fire.pk, now=now)
    northern_fire.refresh_from_db()
    merged = {report.caller_name for report in northern_fire.reports.all()}
    earliest = northern_fire.call_received_at

    services.unmerge_incident(call_taker, incident_id=second_call.pk, now=now)

    second_call.refresh_from_db()
    northern_fire.refresh_from_db()
    assert merged == {"张女士", "李先生"}
    assert earliest == now - timedelta(minutes=3)
    assert (second_call.status, second_call.merged_into) == ("NEW", None)
    assert [report.caller_name for report in second_call.reports.all()] == ["李先生"]
    assert northern_fire.call_received_at == now


def test_nothing_is_merged_into_itself_or_into_a_finished_one(
    dispatcher: Actor, northern_fire: Incident, second_call: Incident, now: datetime
) -> None:
    with pytest.raises(Invalid):
        services.merge_incident(dispatcher, incident_id=northern_fire.pk, target_id=northern_fire.pk, now=now)
    services.cancel_incident(dispatcher, incident_id=northern_fire.pk, reason="误报", now=now)
    with pytest.raises(WrongState):
        services.merge_incident(dispatcher, incident_id=second_call.pk, target_id=northern_fire.pk, now=now)


def test_a_major_incident_groups_others_one_level_deep(
    dispatcher: Actor, northern_fire: Incident, second_call: Incident, southern_pipe: Incident, now: datetime
) -> None:
    services.link_child(dispatcher, incident_id=second_call.pk, parent_id=northern_fire.pk, now=now)

    with pytest.raises(CannotGroup):
        services.link_child(dispatcher, incident_id=southern_pipe.pk, parent_id=second_call.pk, now=now)
    services.unlink_child(dispatcher, incident_id=second_call.pk, now=now)
    second_call.refresh_from_db()
    assert second_call.parent is None


def test_two_editors_and_the_second_is_told_what_changed(dispatcher: Actor, supervisor: Actor, northern_fire: Incident, now: datetime) -> None:
    services.edit_incident(
        dispatcher, incident_id=northern_fire.pk, version=1, changes=IncidentChanges(address="莲花池西里 3 号", severity=1), now=now
    )

    with pytest.raises(Stale) as refusal:
        services.edit_incident(supervisor, incident_id=northern_fire.pk, version=1, changes=IncidentChanges(address="别处"), now=now)

    assert (sorted(refusal.value.changed), refusal.value.current) == (["address", "severity"], 2)


def test_an_edit_that_moves_the_point_moves_the_region(dispatcher: Actor, northern_fire: Incident, south: object, now: datetime) -> None:
    services.edit_incident(dispatcher, incident_id=northern_fire.pk, version=1, changes=IncidentChanges(position=SOUTH_POINT), now=now)

    northern_fire.refresh_from_db()
    assert northern_fire.region == south


def test_a_service_request_raised_to_an_emergency_keeps_its_number_and_log(supervisor: Actor, southern_pipe: Incident, now: datetime) -> None:
    number = southern_pipe.number

    services.raise_incident(supervisor, incident_id=southern_pipe.pk, kind="EMERGENCY", severity=2, now=now)

    southern_pipe.refresh_from_db()
    assert (southern_pipe.number, southern_pipe.kind, southern_pipe.severity, southern_pipe.response_level) == (number, "EMERGENCY", 2, "")


def test_the_response_level_is_a_decision_with_a_reason(supervisor: Actor, northern_fire: Incident, now: datetime) -> None:
    with pytest.raises(ReasonMissing):
        services.set_response_level(supervisor, incident_id=northern_fire.pk, level="II", reason="", now=now)

    services.set_response_level(supervisor, incident_id=northern_fire.pk, level="II", reason="人员密集", now=now)

    northern_fire.refresh_from_db()
    assert (northern_fire.response_level, northern_fire.severity) == ("II", 2)


def test_a_dispatcher_does_not_set_the_response_level(dispatcher: Actor, northern_fire: Incident, now: datetime) -> None:
    with pytest.raises(Forbidden):
        services.set_response_level(dispatcher, incident_id=northern_fire.pk, level="I", reason="火势蔓延", now=now)
