"""Following a line by SIP: what dialog documents say, hostile ones, and an exchange that loses, repeats, forgets and refuses."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any

import pytest
from sipmessage import Message, Request, Response

from access.actors import Actor
from exchange import ringing
from exchange.models import PhoneCall, PhoneLink
from exchange.services import note_phone_link
from exchange.telephony import agent, digest
from exchange.telephony.agent import Follower, Line
from exchange.telephony.dialogs import MOST_BYTES, MOST_CALLS, Dialog, DialogInfo, Legs, Unreadable, read
from exchange.telephony.events import Kind
from exchange.telephony.listening import Listener, keep
from journal.models import Entry

LINE = Line("sip:119@pbx.example")


def document(*dialogs: str, state: str = "full", version: int = 1) -> bytes:
    inside = "".join(dialogs)
    head = f'<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="{version}" state="{state}" entity="sip:119@pbx.example">'
    return f'<?xml version="1.0"?>{head}{inside}</dialog-info>'.encode()


def dialog(
    ref: str = "a@x", state: str = "early", who: str = "sip:+8613800002201@pbx.example:5060;user=phone", event: str = "", leg: str = "d"
) -> str:
    reason = f' event="{event}"' if event else ""
    return (
        f'<dialog id="{leg}-{ref}" call-id="{ref}" direction="recipient"><state{reason}>{state}</state>'
        f"<remote><identity>{who}</identity></remote></dialog>"
    )


@pytest.mark.parametrize(
    ("state", "event", "kind"),
    [
        ("trying", "", Kind.RINGING),
        ("proceeding", "", Kind.RINGING),
        ("early", "", Kind.RINGING),
        ("confirmed", "", Kind.ANSWERED),
        ("terminated", "", Kind.ENDED),
        ("terminated", "remote-bye", Kind.ENDED),
        ("terminated", "cancelled", Kind.ABANDONED),
    ],
)
def test_what_the_states_of_a_dialog_mean(state: str, event: str, kind: Kind) -> None:
    assert read(document(dialog(state=state, event=event))) == DialogInfo(1, True, (Dialog("a@x", kind, "+8613800002201", "d-a@x"),))


def test_what_the_line_itself_dialled_is_no_call_that_came() -> None:
    assert read(document(dialog().replace("recipient", "initiator"))).dialogs == ()


@pytest.mark.parametrize("who", ["", "sip:pbx.example", "anonymous", "http://x", "tel:", "mailto:a@b"])
def test_a_caller_without_a_number_has_none(who: str) -> None:
    assert read(document(dialog(who=who))).dialogs[0].number in ("", "pbx.example")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"<x/>",
        document()[:-5],
        document(version=-1),
        document(state="half"),
        document(dialog(state="dancing")),
        document(dialog(ref="")).replace(b'id="d-"', b'id=""'),
        document(dialog(ref="x" * 200)),
        document(*[dialog(ref=f"{n}") for n in range(201)]),
        document("<a>" * 5_000 + "</a>" * 5_000),
        document("x" * MOST_BYTES),
        b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + document("&a;")[21:],
        document("<![CDATA[x]]>"),
        document("&unknown;"),
        "\ud83d".encode("utf-8", "surrogatepass") + document(),
    ],
)
def test_a_hostile_document_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body)


# --- what is kept of it


def test_a_full_document_ends_the_calls_it_does_not_name(call_taker: Actor, now: datetime) -> None:
    keep(LINE, read(document(dialog("a"), dialog("b"))), now=now)

    keep(LINE, read(document(dialog("b", state="confirmed"))), now=now)

    assert dict(PhoneCall.objects.values_list("ref", "state")) == {"a": "ABANDONED", "b": "ANSWERED"}
    assert PhoneCall.objects.filter(line="119", system="pbx.example").count() == 2


def test_a_partial_document_ends_nothing(db: None, now: datetime) -> None:
    keep(LINE, read(document(dialog("a"))), now=now)
    keep(LINE, read(document(dialog("b"), state="partial")), now=now)

    assert set(PhoneCall.objects.values_list("state", flat=True)) == {"RINGING"}


@pytest.mark.parametrize("states", [("terminated", "confirmed"), ("confirmed", "terminated"), ("early", "terminated", "confirmed")])
def test_where_several_telephones_ring_for_one_call_those_that_give_up_do_not_end_it(db: None, now: datetime, states: tuple[str, ...]) -> None:
    keep(LINE, read(document(dialog("a"))), now=now)

    legs = [dialog("a", state=state, event="cancelled" if state == "terminated" else "") for state in states]
    keep(LINE, Legs().fold(read(document(*legs))), now=now)

    assert PhoneCall.objects.get().state == "ANSWERED"


GIVES_UP = {"state": "terminated", "event": "cancelled"}


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ([("1", {"state": "early"}), ("2", {"state": "early"}), ("1", GIVES_UP)], "RINGING"),
        ([("1", {"state": "early"}), ("2", {"state": "early"}), ("1", GIVES_UP), ("2", GIVES_UP)], "ABANDONED"),
        ([("1", {"state": "early"}), ("2", {"state": "early"}), ("1", {"state": "confirmed"}), ("2", GIVES_UP)], "ANSWERED"),
        ([("1", {"state": "early"}), ("2", {"state": "early"}), ("2", GIVES_UP), ("1", {"state": "confirmed"})], "ANSWERED"),
        ([("1", {"state": "confirmed"}), ("2", {"state": "early"}), ("2", GIVES_UP), ("1", {"state": "terminated"})], "ENDED"),
        ([("1", {"state": "early"}), ("2", {"state": "confirmed"}), ("2", {"state": "terminated"})], "ENDED"),  # of 1 no end is ever told
    ],
)
def test_a_call_whose_telephones_are_told_of_one_by_one_ends_with_the_last_that_is_up(
    db: None, now: datetime, told: list[tuple[str, dict[str, str]]], state: str
) -> None:
    legs = Legs()

    for version, (leg, how) in enumerate(told):
        info = read(document(dialog("a", leg=leg, **how), state="partial", version=version))
        for _twice in range(2):  # an exchange tells again what it thinks was lost
            keep(LINE, legs.fold(info), now=now)

    assert PhoneCall.objects.get().state == state


def test_a_listener_hears_of_each_telephone_of_a_call_by_itself(db: None, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[DialogInfo] = []
    monkeypatch.setattr(Listener, "_keep", lambda _self, _line, info: _done(kept.append(info)))
    monkeypatch.setattr(Listener, "_note", lambda *_all: _done(None))

    async def script(peer: Peer, notes: Notes) -> None:
        await until(lambda: kept)
        for leg, how in (("1", {}), ("2", {}), ("1", GIVES_UP)):
            peer.notify(document(dialog("a", leg=leg, **how), state="partial", version=peer.number))
        await until(lambda: len(kept) == 4)

    follow(good, script, follower=lambda line: Listener([line]).run())

    assert [dialog.kind for info in kept for dialog in info.dialogs] == [Kind.RINGING] * 3


async def _done(_nothing: None) -> None:
    pass


def test_calls_without_end_are_not_remembered_without_end() -> None:
    legs = Legs()
    for number in range(MOST_CALLS + 50):
        legs.fold(read(document(dialog(f"{number}"), state="partial")))
    ringing_now = len(legs.calls)
    for number in range(MOST_CALLS + 50):
        legs.fold(read(document(dialog(f"{number}", **GIVES_UP), state="partial")))

    assert (ringing_now, legs.calls) == (MOST_CALLS, {})


def test_of_calls_that_ended_before_we_listened_only_those_without_an_answer_are_kept(db: None, now: datetime) -> None:
    keep(LINE, read(document(dialog("old", state="terminated"), dialog("missed", state="terminated", event="cancelled"))), now=now)

    assert dict(PhoneCall.objects.values_list("ref", "state")) == {"missed": "ABANDONED"}


def test_a_line_that_nobody_tells_us_of_is_named_in_the_box(call_taker: Actor, now: datetime, settings: object) -> None:
    settings.TELEPHONY_SIP_LINES = [LINE.uri]  # type: ignore[attr-defined]
    before = ringing.ringing(call_taker, now=now).broken
    for state in ("UP", "UP", "DOWN", "DOWN", "UP"):
        note_phone_link(Actor.system("telephony"), uri=LINE.uri, state=state, says="", now=now)

    assert (before, ringing.ringing(call_taker, now=now).broken) == ([LINE.uri], [])
    assert Entry.objects.filter(name="exchange.phone_link_changed").count() == 3
    PhoneLink.objects.update(seen_at=datetime.fromisoformat("2026-01-01T00:00:00Z"))
    assert ringing.ringing(call_taker, now=now).broken == [LINE.uri]


# --- a peer that behaves badly: a socket of its own, on this machine


class Peer(asyncio.DatagramProtocol):
    """An exchange that does what a test tells it. `asked` are the SUBSCRIBEs as they came, `answers` what our NOTIFYs were answered with."""

    def __init__(self, reply: Callable[["Peer", Request], None]) -> None:
        self.reply = reply
        self.asked: list[Request] = []
        self.answers: list[int] = []
        self.number = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        self.address = address
        message = Message.parse(data)
        if isinstance(message, Request):
            self.asked.append(message)
            self.reply(self, message)
        else:
            self.answers.append(message.code)

    def answer(self, request: Request, code: int, **headers: str) -> None:
        response = Response(code, "So")
        for name in ("Via", "From", "Call-ID", "CSeq"):
            response.headers.set(name, request.headers[name])
        to = request.headers["To"]
        response.headers.set("To", to if "tag=" in to else f"{to};tag=peer")
        response.headers.set("Contact", "<sip:pbx@127.0.0.1>")
        for name, value in headers.items():
            response.headers.set(name.replace("_", "-"), value)
        self.transport.sendto(bytes(response), self.address)  # type: ignore[attr-defined]

    def notify(self, body: bytes, *, state: str = "active;expires=60", branch: str = "", **changes: str) -> None:
        self.number += 1
        asked = self.asked[-1]
        headers = {
            "Via": f"SIP/2.0/UDP 127.0.0.1;branch={branch or f'z9hG4bK{self.number}'}",
            "From": "<sip:119@pbx>;tag=peer",
            "To": asked.headers["From"],
            "Call-ID": asked.headers["Call-ID"],
            "CSeq": f"{self.number} NOTIFY",
            "Event": "dialog",
            "Subscription-State": state,
            "Content-Type": "application/dialog-info+xml",
            "Content-Length": str(len(body)),
        } | {name.replace("_", "-"): value for name, value in changes.items()}
        request = Request(changes.get("method", "NOTIFY"), asked.contact[0].uri, body)
        for name, value in headers.items():
            if name != "method":
                request.headers.set(name, value)
        self.transport.sendto(bytes(request), self.address)  # type: ignore[attr-defined]

    def send(self, data: bytes) -> None:
        self.transport.sendto(data, self.address)  # type: ignore[attr-defined]


class Notes:
    """What the follower told."""

    def __init__(self) -> None:
        self.heard: list[DialogInfo] = []
        self.states: list[tuple[str, str]] = []
        self.faults = 0

    async def hear(self, info: DialogInfo) -> None:
        if self.faults:
            self.faults -= 1
            raise OSError("the database is away")
        self.heard.append(info)

    async def stand(self, state: str, says: str) -> None:
        self.states.append((state, says))


Script = Callable[[Peer, Notes], Awaitable[None]]


def follow(
    reply: Callable[[Peer, Request], None],
    script: Script,
    *,
    password: str = "",
    faults: int = 0,
    expires: int = 60,
    follower: Callable[[Line], Coroutine[Any, Any, None]] | None = None,
) -> tuple[Peer, Notes]:
    """Let a follower meet such a peer until the script has seen what it waits for."""

    async def meet() -> tuple[Peer, Notes]:
        transport, peer = await asyncio.get_running_loop().create_datagram_endpoint(lambda: Peer(reply), local_addr=("127.0.0.1", 0))
        port = transport.get_extra_info("sockname")[1]
        notes = Notes()
        notes.faults = faults
        line = Line(f"sip:119@127.0.0.1:{port}", "city", password, expires)
        running = asyncio.create_task(follower(line) if follower else Follower(line, notes.hear, notes.stand).run())
        try:
            await asyncio.wait_for(script(peer, notes), 30)
        finally:
            running.cancel()
            transport.close()
        return peer, notes

    return asyncio.run(meet())


async def until(true: Callable[[], object]) -> None:
    while not true():
        await asyncio.sleep(0.005)


def good(peer: Peer, request: Request) -> None:
    peer.answer(request, 200, Expires=request.headers["Expires"])
    peer.notify(document(version=0))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent, "T1", 0.02)
    monkeypatch.setattr(agent, "FIRST_PAUSE", 0.01)


def test_a_line_is_followed_and_a_repeated_notify_heard_once_but_answered_twice() -> None:
    async def script(peer: Peer, notes: Notes) -> None:
        await until(lambda: notes.states == [("UP", "")])
        peer.notify(document(dialog()), branch="z9hG4bKsame")
        await until(lambda: len(notes.heard) == 2)
        peer.number -= 1
        peer.notify(document(dialog()), branch="z9hG4bKsame")
        await until(lambda: len(peer.answers) == 3)

    peer, notes = follow(good, script)

    assert (peer.answers, len(notes.heard)) == ([200, 200, 200], 2)
    assert peer.asked[0].headers["Event"] == "dialog"
    assert peer.asked[0].headers["Accept"] == "application/dialog-info+xml"


def test_a_lost_request_is_sent_again() -> None:
    def deaf(peer: Peer, request: Request) -> None:
        if len(peer.asked) == 3:
            good(peer, request)

    async def script(peer: Peer, notes: Notes) -> None:
        await until(lambda: notes.states)

    peer, notes = follow(deaf, script)

    assert notes.states == [("UP", "")]
    assert len({bytes(request) for request in peer.asked}) == 1


def test_what_could_not_be_kept_is_not_answered_and_so_told_again() -> None:
    async def script(peer: Peer, notes: Notes) -> None:
        await until(lambda: peer.asked and notes.faults == 0)
        peer.number -= 1
        peer.notify(document(version=0), branch="z9hG4bK1")
        await until(lambda: notes.states)

    peer, notes = follow(good, script, faults=1)

    assert (peer.answers, len(notes.heard)) == ([200], 1)


def test_words_of_strangers_and_of_no_sense_are_refused_and_harm_nothing() -> None:
    async def script(peer: Peer, notes: Notes) -> None:
        await until(lambda: notes.states)
        for garbage in (b"", b"\r\n\r\n", b"\xff\xfe\r\n\r\n", b"NOTIFY sip:x SIP/2.0\r\n\r\n", b"SIP/2.0 200 OK\r\nVia: x\r\n\r\n", b"A" * 9_000):
            peer.send(garbage)
        peer.notify(document(dialog()), Call_ID="of another")
        peer.notify(document(dialog()), To="<sip:city@x>;tag=guessed")
        peer.notify(document(dialog()), From="<sip:119@pbx>;tag=stranger")
        peer.notify(document(dialog()), Event="presence")
        peer.notify(document(dialog()), Content_Type="text/plain")
        peer.notify(b"<!DOCTYPE x>" + document(dialog()))
        peer.notify(document(dialog()), CSeq="1 NOTIFY")
        peer.notify(b"", method="INVITE", CSeq="9 INVITE")
        peer.notify(b"", method="OPTIONS", CSeq="10 OPTIONS")
        await until(lambda: len(peer.answers) == 10)

    peer, notes = follow(good, script)

    assert peer.answers == [200, 481, 481, 481, 489, 415, 400, 500, 405, 200]
    assert (len(notes.heard), notes.states) == (1, [("UP", "")])


def test_a_hole_in_what_was_told_is_closed_by_asking_for_all_again() -> None:
    async def script(peer: Peer, notes: Notes) -> None:
        await until(lambda: notes.states)
        peer.notify(document(dialog(), state="partial", version=5))
        await until(lambda: len(notes.states) >= 3)

    peer, notes = follow(good, script)

    assert [state for state, _says in notes.states][:3] == ["UP", "DOWN", "UP"]
    assert len({request.headers["Call-ID"] for request in peer.asked}) == 2


def test_a_subscription_that_the_exchange_ends_or_has_forgotten_is_begun_anew() -> None:
    def forgetful(peer: Peer, request: Request) -> None:
        if len(peer.asked) == 2:
            return peer.answer(request, 481)
        good(peer, request)

    async def script(peer: Peer, notes: Notes) -> None:
        await until(lambda: len(notes.states) >= 3)
        peer.notify(document(version=0), state="terminated;reason=noresource")
        await until(lambda: len(notes.states) >= 5)

    _peer, notes = follow(forgetful, script, expires=2)

    assert [state for state, _says in notes.states][:5] == ["UP", "DOWN", "UP", "DOWN", "UP"]
    assert "481" in notes.states[1][1]
    assert "noresource" in notes.states[3][1]


def test_who_we_are_is_proved_by_digest_and_a_longer_time_taken_when_asked_for() -> None:
    challenges = 'Digest realm="pbx", nonce="n1", algorithm=SHA-256, qop="auth", opaque="o"'

    def strict(peer: Peer, request: Request) -> None:
        if "Authorization" not in request.headers.keys():  # noqa: SIM118  (headers are no dict)
            return peer.answer(request, 401, WWW_Authenticate=challenges)
        if request.headers["Expires"] == "60":
            return peer.answer(request, 423, Min_Expires="300")
        good(peer, request)

    async def script(peer: Peer, notes: Notes) -> None:
        await until(lambda: notes.states)

    peer, notes = follow(strict, script, password="secret")

    assert (notes.states, len(peer.asked)) == ([("UP", "")], 3)
    assert peer.asked[2].headers["Expires"] == "300"
    assert peer.asked[2].authorization is not None


@pytest.mark.parametrize(("code", "says"), [(403, "403"), (489, "489"), (401, "401")])
def test_an_exchange_that_refuses_is_said_to_refuse(code: int, says: str) -> None:
    async def script(peer: Peer, notes: Notes) -> None:
        await until(lambda: notes.states)

    _peer, notes = follow(lambda peer, request: peer.answer(request, code), script)

    assert notes.states[0][0] == "REFUSED"
    assert says in notes.states[0][1]


def test_the_digest_of_the_standard_s_own_example() -> None:
    """RFC 7616, 3.9.1, with the nonce count and client nonce it uses."""
    asked = 'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"'
    given = digest.answer(["Basic realm=x", asked], user="Mufasa", password="Circle of Life", method="GET", uri="/dir/index.html", cnonce=CNONCE)

    assert given.parameters is not None
    assert given.parameters["response"] == "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"


CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
