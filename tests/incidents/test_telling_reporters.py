"""Every reporter of an incident is told what became of the report, once for each piece of news."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from access.actors import Actor
from access.models import Region
from incidents import channels, handlers, services, tasks
from incidents.models import Incident, IncidentType, Report, ReporterMessage
from incidents.services.reporting import NewReport
from journal.models import Entry
from journal.reactions import of_fact


@dataclass
class Gateway:
    """A gateway of a city, as its own app would register it."""

    name: str = "gateway"
    down: bool = False
    sent: list[channels.Outgoing] = field(default_factory=list)

    def reaches(self, report: Report) -> bool:
        return report.caller_phone.startswith("1")

    def send(self, message: channels.Outgoing) -> str:
        if self.down:
            raise channels.ChannelFailed("no route")
        self.sent.append(message)
        return f"ref-{message.key}"


@pytest.fixture
def gateway(settings) -> Iterator[Gateway]:  # type: ignore[no-untyped-def]
    made = Gateway()
    channels.register(made)
    settings.REPORTER_CHANNELS = ["gateway", "console"]
    yield made
    channels._channels.pop("gateway")


@pytest.fixture
def said(building_fire: IncidentType, north: Region, now: datetime) -> NewReport:
    return NewReport(
        source="PHONE", type_id=building_fire.pk, place_words="东路", received_at=now, caller_phone="13800002201", words="冒烟", region_id=north.pk
    )


def react() -> None:
    """What the relay does: every reaction of this room to every entry, and again, as it may after a crash."""
    for entry in [*Entry.objects.order_by("id"), *Entry.objects.order_by("id")]:
        for reaction in of_fact(entry.name):
            if reaction.fn.__module__ == handlers.__name__:
                reaction.fn(entry)


def occasions(report: Report) -> list[str]:
    return list(report.messages.order_by("id").values_list("occasion", flat=True))


def test_both_callers_of_a_fire_are_told_and_each_piece_of_news_once(
    call_taker: Actor, dispatcher: Actor, said: NewReport, gateway: Gateway, now: datetime
):
    fire = services.report_incident(call_taker, report=said, now=now)
    second = services.attach_report(call_taker, incident_id=fire.pk, report=replace(said, caller_phone="13900003302"), now=now)
    nameless = services.attach_report(call_taker, incident_id=fire.pk, report=replace(said, caller_phone=""), now=now)
    services.cancel_incident(dispatcher, incident_id=fire.pk, reason="误报", now=now)
    react()

    assert tasks.tell_reporters() == 4 and tasks.tell_reporters() == 0

    first = fire.reports.order_by("id")[0]
    assert occasions(first) == ["TAKEN", "CANCELLED"] and occasions(second) == ["JOINED", "CANCELLED"] and occasions(nameless) == []
    assert {message.number for message in gateway.sent} == {"13800002201", "13900003302"}
    assert fire.number in gateway.sent[0].text and "已受理" in gateway.sent[0].text


def test_a_merge_tells_the_callers_of_the_one_that_was_merged(call_taker: Actor, said: NewReport, gateway: Gateway, now: datetime):
    fire = services.report_incident(call_taker, report=said, now=now)
    same = services.report_incident(call_taker, report=replace(said, caller_phone="13900003302"), now=now)
    services.merge_incident(call_taker, incident_id=same.pk, target_id=fire.pk, now=now)
    react()
    services.unmerge_incident(call_taker, incident_id=same.pk, now=now)
    react()

    report = Report.objects.get(first_incident=same)
    assert occasions(report) == ["TAKEN", "JOINED", "SEPARATED"]
    assert fire.number in report.messages.get(occasion="JOINED").text
    assert occasions(fire.reports.get()) == ["TAKEN"]


def test_a_number_heard_after_the_incident_was_on_the_board_is_told_at_the_end_of_the_call(
    call_taker: Actor, said: NewReport, gateway: Gateway, now: datetime
):
    from uuid import uuid4

    key = uuid4()
    services.open_call(call_taker, key=key, report=replace(said, caller_phone=""), now=now)
    services.finish_call(call_taker, key=key, report=said, now=now)
    react()

    assert occasions(Report.objects.get()) == ["TAKEN"]


def test_a_gateway_that_is_down_is_tried_again_and_the_failure_is_seen(call_taker: Actor, said: NewReport, gateway: Gateway, now: datetime):
    services.report_incident(call_taker, report=said, now=now)
    react()
    gateway.down = True
    system = Actor.system("feedback")

    tasks.tell_reporters()
    waiting = ReporterMessage.objects.get()
    assert waiting.state == "QUEUED" and waiting.attempts == 1 and waiting.reason == "no route"
    assert services.claim_messages(system, now=now + timedelta(seconds=2)) == []
    for _ in range(4):
        services.note_failure(system, message_id=waiting.pk, why="no route", is_final=False, now=now)

    assert ReporterMessage.objects.get().state == "FAILED"
    assert Entry.objects.filter(name="incidents.reporter_message_failed").count() == 1


def test_a_message_goes_on_by_the_next_way_when_the_first_gives_up_or_could_not_deliver(
    call_taker: Actor, partner: Actor, said: NewReport, gateway: Gateway, now: datetime, settings
):  # type: ignore[no-untyped-def]
    second = Gateway("second")
    channels.register(second)
    settings.REPORTER_CHANNELS = ["gateway", "second", "console"]
    services.report_incident(call_taker, report=said, now=now)
    react()
    tasks.tell_reporters()
    key = gateway.sent[0].key

    for _again in range(2):
        services.note_receipt(partner, key=key, is_delivered=False, reason="switched off", now=now)
    tasks.tell_reporters()
    services.note_receipt(partner, key=key, is_delivered=False, reason="late", now=now)

    message = ReporterMessage.objects.get()
    assert (message.state, message.channel) == ("SENT", "second") and second.sent[0].key == f"{key}-second"
    services.note_receipt(partner, key=second.sent[0].key, is_delivered=False, reason="no such number", now=now)
    assert ReporterMessage.objects.get().state == "FAILED"
    tried = list(message.tries.order_by("id").values_list("channel", "outcome"))
    assert tried == [("gateway", "TAKEN"), ("gateway", "UNDELIVERED"), ("second", "TAKEN"), ("second", "UNDELIVERED")]
    rerouted = Entry.objects.get(name="incidents.reporter_message_rerouted")
    assert (rerouted.data["channel"], rerouted.data["instead_of"]) == ("second", "gateway")
    channels._channels.pop("second")


def test_a_worker_that_dies_leaves_its_messages_to_the_next(call_taker: Actor, said: NewReport, gateway: Gateway, now: datetime):
    services.report_incident(call_taker, report=said, now=now)
    react()
    system, later = Actor.system("feedback"), now + timedelta(seconds=5)

    taken = services.claim_messages(system, now=later)

    assert len(taken) == 1 and services.claim_messages(system, now=later) == []
    again = services.claim_messages(system, now=later + timedelta(seconds=61))
    assert [message.key for message in again] == [message.key for message in taken]


def test_imported_history_and_sensors_are_told_nothing_and_the_log_masks_numbers(call_taker: Actor, said: NewReport, now: datetime):
    services.report_incident(call_taker, report=replace(said, source="SENSOR"), now=now)
    services.report_incident(call_taker, report=replace(said, is_sample=True), now=now)
    react()

    assert not ReporterMessage.objects.exists()
    assert channels.masked("13800002201") == "138****2201" and channels.masked("110") == "****"


def test_the_incident_shows_what_its_reporter_was_told(desk, call_taker, said, gateway, now):  # type: ignore[no-untyped-def]
    fire: Incident = services.report_incident(call_taker, report=said, now=now)
    react()
    tasks.tell_reporters()

    page = desk(call_taker).get(f"/incidents/{fire.number}/").content.decode()

    assert "Reporter told:" in page and "Report taken" in page
