"""Telephone calls: they ring at every desk, one person takes each, and nobody who hung up is forgotten."""

from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from access.actors import Actor
from access.models import Region
from access.roles import Role
from exchange import ringing, services
from exchange.models import PhoneCall
from exchange.services.answering import CallIsOver, CallWasAnswered, NothingToCallBack, TakenByAnother
from exchange.telephony.events import CallEvent, Kind
from incidents import services as incidents
from incidents.models import DeskCall, Incident, IncidentType, Report
from incidents.services.reporting import NewReport
from journal.models import Entry
from kit.errors import Forbidden, Invalid, Refused
from kit.geo import Position
from tests.conftest import Person

NUMBER = "+8613800002201"


def told(actor: Actor, kind: Kind, at: datetime, now: datetime, *, ref: str = "a", number: str = NUMBER) -> PhoneCall:
    return services.take_phone_event(actor, event=CallEvent("pbx", ref, kind, at, number, "119"), now=now)[0]


def news() -> list[str]:
    names = Entry.objects.filter(name__startswith="exchange.").order_by("id").values_list("name", flat=True)
    return [name.removeprefix("exchange.phone_call_") for name in names]


@pytest.fixture
def rings(partner: Actor, now: datetime) -> PhoneCall:
    """A call that has rung for eight seconds."""
    return told(partner, Kind.RINGING, now - timedelta(seconds=8), now)


@pytest.fixture
def other_taker(person: Person, city: Region) -> Actor:
    return person("other_taker", (Role.CALL_TAKER, None, city))


def on_board(taker: Actor, call: PhoneCall, kind: IncidentType, now: datetime) -> Report:
    """The taker's form goes on the board, as its script sends it."""
    desk = DeskCall.objects.get(pk=call.desk_call_id)
    report = NewReport(
        source="PHONE", type_id=kind.pk, place_words="东路 1 号", position=Position(116.4, 39.95),
        received_at=desk.began_at, answered_at=datetime.fromisoformat(desk.heard["answered_at"]), caller_phone=desk.heard["caller_phone"],
    )  # fmt: skip
    made = incidents.open_call(taker, key=desk.key, report=report, now=now).report
    assert made is not None
    return made


def test_a_call_that_rings_is_seen_masked_by_every_call_taker(partner: Actor, call_taker: Actor, other_taker: Actor, now: datetime) -> None:
    rings = told(partner, Kind.RINGING, now, now)

    for taker in (call_taker, other_taker):
        [line] = ringing.ringing(taker, now=now).lines
        assert (line.call.pk, line.number, line.call.line) == (rings.pk, "138****2201", "119")

    entry = Entry.objects.get(name="exchange.phone_call_rang")
    assert set(entry.data) == {"phone_call_id", "line"}
    assert any(scope.startswith("exchange.phone_calls.view@") for scope in entry.scopes)


def test_the_box_shows_what_this_number_reported_before(partner: Actor, call_taker: Actor, northern_fire: Incident, now: datetime) -> None:
    Report.objects.filter(incident=northern_fire).update(caller_phone="138 0000 2201")
    told(partner, Kind.RINGING, now, now)

    [line] = ringing.ringing(call_taker, now=now).lines

    assert [report.incident_id for report in line.before] == [northern_fire.pk]


def test_a_claim_opens_a_form_with_the_number_and_the_times(rings: PhoneCall, call_taker: Actor, now: datetime) -> None:
    call = services.claim_phone_call(call_taker, call_id=rings.pk, now=now)

    desk = DeskCall.objects.get(pk=call.desk_call_id)
    assert desk.taker_id == call_taker.user_id
    assert desk.began_at == rings.rung_at
    assert desk.heard == {"caller_phone": NUMBER, "answered_at": now.isoformat()}
    assert ringing.ringing(call_taker, now=now).lines == []
    assert news() == ["rang", "claimed"]


