"""A call-taker who has typed the caller's number is offered the place of the phone."""

from datetime import UTC, datetime

from access.actors import Actor
from exchange import services
from exchange.services import Wire
from tests.exchange.test_caller_location_messages import sms
from tests.pages.conftest import Desk


def test_the_place_of_the_phone_is_offered_with_its_accuracy_once_the_number_is_typed(desk: Desk, call_taker: Actor, partner: Actor) -> None:
    now = datetime.now(UTC)
    text = sms(f'A"ML=1;lt=+39.95000;lg=+116.40000;rd=80;top={now:%Y%m%d%H%M%S};lc=95;pm=G')
    services.record_caller_location(partner, number="+8613800002201", wire=Wire.AML, text=text, now=now)
    room = desk(call_taker)

    offered = room.post("/caller-location/", {"number": "138 0000 2201"})
    in_chinese = desk(call_taker, "zh-hans").post("/caller-location/", {"number": "138 0000 2201"})

    assert 'data-lon="116.4" data-lat="39.95" data-radius="80.0"' in offered.content.decode()
    assert "Caller's phone: ±80 m" in offered.content.decode().replace("&#x27;", "'")
    assert "主叫定位：±80 m" in in_chinese.content.decode()
    assert offered["Cache-Control"] == "no-store"


def test_a_number_half_typed_and_one_without_a_phone_offer_nothing(desk: Desk, call_taker: Actor) -> None:
    room = desk(call_taker)

    assert [room.post("/caller-location/", {"number": number}).content.strip() for number in ("", "1", "x", "13800002202")] == [b""] * 4


def test_the_form_for_a_call_asks_for_the_phone_only_where_it_may_be_seen(desk: Desk, call_taker: Actor, liaison: Actor) -> None:
    assert 'data-caller-locations="/caller-location/"' in desk(call_taker).get("/incidents/new/").content.decode()
    assert "data-caller-locations" not in desk(liaison).get("/incidents/new/").content.decode()


def test_the_number_never_stands_in_an_address(desk: Desk, call_taker: Actor) -> None:
    assert desk(call_taker).get("/caller-location/?number=13800002201").status_code == 405
