"""A call while it is taken: kept, parked, on the board once type and place are known, never lost and never doubled."""

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from django.db import connection

from access.actors import Actor
from incidents import desk, services
from incidents.models import DeskCall, Incident, IncidentType, Report
from incidents.services.calls import CallChanged, CallEnded, CallOnBoard, Heard
from incidents.services.editing import IncidentChanges
from incidents.services.reporting import NewReport
from journal.models import Entry
from kit.errors import Invalid, NotFound, Refused
from kit.geo import Position

KEY = UUID("7f4b4b1e-0000-4000-8000-000000000001")


def heard(now: datetime, base: int = 0, **values: str) -> Heard:
    return Heard(values, base, now - timedelta(seconds=20))


@pytest.fixture
def said(building_fire: IncidentType, now: datetime) -> NewReport:
    return NewReport(
        source="PHONE", type_id=building_fire.pk, place_words="东路 1 号", received_at=now - timedelta(seconds=20), position=Position(116.4, 39.95),
        words="二楼冒烟", caller_name="张女士", caller_phone="13800002201",
    )  # fmt: skip


def facts_of(call: DeskCall) -> list[str]:
    return list(Entry.objects.filter(about__contains=[f"deskcall:{call.pk}"]).order_by("id").values_list("name", flat=True))


def test_what_a_call_taker_types_is_kept_and_a_save_sent_twice_changes_nothing(call_taker: Actor, city: object, now: datetime):
    first = services.save_call(call_taker, key=KEY, heard=heard(now, words="冒"), now=now)
    again = services.save_call(call_taker, key=KEY, heard=heard(now, words="冒"), now=now)
    more = services.save_call(call_taker, key=KEY, heard=heard(now, 1, words="冒烟"), now=now)

    assert (first.revision, again.revision, more.revision) == (1, 1, 2)
    assert DeskCall.objects.get().heard == {"words": "冒烟"}
    assert facts_of(more) == ["incidents.call_begun"]


def test_a_window_that_builds_on_old_words_is_told_what_stands(call_taker: Actor, city: object, now: datetime):
    services.save_call(call_taker, key=KEY, heard=heard(now, words="甲"), now=now)
    services.save_call(call_taker, key=KEY, heard=heard(now, 1, words="甲乙"), now=now)

    with pytest.raises(CallChanged) as told:
        services.save_call(call_taker, key=KEY, heard=heard(now, 1, words="甲丙"), now=now)

    assert told.value.call.heard == {"words": "甲乙"} and told.value.call.revision == 2


def test_a_call_holds_no_more_than_a_call_can(call_taker: Actor, city: object, now: datetime):
    with pytest.raises(Invalid):
        services.save_call(call_taker, key=KEY, heard=heard(now, words="x" * 12_001), now=now)
    with pytest.raises(Invalid):
        services.save_call(call_taker, key=KEY, heard=heard(now, **{f"answer-{n}": "yes" for n in range(61)}), now=now)


def test_type_and_place_put_it_on_the_board_and_what_follows_goes_into_the_same_report(call_taker: Actor, said: NewReport, now: datetime):
    early = replace(said, words="", caller_name="", caller_phone="")

    opened = services.open_call(call_taker, key=KEY, report=early, now=now)
    again = services.open_call(call_taker, key=KEY, report=early, now=now)
    done = services.finish_call(call_taker, key=KEY, report=said, now=now + timedelta(seconds=40))
    twice = services.finish_call(call_taker, key=KEY, report=said, now=now + timedelta(seconds=41))

    incident, report = Incident.objects.get(), Report.objects.get()
    assert opened.incident_id == again.incident_id == done.incident_id == twice.incident_id == incident.pk
    assert (report.words, report.caller_phone, report.recorded_at) == ("二楼冒烟", "13800002201", now)
    assert incident.summary == "二楼冒烟" and incident.version == 2
    assert DeskCall.objects.get().heard == {}
    told = list(Entry.objects.filter(about__contains=[f"incident:{incident.pk}"]).order_by("id").values_list("name", flat=True))
    assert told == [f"incidents.{name}" for name in ("incident_opened", "report_taken", "report_continued", "incident_edited", "call_finished")]


def test_what_another_desk_corrected_meanwhile_stays(call_taker: Actor, dispatcher: Actor, said: NewReport, now: datetime):
    call = services.open_call(call_taker, key=KEY, report=said, now=now)
    changes = IncidentChanges(address="东路 1 号院 3 号楼", severity=1)
    services.edit_incident(dispatcher, incident_id=call.incident_id or 0, version=1, changes=changes, now=now)

    services.finish_call(call_taker, key=KEY, report=replace(said, place_words="东路 1 号旁", words="三楼也冒烟"), now=now)

    incident = Incident.objects.get()
    assert (incident.address, incident.severity, incident.summary) == ("东路 1 号院 3 号楼", 1, "三楼也冒烟")
    assert Report.objects.get().place_words == "东路 1 号旁"


def test_a_call_about_an_incident_that_is_closed_meanwhile_still_keeps_every_word(
    call_taker: Actor, dispatcher: Actor, said: NewReport, now: datetime
):
    call = services.open_call(call_taker, key=KEY, report=said, now=now)
    services.cancel_incident(dispatcher, incident_id=call.incident_id or 0, reason="误报", now=now)

    services.finish_call(call_taker, key=KEY, report=replace(said, words="真的着火了"), now=now)

    assert Report.objects.get().words == "真的着火了" and Incident.objects.get().summary == "二楼冒烟"