def test_the_second_is_told_who_has_the_call_and_the_first_may_press_again(
    rings: PhoneCall, call_taker: Actor, other_taker: Actor, now: datetime
) -> None:
    first = services.claim_phone_call(call_taker, call_id=rings.pk, now=now)

    with pytest.raises(TakenByAnother) as refusal:
        services.claim_phone_call(other_taker, call_id=rings.pk, now=now)

    assert refusal.value.sentence.startswith("Call Taker ") or "Call Taker" in refusal.value.sentence
    assert services.claim_phone_call(call_taker, call_id=rings.pk, now=now).desk_call_id == first.desk_call_id
    assert DeskCall.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_press_at_once_exactly_one_takes_the_call(partner: Actor, call_taker: Actor, other_taker: Actor, now: datetime) -> None:
    for trial in range(5):
        call = told(partner, Kind.RINGING, now, now, ref=f"trial-{trial}")
        start = Barrier(2, timeout=20)
        won: list[str] = []
        lost: list[str] = []

        def press(taker: Actor, call_id: int = call.pk, start: Barrier = start, won: list[str] = won, lost: list[str] = lost) -> None:
            try:
                start.wait()
                services.claim_phone_call(taker, call_id=call_id, now=now)
                won.append(taker.label)
            except Refused as refusal:
                lost.append(refusal.sentence)
            finally:
                connection.close()

        threads = [Thread(target=press, args=(taker,)) for taker in (call_taker, other_taker)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert len(won) == 1
        assert [won[0] in sentence for sentence in lost] == [True]
    assert DeskCall.objects.count() == 5


def test_the_exchange_s_times_reach_report_and_incident_whenever_they_are_told(
    rings: PhoneCall, partner: Actor, call_taker: Actor, building_fire: IncidentType, now: datetime
) -> None:
    call = services.claim_phone_call(call_taker, call_id=rings.pk, now=now)
    report = on_board(call_taker, call, building_fire, now + timedelta(seconds=5))
    services.time_report(Actor.system("telephony"), report_id=report.pk, now=now + timedelta(seconds=5))
    first = Entry.objects.get(name="incidents.call_timed")

    told(partner, Kind.ANSWERED, now - timedelta(seconds=1), now + timedelta(seconds=6))

    report.refresh_from_db()
    incident = report.incident
    assert (report.received_at, report.answered_at) == (now - timedelta(seconds=8), now - timedelta(seconds=1))
    assert (incident.call_received_at, incident.call_answered_at) == (report.received_at, report.answered_at)
    last = Entry.objects.filter(name="incidents.call_timed").latest("id")
    assert (first.data["answer_told_by"], last.data["answer_told_by"], last.data["exchange"]) == ("DESK", "EXCHANGE", "pbx")


def test_a_report_that_came_without_the_exchange_keeps_its_times(northern_fire: Incident, now: datetime) -> None:
    report = Report.objects.filter(incident=northern_fire)[0]

    assert services.time_report(Actor.system("telephony"), report_id=report.pk, now=now) is None


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ([Kind.RINGING, Kind.ANSWERED, Kind.ENDED], "ENDED"),
        ([Kind.ANSWERED, Kind.ENDED, Kind.RINGING], "ENDED"),
        ([Kind.ENDED, Kind.ANSWERED, Kind.RINGING], "ENDED"),
        ([Kind.RINGING, Kind.ENDED], "ABANDONED"),
        ([Kind.RINGING, Kind.ABANDONED, Kind.ENDED], "ABANDONED"),
        ([Kind.ABANDONED, Kind.RINGING], "ABANDONED"),
        ([Kind.RINGING, Kind.RINGING], "RINGING"),
        ([Kind.ANSWERED], "ANSWERED"),
    ],
)
def test_events_may_come_late_twice_and_in_any_order(partner: Actor, now: datetime, kinds: list[Kind], state: str) -> None:
    times = {Kind.RINGING: 30, Kind.ANSWERED: 20, Kind.ENDED: 10, Kind.ABANDONED: 15}
    for kind in [*kinds, *kinds]:
        call = told(partner, kind, now - timedelta(seconds=times[kind]), now)

    assert call.state == state
    assert len(news()) == len(set(news()))
    assert PhoneCall.objects.count() == 1


def test_a_caller_who_hangs_up_stays_on_the_list_until_somebody_has_called_back(
    rings: PhoneCall, partner: Actor, call_taker: Actor, other_taker: Actor, now: datetime
) -> None:
    told(partner, Kind.ABANDONED, now, now)
    [missed] = ringing.missed(call_taker, now=now)
    assert (missed.number, missed.tries) == ("138****2201", 1)

    call = services.call_back_phone_call(call_taker, call_id=rings.pk, now=now)

    assert DeskCall.objects.get(pk=call.desk_call_id).heard["caller_phone"] == NUMBER
    with pytest.raises(TakenByAnother):
        services.call_back_phone_call(other_taker, call_id=rings.pk, now=now)
    services.settle_phone_call(call_taker, call_id=rings.pk, outcome="NOBODY", now=now)
    again = services.call_back_phone_call(other_taker, call_id=rings.pk, now=now)
    assert again.attempts == 2
    settled = services.settle_phone_call(other_taker, call_id=rings.pk, outcome="REACHED", now=now)
    assert (ringing.missed(call_taker, now=now), settled.number) == ([], "")
    with pytest.raises(NothingToCallBack):
        services.call_back_phone_call(call_taker, call_id=rings.pk, now=now)
    assert news() == ["rang", "abandoned", "called_back", "settled", "called_back", "settled"]


