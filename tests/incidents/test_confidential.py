"""What is told in confidence: on the board at once, and its words and caller nowhere but before those who may read them."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import pytest

from access.actors import Actor
from access.roles import Role
from incidents import duplicates, nearby, search, selectors, services, suggesting
from incidents.models import DeskCall, Incident, IncidentType, Report
from incidents.services.calls import Heard
from journal.models import Entry
from kit.errors import Forbidden
from tests.conftest import NORTH_POINT, Person, a_report

WORDS = "邻居在家里藏了几十个煤气罐"


@pytest.fixture
def confided(call_taker: Actor, building_fire: object, north: object, now: datetime) -> Incident:
    said = a_report(building_fire, now, words=WORDS, caller_name="王女士", caller_phone="13800002201", is_confidential=True, is_at_place=True)
    return services.report_incident(call_taker, report=said, now=now)


def test_words_told_in_confidence_stand_in_the_report_and_nowhere_else(dispatcher: Actor, confided: Incident, now: datetime):
    kept = Report.objects.get()
    panel = selectors.incident_panel(dispatcher, confided.number)

    assert (kept.words, kept.is_confidential, kept.is_at_place) == (WORDS, True, True)
    assert confided.summary == ""
    assert [(row.words, row.caller_name, row.caller_phone) for row in panel.reports] == [("", "", "")]
    assert selectors.reports_of(dispatcher, confided.number)[0].words == ""
    assert search.near(dispatcher, confided, words="煤气罐") == []
    assert WORDS not in str([(each.data, each.about) for each in Entry.objects.all()])


def test_a_dispatcher_reads_them_by_an_act_that_is_recorded_and_a_call_taker_cannot(
    dispatcher: Actor, call_taker: Actor, confided: Incident, now: datetime
):
    read = services.see_confidential(dispatcher, incident_id=confided.pk, now=now)

    assert [row.words for row in read] == [WORDS]
    assert Entry.objects.filter(name="incidents.confidential_seen", about__contains=[f"incident:{confided.pk}"]).count() == 1
    with pytest.raises(Forbidden):
        services.see_confidential(call_taker, incident_id=confided.pk, now=now)


def test_neither_the_caller_nor_the_number_leads_to_them(dispatcher: Actor, call_taker: Actor, confided: Incident, now: datetime):
    assert services.see_caller(call_taker, incident_id=confided.pk, now=now) == []
    assert [row.caller_name for row in services.see_caller(dispatcher, incident_id=confided.pk, now=now)] == ["王女士"]
    assert nearby.calls_of_number(call_taker, "13800002201", now=now) == []
    assert len(nearby.calls_of_number(dispatcher, "13800002201", now=now)) == 1


def test_a_second_caller_with_the_same_words_is_not_told_that_they_are_the_same(call_taker: Actor, confided: Incident, now: datetime):
    call = duplicates.Call(at=now, position=NORTH_POINT, type=confided.type, place_words="", words=WORDS)

    found = duplicates.candidates(call_taker, call)

    assert [each.incident for each in found] == [confided]
    assert found[0].words == 0 and not any("similar words" in why for why in found[0].why)


def test_a_call_that_becomes_confidential_takes_its_words_back_from_the_board(call_taker: Actor, building_fire: object, north: object, now: datetime):
    key, said = uuid4(), a_report(building_fire, now, words=WORDS)
    services.save_call(call_taker, key=key, heard=Heard({"words": WORDS}, 0, now), now=now)
    call = services.open_call(call_taker, key=key, report=said, now=now)
    assert Incident.objects.get().summary == WORDS

    services.finish_call(call_taker, key=key, report=replace(said, is_confidential=True), now=now)

    incident = Incident.objects.get(pk=call.incident_id)
    assert incident.summary == "" and incident.reports.get().is_confidential
    edited = Entry.objects.get(name="incidents.incident_edited")
    assert edited.data["before"] == edited.data["after"] == {"summary": ""}
    assert WORDS not in str([line.entry.data for line in selectors.timeline(call_taker, incident.number, before=None, limit=50)])


def test_a_report_that_is_split_off_takes_its_confidence_along(dispatcher: Actor, call_taker: Actor, northern_fire: Incident, now: datetime):
    said = a_report(northern_fire.type, now, words=WORDS, is_confidential=True)
    report = services.attach_report(call_taker, incident_id=northern_fire.pk, report=said, now=now)

    new = services.split_report(dispatcher, report_id=report.pk, type_id=None, now=now)

    assert new.summary == "" and new.reports.get().is_confidential


def test_rehearsing_a_rule_counts_them_and_does_not_quote_them(admin: Actor, dispatcher: Actor, confided: Incident, now: datetime):
    services.add_type_rule(admin, type_code=confided.type.code, words=("煤气罐",), words_en=(), excludes=(), weight=10)
    rule = suggesting.type_rules()[0]
    rule.words = "别的"

    found = suggesting.rehearse(admin, changed=rule, since=now.replace(year=now.year - 1))

    assert found.changed == 1 and WORDS not in str(found)


def test_a_parked_call_keeps_its_confidence_from_the_call_taker_who_takes_it_over_and_joins_what_is_heard_then(
    person: Person, call_taker: Actor, dispatcher: Actor, building_fire: IncidentType, north: object, now: datetime
) -> None:
    key, second = uuid4(), person("second_taker", (Role.CALL_TAKER, None, None))
    told = {"words": WORDS, "caller_name": "王女士", "caller_phone": "13800002201", "place": "东路 1 号", "is_confidential": "on"}
    services.save_call(call_taker, key=key, heard=Heard(told, 0, now), now=now)
    services.park_call(call_taker, key=key, now=now)

    taken = services.resume_call(second, key=key, now=now)

    assert taken.heard == {"place": "东路 1 号", "is_confidential": "on"}
    services.save_call(second, key=key, heard=Heard(taken.heard | {"words": "冒烟了"}, taken.revision, now), now=now)
    services.open_call(second, key=key, report=a_report(building_fire, now, words="冒烟了", caller_name=""), now=now)
    services.park_call(second, key=key, now=now)
    read = services.resume_call(dispatcher, key=key, now=now)
    assert read.heard["words"] == f"{WORDS}\n冒烟了" and read.heard["caller_name"] == "王女士"
    assert Entry.objects.filter(name="incidents.confided_call_seen").count() == 1
    services.park_call(dispatcher, key=key, now=now)
    assert "words" not in services.resume_call(second, key=key, now=now).heard
    services.finish_call(second, key=key, report=a_report(building_fire, now, words="", caller_name=""), now=now)

    kept = Report.objects.get()
    assert (kept.words, kept.caller_name, kept.is_confidential) == (f"{WORDS}\n冒烟了", "王女士", True)
    assert DeskCall.objects.get().confided == {} and Incident.objects.get().summary == ""


def test_what_nobody_confided_goes_along_when_a_call_is_taken_over(person: Person, call_taker: Actor, city: object, now: datetime) -> None:
    key = uuid4()
    services.save_call(call_taker, key=key, heard=Heard({"words": WORDS}, 0, now), now=now)
    services.park_call(call_taker, key=key, now=now)

    assert services.resume_call(person("second_taker", (Role.CALL_TAKER, None, None)), key=key, now=now).heard == {"words": WORDS}
