"""What a screen gets, from where, and who may have one."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.utils import timezone

from access import services as access
from access.actors import Actor
from access.models import Department, Membership, Token, User
from journal import selectors as journal
from live import limits, services
from live.hub import Hub
from tests.live.conftest import HOST, Screen, record_of

Happen = Callable[..., Any]
Open = Callable[[Actor], Any]

pytestmark = pytest.mark.asyncio


def of(department: Department) -> str:
    return f"incidents.view@{department.pk}:*"


async def test_a_dispatcher_sees_what_happens_to_the_own_department_and_nothing_else(
    screen: Open, happen: Happen, fire_dispatcher: Actor, water_dispatcher: Actor, fire: Department, water: Department
) -> None:
    ours, theirs = await screen(fire_dispatcher), await screen(water_dispatcher)
    await ours.joined()
    await theirs.joined()
    await asyncio.sleep(0.2)

    await happen("smoke", of(fire))
    await happen("a burst pipe", of(water))
    await happen("a flood in a burning house", of(fire), of(water))

    seen = [await ours.frame(), await ours.frame()]
    assert [(one["position"], one["prev"], one["data"]["text"]) for one in seen] == [(1, 0, "smoke"), (3, 1, "a flood in a burning house")]
    assert seen[0]["about"] == ["incident:42"]
    assert "actor" not in str(seen[0])
    assert [(await theirs.frame())["position"] for _ in range(2)] == [2, 3]


async def test_a_screen_that_comes_back_gets_what_it_missed_and_then_goes_on(
    screen: Open, happen: Happen, fire_dispatcher: Actor, fire: Department
) -> None:
    await happen("one", of(fire), count=3)
    window = await screen(fire_dispatcher)
    hello = await window.joined(since=1)
    await happen("two", of(fire))

    seen = [await window.frame() for _ in range(3)]

    assert hello["hello"]["window"] == limits.WINDOW
    assert [(one["position"], one["prev"]) for one in seen] == [(2, 1), (3, 2), (4, 3)]


async def test_the_table_answers_where_the_memory_of_the_hub_ends(
    screen: Open, hub: Hub, happen: Happen, fire_dispatcher: Actor, fire: Department
) -> None:
    await happen("one", of(fire), count=3)
    await hub.catch_up()
    hub.remembered.clear()
    window = await screen(fire_dispatcher)
    await window.joined(since=0)

    assert [(await window.frame())["position"] for _ in range(3)] == [1, 2, 3]


async def test_who_missed_more_than_a_thousand_is_told_to_start_afresh(
    screen: Open, happen: Happen, fire_dispatcher: Actor, fire: Department
) -> None:
    await happen("much", of(fire), count=limits.REPLAY + 1)
    window = await screen(fire_dispatcher)
    await window.joined(since=0)

    assert await window.frame() == {"resync": "too_far"}
    await happen("more", of(fire))
    assert (await window.frame())["position"] == limits.REPLAY + 2


async def test_a_position_from_before_a_restore_means_start_afresh(screen: Open, fire_dispatcher: Actor) -> None:
    window = await screen(fire_dispatcher)
    await window.joined(since=99)

    assert await window.frame() == {"resync": "too_far"}


async def test_what_the_channel_lost_comes_from_the_table(
    screen: Open, hub: Hub, happen: Happen, fire_dispatcher: Actor, fire: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = await screen(fire_dispatcher)
    await window.joined()
    await asyncio.sleep(0.2)
    with monkeypatch.context() as quiet:
        quiet.setattr("journal.wire.Publisher.publish", lambda *args: False)
        await happen("not told", of(fire))
    assert hub.head == 0

    assert (await window.frame(limits.POLL_SECONDS + 3))["data"]["text"] == "not told"


async def test_two_hundred_go_out_unacknowledged_and_the_rest_follows_the_acknowledgement(
    screen: Open, happen: Happen, fire_dispatcher: Actor, fire: Department
) -> None:
    window = await screen(fire_dispatcher)
    await window.joined()
    await asyncio.sleep(0.2)
    await happen("much", of(fire), count=450)

    first = [(await window.frame())["position"] for _ in range(limits.WINDOW)]
    assert await window.silence()
    window.say({"ack": 150})
    second = [(await window.frame())["position"] for _ in range(150)]

    assert first + second == list(range(1, 351))
    assert await window.silence()


async def test_who_never_acknowledges_is_let_go_and_told(
    screen: Open, happen: Happen, fire_dispatcher: Actor, fire: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STALLED_SECONDS", 0.5)
    window = await screen(fire_dispatcher)
    await window.joined()
    await asyncio.sleep(0.2)
    await happen("much", of(fire), count=limits.WINDOW + 1)
    for _ in range(limits.WINDOW):
        await window.frame()

    assert await window.frame(limits.HEARTBEAT_SECONDS + 4) == limits.Close.TOO_SLOW


async def test_a_changed_authority_closes_the_screen_at_once(screen: Open, fire_dispatcher: Actor, fire: Department, admin: Actor) -> None:
    window = await screen(fire_dispatcher)
    await window.joined()
    await asyncio.sleep(0.2)
    membership = await Membership.objects.aget(user_id=fire_dispatcher.user_id)

    await sync_to_async(access.end_membership)(admin, membership_id=membership.pk, now=timezone.now())

    assert await window.frame(limits.AUTHORITY_SECONDS + 3) == limits.Close.AUTHORITY_CHANGED


async def test_a_membership_that_runs_out_closes_the_screen_without_any_fact(screen: Open, fire_dispatcher: Actor) -> None:
    soon = timezone.now() + timedelta(seconds=1)
    await Membership.objects.filter(user_id=fire_dispatcher.user_id).aupdate(until=soon)
    window = await screen(fire_dispatcher)
    await window.joined()

    assert await window.frame(limits.AUTHORITY_SECONDS + 4) == limits.Close.AUTHORITY_CHANGED
    assert timezone.now() >= soon


@pytest.mark.parametrize("how", ["signed out", "deactivated", "password changed"])
async def test_who_is_signed_out_loses_the_screen(screen: Open, fire_dispatcher: Actor, how: str) -> None:
    window = await screen(fire_dispatcher)
    await window.joined()
    user = await User.objects.aget(pk=fire_dispatcher.user_id)
    if how == "signed out":
        await Session.objects.all().adelete()
    elif how == "deactivated":
        await User.objects.filter(pk=user.pk).aupdate(is_active=False)
    else:
        await User.objects.filter(pk=user.pk).aupdate(password="something else")

    assert await window.frame(limits.AUTHORITY_SECONDS + 4) == limits.Close.SIGN_IN


@pytest.mark.parametrize(
    ("origin", "is_ours"),
    [
        (f"http://{HOST}", True),
        (f"https://{HOST}", False),
        (f"http://{HOST}:8080", False),
        (f"http://evil.{HOST}", False),
        ("http://evil.example", False),
        ("null", False),
        (None, False),
    ],
)
async def test_only_a_page_of_exactly_our_origin_may_use_the_session(
    hub: Hub, session: Callable[[Actor], str], fire_dispatcher: Actor, origin: str | None, is_ours: bool
) -> None:
    cookie = await sync_to_async(session)(fire_dispatcher)
    window = Screen({"host": HOST, "cookie": f"sessionid={cookie}"} | ({"origin": origin} if origin else {}))

    assert (await window.next())["type"] == ("websocket.accept" if is_ours else "websocket.close")
    await window.hang_up()


async def test_nobody_we_do_not_know_gets_in(hub: Hub) -> None:
    window = Screen({"host": HOST, "origin": f"http://{HOST}", "cookie": "sessionid=made-up"})

    assert (await window.next())["type"] == "websocket.accept"
    assert await window.frame() == limits.Close.SIGN_IN


async def test_no_other_address_takes_websockets(hub: Hub) -> None:
    window = Screen({"host": HOST, "origin": f"http://{HOST}"}, path="/chat/")

    assert (await window.next())["type"] == "websocket.close"


@pytest.mark.parametrize("way", ["header", "subprotocol"])
async def test_a_tablet_signs_in_with_its_token_and_is_let_go_when_it_is_revoked(
    hub: Hub, happen: Happen, fire: Department, fire_dispatcher: Actor, way: str
) -> None:
    user = await User.objects.aget(pk=fire_dispatcher.user_id)
    token, secret = await sync_to_async(Token.objects.create)(user=user, name="tablet", actions=[])
    if way == "header":
        window = Screen({"host": HOST, "authorization": f"Token {secret}"})
    else:
        window = Screen({"host": HOST}, subprotocols=["city.live", f"token.{secret}"])

    accepted = await window.next()
    assert accepted == {"type": "websocket.accept", "subprotocol": None if way == "header" else "city.live"}
    await window.joined()
    await asyncio.sleep(0.2)
    await happen("smoke", of(fire))
    assert (await window.frame())["position"] == 1
    await Token.objects.filter(pk=token.pk).adelete()
    assert await window.frame(limits.AUTHORITY_SECONDS + 4) == limits.Close.SIGN_IN
    await window.hang_up()


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("not json", limits.Close.NONSENSE),
        ('{"command":"close incident 42"}', limits.Close.NONSENSE),
        ('{"since":"1; DROP TABLE"}', limits.Close.NONSENSE),
        ('{"subscribe":["everything"]}', limits.Close.NONSENSE),
        ("[" * 100, limits.Close.NONSENSE),
        ('{"ack":' + "1" * 2100 + "}", limits.Close.TOO_LARGE),
    ],
)
async def test_a_client_that_talks_nonsense_is_let_go(screen: Open, fire_dispatcher: Actor, word: str, code: int) -> None:
    window = await screen(fire_dispatcher)
    await window.frame()
    window.say(word)

    assert await window.frame() == code


async def test_a_client_that_floods_is_let_go_and_the_rest_of_its_flood_dropped(screen: Open, fire_dispatcher: Actor) -> None:
    window = await screen(fire_dispatcher)
    await window.frame()
    for _ in range(limits.BURST + 500):
        window.say({"ack": 1})

    assert await window.frame() == limits.Close.FLOOD
    await asyncio.sleep(0.1)
    assert window.to_server.empty()


async def test_one_person_cannot_take_all_the_sockets(screen: Open, fire_dispatcher: Actor) -> None:
    windows = [await screen(fire_dispatcher) for _ in range(limits.SOCKETS_PER_PERSON)]
    for window in windows:
        assert "hello" in await window.frame()

    one_too_many = await screen(fire_dispatcher)

    assert await one_too_many.frame() == limits.Close.TOO_MANY_SOCKETS


async def test_the_latest_position_of_each_unit_comes_once_a_second_to_who_asked_and_may_see_it(
    screen: Open, fire_dispatcher: Actor, water_dispatcher: Actor, fire: Department
) -> None:
    ours, theirs, not_asking = [await screen(one) for one in (fire_dispatcher, water_dispatcher, fire_dispatcher)]
    for window in (ours, theirs, not_asking):
        await window.joined()
    ours.say({"subscribe": ["units"]})
    theirs.say({"subscribe": ["units"]})
    await asyncio.sleep(0.5)

    moves = [record_of(7, 116.4 + step / 1e4, 39.9) for step in range(5)] + [record_of(8, 116.5, 39.8)]
    for move in moves:
        await sync_to_async(services.publish_positions)({(f"resources.view@{fire.pk}:*",): move})

    records = b""
    while len(records) < 32:
        frame = await ours.frame()
        assert frame[:4] == b"\x01\0\0\0"
        records += frame[4:]
    assert records[-32:] == moves[4] + moves[5]
    assert len(records) <= 3 * 16 + 16
    assert await theirs.silence(1.2)
    assert await not_asking.silence(0.1)


async def test_the_socket_does_not_ask_the_database_while_events_flow(
    screen: Open, hub: Hub, happen: Happen, fire_dispatcher: Actor, fire: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = await screen(fire_dispatcher)
    await window.joined()
    await asyncio.sleep(0.3)
    asked: list[object] = []
    real = hub.ask

    async def ask(fn: Any, executor: Any = None) -> Any:
        asked.append(fn.func.__name__)
        return await real(fn, executor)

    monkeypatch.setattr(hub, "ask", ask)
    for _ in range(20):
        await happen("smoke", of(fire))
        await window.frame()

    assert len([one for one in asked if one != "standing"]) <= 6, f"more than the poll every two seconds: {asked}"
    assert await sync_to_async(journal.head_position)() == 20