def test_two_calls_in_vain_of_one_number_are_one_line(partner: Actor, call_taker: Actor, now: datetime) -> None:
    for ref, number in (("a", "+86 138 0000 2201"), ("b", "13800002201"), ("c", "13900003302")):
        told(partner, Kind.RINGING, now - timedelta(seconds=30), now, ref=ref, number=number)
        told(partner, Kind.ABANDONED, now, now, ref=ref, number=number)

    assert sorted(line.tries for line in ringing.missed(call_taker, now=now)) == [1, 2]


def test_a_caller_who_rang_thrice_in_vain_is_called_back_once(partner: Actor, call_taker: Actor, other_taker: Actor, now: datetime) -> None:
    for ref in "abc":
        told(partner, Kind.RINGING, now - timedelta(seconds=30), now, ref=ref)
        told(partner, Kind.ABANDONED, now, now, ref=ref)
    services.call_back_phone_call(call_taker, call_id=PhoneCall.objects.get(ref="b").pk, now=now)

    [line] = ringing.missed(other_taker, now=now)
    settled = services.settle_phone_call(call_taker, call_id=line.call.pk, outcome="REACHED", now=now)

    assert (line.call.ref, line.tries, line.is_being_called) == ("b", 3, True)
    assert (settled.ref, ringing.missed(call_taker, now=now)) == ("b", [])
    assert set(PhoneCall.objects.values_list("number", "outcome")) == {("", "REACHED")}


@pytest.mark.parametrize("is_told_late", [False, True])
def test_a_caller_who_got_through_later_leaves_the_list_by_itself(partner: Actor, call_taker: Actor, now: datetime, is_told_late: bool) -> None:
    began = now - timedelta(minutes=5)
    events = [(ref, number, began) for ref, number in (("a", NUMBER), ("b", NUMBER), ("c", "+8613900003302"))]
    answered = ("d", NUMBER, now - timedelta(minutes=1))
    for ref, number, at in [answered, *events] if is_told_late else [*events, answered]:
        told(partner, Kind.RINGING, at, now, ref=ref, number=number)
        told(partner, Kind.ANSWERED if ref == "d" else Kind.ABANDONED, at + timedelta(seconds=20), now, ref=ref, number=number)

    [line] = ringing.missed(call_taker, now=now)

    assert line.call.ref == "c"
    assert set(PhoneCall.objects.filter(ref__in="ab").values_list("outcome", flat=True)) == {"NEEDLESS"} and news().count("settled") == 2


def test_who_rings_in_vain_after_having_spoken_is_called_back(partner: Actor, call_taker: Actor, now: datetime) -> None:
    for ref, kind, minutes in (("a", Kind.ANSWERED, 5), ("b", Kind.ABANDONED, 1)):
        told(partner, Kind.RINGING, now - timedelta(minutes=minutes), now, ref=ref)
        told(partner, kind, now - timedelta(minutes=minutes, seconds=-20), now, ref=ref)

    assert [line.call.ref for line in ringing.missed(call_taker, now=now)] == ["b"]


def test_a_caller_taken_off_the_list_by_a_slip_is_put_back_within_a_minute(partner: Actor, call_taker: Actor, now: datetime) -> None:
    for ref in "ab":
        told(partner, Kind.RINGING, now - timedelta(seconds=30), now, ref=ref)
        told(partner, Kind.ABANDONED, now, now, ref=ref)
    newest, soon, late = PhoneCall.objects.get(ref="b").pk, now + timedelta(seconds=50), now + timedelta(seconds=61)

    services.settle_phone_call(call_taker, call_id=newest, outcome="NEEDLESS", now=now)
    off_the_list = ringing.missed(call_taker, now=now)
    services.watch_ringing(Actor.system("telephony"), now=soon)
    services.unsettle_phone_call(call_taker, call_id=newest, now=soon)
    [line] = ringing.missed(call_taker, now=soon)

    assert (off_the_list, line.number, line.tries) == ([], "138****2201", 2)
    services.settle_phone_call(call_taker, call_id=newest, outcome="NEEDLESS", now=now)
    services.watch_ringing(Actor.system("telephony"), now=late)
    assert set(PhoneCall.objects.values_list("number", flat=True)) == {""}
    with pytest.raises(NothingToCallBack):
        services.unsettle_phone_call(call_taker, call_id=newest, now=late)


def test_a_caller_who_hangs_up_before_the_claim_is_not_taken_but_called_back(
    rings: PhoneCall, partner: Actor, call_taker: Actor, now: datetime
) -> None:
    told(partner, Kind.ABANDONED, now, now)

    with pytest.raises(CallIsOver):
        services.claim_phone_call(call_taker, call_id=rings.pk, now=now)


