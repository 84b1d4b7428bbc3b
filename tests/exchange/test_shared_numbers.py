"""Calls that come in one instant, and numbers from which many people call."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from access.actors import Actor
from exchange import ringing, services
from exchange.models import PhoneCall, SharedNumber
from exchange.services.switchboards import NumberNotKnown
from exchange.telephony.events import Kind
from journal.models import Entry
from kit.errors import Forbidden
from tests.exchange.test_telephone_calls import NUMBER, told


def in_vain(partner: Actor, now: datetime, *refs: str) -> None:
    for ref in refs:
        told(partner, Kind.RINGING, now - timedelta(seconds=30), now, ref=ref)
        told(partner, Kind.ABANDONED, now, now, ref=ref)


@pytest.fixture
def switchboard(partner: Actor, call_taker: Actor, now: datetime) -> SharedNumber:
    """Three people of a hospital rang in vain, and a call taker knows its number."""
    in_vain(partner, now, "a", "b", "c")
    return services.share_number(call_taker, call_id=PhoneCall.objects.get(ref="b").pk, now=now)


@pytest.mark.parametrize("kinds", list(permutations([Kind.RINGING, Kind.ANSWERED, Kind.ENDED])))
def test_what_is_told_with_one_and_the_same_time_stands_in_the_order_of_a_call(
    partner: Actor, call_taker: Actor, now: datetime, kinds: tuple[Kind, ...]
) -> None:
    for kind in kinds:
        call = told(partner, kind, now, now)

    assert (call.state, call.rung_at, call.answered_at, call.ended_at) == ("ENDED", now, now, now)
    assert ringing.missed(call_taker, now=now) == []


@pytest.mark.parametrize("first", ["a", "b"])
def test_of_two_calls_that_rang_in_one_instant_the_one_in_vain_came_first(partner: Actor, call_taker: Actor, now: datetime, first: str) -> None:
    kinds = {"a": Kind.ABANDONED, "b": Kind.ANSWERED}
    for ref in sorted(kinds, key=lambda each: each != first):
        told(partner, Kind.RINGING, now, now, ref=ref)
        told(partner, kinds[ref], now, now, ref=ref)

    assert ringing.missed(call_taker, now=now) == []
    assert PhoneCall.objects.get(ref="a").outcome == "NEEDLESS"


@pytest.mark.django_db(transaction=True)
def test_of_two_events_taken_in_at_once_each_sees_what_the_other_did(partner: Actor, call_taker: Actor, now: datetime) -> None:
    for ref in "ab":
        told(partner, Kind.RINGING, now, now, ref=ref)
    both = Barrier(2, timeout=20)

    def hang_up() -> None:
        with transaction.atomic():
            told(partner, Kind.ABANDONED, now, now, ref="a")
            both.wait()
            time.sleep(0.5)  # not committed yet when the other call is answered

    def answer() -> None:
        both.wait()
        told(partner, Kind.ANSWERED, now, now, ref="b")

    def alone(work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [Thread(target=alone, args=(work,)) for work in (hang_up, answer)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert ringing.missed(call_taker, now=now) == []


def test_many_who_call_from_one_number_are_as_many_lines_and_who_said_so_is_known(
    switchboard: SharedNumber, call_taker: Actor, now: datetime
) -> None:
    lines = ringing.missed(call_taker, now=now)

    assert [(line.call.ref, line.tries, line.is_shared) for line in lines] == [("a", 1, True), ("b", 1, True), ("c", 1, True)]
    assert [(each.masked, each.by_id, each.at) for each in ringing.shared_numbers(call_taker)] == [("138****2201", call_taker.user_id, now)]
    assert services.share_number(call_taker, call_id=lines[0].call.pk, now=now).pk == switchboard.pk
    assert Entry.objects.filter(name="exchange.phone_number_shared").count() == 1
    assert NUMBER[3:] not in str(list(SharedNumber.objects.values()))


def test_settling_one_call_of_a_switchboard_settles_no_other(switchboard: SharedNumber, call_taker: Actor, now: datetime) -> None:
    services.call_back_phone_call(call_taker, call_id=PhoneCall.objects.get(ref="a").pk, now=now)
    services.settle_phone_call(call_taker, call_id=PhoneCall.objects.get(ref="a").pk, outcome="REACHED", now=now)

    assert [line.call.ref for line in ringing.missed(call_taker, now=now)] == ["b", "c"]


def test_who_gets_through_from_a_switchboard_takes_nobody_else_off_the_list(
    switchboard: SharedNumber, partner: Actor, call_taker: Actor, now: datetime
) -> None:
    soon = now + timedelta(minutes=1)
    told(partner, Kind.RINGING, soon, soon, ref="d")
    [line] = ringing.ringing(call_taker, now=soon).lines
    told(partner, Kind.ANSWERED, soon, soon, ref="d")

    assert (line.calls_today, line.is_shared) == (1, True)
    assert len(ringing.missed(call_taker, now=soon)) == 3


def test_a_number_is_one_callers_again_when_that_was_a_slip(switchboard: SharedNumber, call_taker: Actor, now: datetime) -> None:
    services.unshare_number(call_taker, shared_id=switchboard.pk, now=now)

    [line] = ringing.missed(call_taker, now=now)
    assert (line.tries, line.is_shared, ringing.shared_numbers(call_taker)) == (3, False, [])


def test_only_who_takes_calls_says_so_and_only_of_a_known_number(
    partner: Actor, call_taker: Actor, auditor: Actor, crew: Actor, now: datetime
) -> None:
    in_vain(partner, now, "a")
    withheld = told(partner, Kind.ABANDONED, now, now, ref="b", number="")

    for who in (partner, auditor, crew):
        with pytest.raises(Forbidden):
            services.share_number(who, call_id=withheld.pk, now=now)
    with pytest.raises(NumberNotKnown):
        services.share_number(call_taker, call_id=withheld.pk, now=now)
