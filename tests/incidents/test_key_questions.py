"""The answers to the key questions suggest a level with its reasons; the operator's own choice always wins."""

from datetime import datetime

import pytest

from access.actors import Actor
from access.models import Region
from incidents import services
from incidents.assessing import assess
from incidents.models import IncidentType, KeyQuestion
from tests.conftest import a_report


@pytest.fixture
def trapped(burst_pipe: IncidentType) -> KeyQuestion:
    return KeyQuestion.objects.create(type=burst_pipe, order=1, text="有人被困吗？", text_en="Anyone trapped?", weight=10, weight_no=-2)


@pytest.fixture
def homes(burst_pipe: IncidentType) -> KeyQuestion:
    return KeyQuestion.objects.create(
        type=burst_pipe, order=2, text="多少户？", text_en="How many homes?", kind="NUMBER", from_number=500, weight=10, weight_no=0
    )


def test_ten_points_raise_the_level_by_one_and_the_reasons_are_named(trapped: KeyQuestion, homes: KeyQuestion):
    one = assess(4, [trapped, homes], {trapped.pk: "yes", homes.pk: "3"})
    two = assess(4, [trapped, homes], {trapped.pk: "yes", homes.pk: "900"})
    none = assess(4, [trapped, homes], {trapped.pk: "no"})

    assert (one.severity, [each.text_en for each in one.reasons]) == (3, ["Anyone trapped?"])
    assert (two.severity, two.points) == (2, 20)
    assert (none.severity, none.points) == (4, -2)


@pytest.mark.parametrize("answer", ["", "maybe", "-1", "1e9", "9999999999", "①", "true"])
def test_what_is_no_answer_moves_nothing(trapped: KeyQuestion, homes: KeyQuestion, answer: str):
    assert assess(4, [trapped, homes], {trapped.pk: answer, homes.pk: answer}).answered == ()


def test_no_level_lies_beyond_the_four(trapped: KeyQuestion):
    trapped.weight, trapped.weight_no = 100, -100

    assert assess(2, [trapped], {trapped.pk: "yes"}).severity == 1
    assert assess(2, [trapped], {trapped.pk: "no"}).severity == 4


def test_a_call_taker_who_chooses_no_level_gets_the_suggested_one_and_the_answers_stay_with_the_report(
    call_taker: Actor, burst_pipe: IncidentType, trapped: KeyQuestion, north: Region, now: datetime
):
    incident = services.report_incident(call_taker, report=a_report(burst_pipe, now, answers={trapped.pk: "yes"}), now=now)

    kept = incident.reports.get().answers
    assert incident.severity == 3
    assert (kept["suggested"], kept["chosen"], kept["answers"][0]["answer"], kept["answers"][0]["text_en"]) == (3, None, True, "Anyone trapped?")


def test_the_operators_own_level_wins_over_the_answers(
    call_taker: Actor, burst_pipe: IncidentType, trapped: KeyQuestion, north: Region, now: datetime
):
    incident = services.report_incident(call_taker, report=a_report(burst_pipe, now, answers={trapped.pk: "yes"}, severity=1), now=now)

    assert incident.severity == 1
    assert (incident.reports.get().answers["suggested"], incident.reports.get().answers["chosen"]) == (3, 1)


def test_answers_of_another_callers_report_are_kept_and_leave_the_level_alone(
    call_taker: Actor, burst_pipe: IncidentType, trapped: KeyQuestion, north: Region, now: datetime
):
    incident = services.report_incident(call_taker, report=a_report(burst_pipe, now), now=now)

    report = services.attach_report(call_taker, incident_id=incident.pk, report=a_report(burst_pipe, now, answers={trapped.pk: "yes"}), now=now)

    incident.refresh_from_db()
    assert (incident.severity, report.answers["suggested"]) == (4, 3)


def test_the_answers_of_another_type_count_for_nothing(
    call_taker: Actor, building_fire: IncidentType, trapped: KeyQuestion, north: Region, now: datetime
):
    incident = services.report_incident(call_taker, report=a_report(building_fire, now, answers={trapped.pk: "yes"}), now=now)

    assert (incident.severity, incident.reports.get().answers) == (2, {})