def test_a_call_taken_by_mistake_rings_again(rings: PhoneCall, partner: Actor, call_taker: Actor, other_taker: Actor, now: datetime) -> None:
    services.claim_phone_call(call_taker, call_id=rings.pk, now=now)

    services.release_phone_call(call_taker, call_id=rings.pk, now=now)

    assert services.claim_phone_call(other_taker, call_id=rings.pk, now=now).taker_id == other_taker.user_id
    told(partner, Kind.ANSWERED, now, now)
    with pytest.raises(CallWasAnswered):
        services.release_phone_call(other_taker, call_id=rings.pk, now=now)


def test_the_supervisor_is_told_once_of_a_call_that_nobody_takes(partner: Actor, supervisor: Actor, now: datetime) -> None:
    told(partner, Kind.RINGING, now - timedelta(seconds=25), now, ref="late")
    told(partner, Kind.RINGING, now - timedelta(seconds=5), now, ref="fresh")

    counts = [services.watch_ringing(Actor.system("telephony"), now=now) for _each in range(2)]

    assert counts == [1, 0]
    entry = Entry.objects.get(name="exchange.phone_call_overflowed")
    assert any(scope.startswith("exchange.overflow.view@") for scope in entry.scopes)
    found = ringing.ringing(supervisor, now=now)
    assert (found.overdue, [line.is_overdue for line in found.lines]) == (1, [True, False])


def test_a_call_whose_end_the_exchange_never_told_stops_ringing_and_waits_to_be_called_back(partner: Actor, call_taker: Actor, now: datetime) -> None:
    told(partner, Kind.RINGING, now - timedelta(minutes=11), now - timedelta(minutes=11))

    services.watch_ringing(Actor.system("telephony"), now=now)

    assert ringing.ringing(call_taker, now=now).lines == []
    assert len(ringing.missed(call_taker, now=now)) == 1


def test_the_number_is_gone_when_the_call_is_over_and_of_the_others_after_a_day(
    rings: PhoneCall, partner: Actor, call_taker: Actor, now: datetime
) -> None:
    services.claim_phone_call(call_taker, call_id=rings.pk, now=now)
    told(partner, Kind.ANSWERED, now, now)
    told(partner, Kind.ENDED, now, now)
    told(partner, Kind.RINGING, now, now, ref="missed")
    told(partner, Kind.ABANDONED, now, now, ref="missed")

    tomorrow = now + timedelta(hours=25)
    assert PhoneCall.objects.get(ref="a").number == ""
    assert services.forget_phone_calls(Actor.system("telephony"), now=tomorrow) == 2
    assert set(PhoneCall.objects.values_list("number", "caller")) == {("", "")}
    assert ringing.missed(call_taker, now=tomorrow) == []


def test_no_number_stands_in_the_journal(rings: PhoneCall, partner: Actor, call_taker: Actor, now: datetime) -> None:
    services.claim_phone_call(call_taker, call_id=rings.pk, now=now)
    told(partner, Kind.ENDED, now, now)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM journal_entry e WHERE e::text LIKE %s", ["%13800002201%"])
        assert cursor.fetchone()[0] == 0


@pytest.mark.parametrize("number", ["anonymous", "", "sip:x@y", "12"])
def test_a_withheld_number_still_rings(partner: Actor, call_taker: Actor, now: datetime, number: str) -> None:
    call = told(partner, Kind.RINGING, now, now, number=number)

    taken = services.claim_phone_call(call_taker, call_id=call.pk, now=now)

    assert (call.number, call.caller) == ("", "")
    assert "caller_phone" not in DeskCall.objects.get(pk=taken.desk_call_id).heard


@pytest.mark.parametrize("who", ["partner", "auditor", "crew", "liaison", "commander", "outsider"])
def test_who_takes_no_calls_takes_none(request: pytest.FixtureRequest, rings: PhoneCall, who: str, now: datetime) -> None:
    with pytest.raises(Forbidden):
        services.claim_phone_call(request.getfixturevalue(who), call_id=rings.pk, now=now)


@pytest.mark.parametrize("wrong", [{"at": timedelta(hours=1)}, {"at": timedelta(hours=-25)}, {"ref": ""}, {"ref": "a b"}, {"ref": "x" * 121}])
def test_an_event_that_cannot_be_is_refused(partner: Actor, now: datetime, wrong: dict[str, Any]) -> None:
    event = CallEvent("pbx", wrong.get("ref", "a"), Kind.RINGING, now + wrong.get("at", timedelta()), NUMBER)

    with pytest.raises(Invalid):
        services.take_phone_event(partner, event=event, now=now)


def test_a_clock_that_is_ahead_is_believed_for_the_call_but_not_for_the_time(partner: Actor, now: datetime) -> None:
    assert told(partner, Kind.RINGING, now + timedelta(seconds=90), now).rung_at == now