def test_a_parked_call_keeps_its_clock_and_is_taken_up_again(call_taker: Actor, city: object, now: datetime):
    services.save_call(call_taker, key=KEY, heard=heard(now, words="冒烟"), now=now)
    services.park_call(call_taker, key=KEY, now=now)
    line = desk.own_calls(call_taker)[0]

    resumed = services.resume_call(call_taker, key=KEY, now=now)

    assert line.is_parked and line.began_at == now - timedelta(seconds=20)
    assert resumed.state == "TAKING" and resumed.heard == {"words": "冒烟"}
    assert facts_of(resumed) == ["incidents.call_begun", "incidents.call_parked", "incidents.call_resumed"]


def test_a_call_on_which_nothing_was_heard_goes_when_it_is_put_aside(call_taker: Actor, city: object, now: datetime):
    services.save_call(call_taker, key=KEY, heard=heard(now), now=now)

    assert services.park_call(call_taker, key=KEY, now=now).state == "DISCARDED"
    assert desk.own_calls(call_taker) == []


def test_a_colleague_takes_over_a_parked_call_and_a_liaison_does_not(
    call_taker: Actor, dispatcher: Actor, liaison: Actor, city: object, now: datetime
):
    services.save_call(call_taker, key=KEY, heard=heard(now, words="冒烟", caller_phone="13800002201"), now=now)
    services.park_call(call_taker, key=KEY, now=now)
    with pytest.raises(NotFound):
        services.resume_call(liaison, key=KEY, now=now)
    assert [line.key for line in desk.calls_elsewhere(dispatcher)] == [KEY] and desk.calls_elsewhere(liaison) == []

    services.resume_call(dispatcher, key=KEY, now=now)

    with pytest.raises(NotFound):
        services.save_call(call_taker, key=KEY, heard=heard(now, 1, words="冒烟了"), now=now)
    taken = Entry.objects.get(name="incidents.call_taken_over")
    assert f"user:{call_taker.user_id}" in taken.scopes and taken.data["from_user_id"] == call_taker.user_id
    assert "13800002201" not in str(taken.data)


def test_no_report_needs_a_reason_and_can_be_taken_back(call_taker: Actor, city: object, now: datetime):
    services.save_call(call_taker, key=KEY, heard=heard(now, words="喂"), now=now)
    with pytest.raises(Invalid):
        services.discard_call(call_taker, key=KEY, reason="because", now=now)

    services.discard_call(call_taker, key=KEY, reason="SILENT", now=now)
    with pytest.raises(CallEnded):
        services.save_call(call_taker, key=KEY, heard=heard(now, 1, words="喂喂"), now=now)
    back = services.restore_call(call_taker, key=KEY, now=now)

    assert back.state == "PARKED" and back.heard == {"words": "喂"}


def test_what_is_on_the_board_is_not_discarded(call_taker: Actor, said: NewReport, now: datetime):
    services.open_call(call_taker, key=KEY, report=said, now=now)

    with pytest.raises(CallOnBoard):
        services.discard_call(call_taker, key=KEY, reason="SILENT", now=now)


def test_a_call_that_was_on_the_board_is_merged_into_the_one_it_is_about_and_comes_back_whole(
    call_taker: Actor, northern_fire: Incident, said: NewReport, now: datetime
):
    call = services.open_call(call_taker, key=KEY, report=replace(said, words=""), now=now)
    own = call.incident_id or 0

    services.add_call(call_taker, key=KEY, incident_id=northern_fire.pk, report=said, now=now)
    services.add_call(call_taker, key=KEY, incident_id=northern_fire.pk, report=said, now=now)

    assert Incident.objects.get(pk=own).status == "MERGED" and northern_fire.reports.count() == 2
    services.unmerge_incident(call_taker, incident_id=own, now=now)
    assert Report.objects.get(incident_id=own).words == "二楼冒烟"


def test_nobody_takes_a_call_without_the_right(auditor: Actor, said: NewReport, now: datetime):
    with pytest.raises(Refused):
        services.save_call(auditor, key=KEY, heard=heard(now, words="x"), now=now)
    with pytest.raises(Refused):
        services.open_call(auditor, key=KEY, report=said, now=now)
    assert not DeskCall.objects.exists()


def test_what_discarded_calls_held_is_forgotten_after_a_day(call_taker: Actor, city: object, now: datetime):
    services.save_call(call_taker, key=KEY, heard=heard(now, words="喂"), now=now)
    services.discard_call(call_taker, key=KEY, reason="WRONG", now=now)
    system = Actor.system("calls")

    assert services.forget_ended_calls(system, now=now + timedelta(hours=23)) == 0
    assert services.forget_ended_calls(system, now=now + timedelta(hours=25)) == 1
    assert DeskCall.objects.get().heard == {}


@pytest.mark.django_db(transaction=True)
def test_two_requests_that_end_one_call_at_once_make_one_incident(call_taker: Actor, said: NewReport, now: datetime):
    key, gate, seen = uuid4(), Barrier(4), []

    def end() -> None:
        gate.wait(10)
        try:
            seen.append(services.finish_call(call_taker, key=key, report=said, now=now).incident_id)
        finally:
            connection.close()

    threads = [Thread(target=end) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(seen) == 4 and len(set(seen)) == 1
    assert Incident.objects.count() == Report.objects.count() == DeskCall.objects.count() == 1
