"""A SIP user agent that can do one thing: follow the dialog events of a line (RFC 6665, RFC 4235) over UDP.

It subscribes, renews, answers NOTIFY, and begins anew when the exchange goes away. It hears only the address it asked: its socket is
connected. A NOTIFY is answered after what it told has been kept, so that the exchange tells it again when it was not.
"""

import asyncio
import logging
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sipmessage import URI, Address, Message, Parameters, Request, Response, Via

from exchange.telephony import dialogs, digest
from exchange.telephony.dialogs import DialogInfo

logger = logging.getLogger(__name__)

T1, T2 = 0.5, 4.0  # RFC 3261, 17.1.2.2
ANSWER_SECONDS = 10.0
NOTIFY_SECONDS = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
MOST_EXPIRES = 3600
MOST_BYTES = 65_000
MOST_WAITING = 100
REMEMBERED = 64
SIP_PORT = 5060
SAYS = {200: "OK", 400: "Bad Request", 405: "Method Not Allowed", 415: "Unsupported Media Type", 481: "Subscription Does Not Exist"} | {
    489: "Bad Event",
    500: "Server Internal Error",
}


class Gone(Exception):
    """The subscription has ended; the text says why, for people. `is_refused`: the exchange does not want us."""

    def __init__(self, why: str, *, is_refused: bool = False) -> None:
        super().__init__(why)
        self.is_refused = is_refused


@dataclass(frozen=True, slots=True)
class Line:
    """What to follow: its address, who we say we are, and for how many seconds we subscribe."""

    uri: str
    user: str = "city"
    password: str = ""
    expires: int = 120

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of the exchange."""
        target = URI.parse(self.uri)
        return target.host, target.port or SIP_PORT


Heard = Callable[[DialogInfo], Awaitable[None]]
Stands = Callable[[str, str], Awaitable[None]]


class Follower(asyncio.DatagramProtocol):
    """Follows one line until it is cancelled. `heard` keeps what a document tells, `stands` is told UP, DOWN or REFUSED with the reason."""

    def __init__(self, line: Line, heard: Heard, stands: Stands) -> None:
        self.line, self.heard, self.stands = line, heard, stands
        self.transport: asyncio.DatagramTransport | None = None
        self.inbox: asyncio.Queue[Request] = asyncio.Queue(MOST_WAITING)

    async def run(self) -> None:
        """Hold the subscription as long as this lives; between attempts it waits 1 to 30 seconds."""
        pause = FIRST_PAUSE
        while True:
            try:
                await self._hold()
            except Gone as end:
                await self.stands("REFUSED" if end.is_refused else "DOWN", str(end))
                pause = FIRST_PAUSE if self.is_up else min(2 * pause, LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def _hold(self) -> None:
        self._begin()
        try:
            _transport, _self = await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, remote_addr=self.line.address)
        except OSError as error:
            raise Gone(f"the address cannot be reached: {error.strerror or error}") from error
        server = asyncio.create_task(self._serve())
        try:
            granted = await self._subscribe()
            await self._wait(self.notified, NOTIFY_SECONDS, "it took the subscription and told nothing")
            while True:
                await self._pause(max(1.0, granted / 2))
                granted = await self._subscribe()
        finally:
            server.cancel()
            if self.transport is not None:
                self.transport.close()

    def _begin(self) -> None:
        """A new dialog of SIP: names nobody else can guess."""
        self.call_id, self.tag, self.number = secrets.token_hex(16), secrets.token_hex(8), 0
        self.remote_tag, self.target, self.route = "", URI.parse(self.line.uri), list[str]()
        self.heard_number, self.version, self.is_up = -1, -1, False
        self.pending: dict[str, asyncio.Future[Response]] = {}
        self.answers: OrderedDict[str, bytes] = OrderedDict()
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.notified = asyncio.Event()
        while not self.inbox.empty():
            self.inbox.get_nowait()

    # --- what we ask

    async def _subscribe(self) -> int:
        """Ask for the subscription, or for more of it; the seconds granted. Raises `Gone`."""
        expires, credentials = self.line.expires, None
        for _attempt in range(4):
            request = self._request(expires)
            if credentials is not None:
                request.headers.set(*credentials)
            answer = await self._ask(request)
            if answer.code in (401, 407) and credentials is None and self.line.password:
                credentials = self._credentials(answer, request)
            elif answer.code == 423 and (answer.headers.get("Min-Expires") or "").isdigit():
                expires = min(int(answer.headers["Min-Expires"][:5]), MOST_EXPIRES)
            elif 200 <= answer.code < 300:
                return self._granted(answer, expires)
            else:
                raise Gone(f"it answered {answer.code} {answer.phrase[:60]}", is_refused=answer.code not in (408, 481, 500, 503))
        raise Gone("it refuses our name or password", is_refused=True)

    def _request(self, expires: int) -> Request:
        host, port = self._own()
        self.number += 1
        request = Request("SUBSCRIBE", self.target)
        via = Via("UDP", host, port, Parameters(branch=f"z9hG4bK{secrets.token_hex(12)}", rport=None))
        request.via = [via]
        request.headers.set("Max-Forwards", "70")
        for route in self.route:
            request.headers.add("Route", route)
        line = URI.parse(self.line.uri)
        request.from_address = Address(URI("sip", line.host, user=self.line.user), parameters=Parameters(tag=self.tag))
        request.to_address = Address(line, parameters=Parameters(tag=self.remote_tag) if self.remote_tag else Parameters())
        request.headers.set("Call-ID", self.call_id)
        request.headers.set("CSeq", f"{self.number} SUBSCRIBE")
        request.headers.set("Contact", f"<sip:{self.line.user}@{host}:{port}>")
        request.headers.set("Event", "dialog")
        request.headers.set("Accept", "application/dialog-info+xml")
        request.headers.set("Expires", str(expires))
        request.headers.set("Content-Length", "0")
        return request

    def _credentials(self, answer: Response, request: Request) -> tuple[str, str]:
        asked, given = ("WWW-Authenticate", "Authorization") if answer.code == 401 else ("Proxy-Authenticate", "Proxy-Authorization")
        try:
            credentials = digest.answer(
                answer.headers.getlist(asked), user=self.line.user, password=self.line.password, method="SUBSCRIBE", uri=str(request.uri)
            )
        except digest.NoAnswer:
            raise Gone("it asks for a proof of who we are that we do not know", is_refused=True) from None
        return given, str(credentials)

    def _granted(self, answer: Response, asked: int) -> int:
        if not self.route and answer.headers.getlist("Record-Route"):
            self.route = list(reversed(answer.headers.getlist("Record-Route")))
        if answer.contact:
            self.target = answer.contact[0].uri
        self.remote_tag = self.remote_tag or answer.to_address.parameters.get("tag") or ""
        return min(answer.expires or asked, asked, MOST_EXPIRES)

    async def _ask(self, request: Request) -> Response:
        """Send a request until it is answered (RFC 3261, 17.1.2): over UDP any of them may be lost."""
        branch = request.via[0].parameters["branch"] or ""
        future: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self.pending[branch] = future
        wait, deadline = T1, asyncio.get_running_loop().time() + ANSWER_SECONDS
        try:
            while True:
                self._send(bytes(request))
                left = deadline - asyncio.get_running_loop().time()
                if left <= 0:
                    raise Gone("it does not answer")
                either: set[asyncio.Future[Any]] = {future, self.lost}
                done, _waiting = await asyncio.wait(either, timeout=min(wait, left), return_when=asyncio.FIRST_COMPLETED)
                if future in done:
                    return future.result()
                if self.lost in done:
                    self.lost.result()
                wait = min(2 * wait, T2)
        finally:
            self.pending.pop(branch, None)

    async def _pause(self, seconds: float) -> None:
        done, _waiting = await asyncio.wait({self.lost}, timeout=seconds)
        if done:
            self.lost.result()

    async def _wait(self, event: asyncio.Event, seconds: float, why: str) -> None:
        waiting = asyncio.ensure_future(event.wait())
        either: set[asyncio.Future[Any]] = {waiting, self.lost}
        await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self.lost.done():
            self.lost.result()
        if not event.is_set():
            raise Gone(why)

    # --- what we are told

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # a datagram endpoint gives a datagram transport

    def datagram_received(self, data: bytes, address: object) -> None:
        if len(data) > MOST_BYTES or not data.strip():
            return
        try:
            message = Message.parse(data)
            branch = message.via[0].parameters.get("branch") or ""
            is_ours = message.cseq.method == "SUBSCRIBE" if isinstance(message, Response) else True
        except (ValueError, KeyError, IndexError):
            logger.warning("a message of the telephone exchange could not be read")
            return
        if isinstance(message, Response):
            future = self.pending.get(branch)
            if future is not None and not future.done() and is_ours and message.code >= 200:
                future.set_result(message)
        elif branch in self.answers:
            self._send(self.answers[branch])
        elif not self.inbox.full():  # what finds no room is sent again by the exchange
            self.inbox.put_nowait(message)

    def error_received(self, error: Exception) -> None:
        """Nobody listens there any more: the machine said so itself."""
        self._lose(f"nobody listens at its address: {getattr(error, 'strerror', '') or error}")

    async def _serve(self) -> None:
        while True:
            request = await self.inbox.get()
            branch = request.via[0].parameters.get("branch") or ""
            if branch in self.answers:
                continue
            try:
                code = await self._take(request)
            except (ValueError, KeyError):
                code = 400
            if code is None:
                continue
            self.answers[branch] = bytes(_response(request, code))
            while len(self.answers) > REMEMBERED:
                self.answers.popitem(last=False)
            self._send(self.answers[branch])

    async def _take(self, request: Request) -> int | None:
        """The status that answers a request; None when it could not be kept and is to be sent again."""
        if request.method == "OPTIONS":
            return 200
        if request.method != "NOTIFY":
            return 405
        if request.headers["Call-ID"] != self.call_id or request.to_address.parameters.get("tag") != self.tag:
            return 481
        theirs = request.from_address.parameters.get("tag") or ""
        if self.remote_tag and theirs != self.remote_tag:
            return 481
        if (request.headers.get("Event") or "").partition(";")[0].strip() != "dialog":
            return 489
        if request.cseq.sequence <= self.heard_number:
            return 500
        code = await self._document(request)
        if code == 200:
            self.remote_tag, self.heard_number = theirs, request.cseq.sequence
            await self._state(request.headers.get("Subscription-State") or "")
        return code

    async def _document(self, request: Request) -> int | None:
        if not request.body.strip():
            return 200
        if (request.headers.get("Content-Type") or "").partition(";")[0].strip().lower() != "application/dialog-info+xml":
            return 415
        length = request.content_length
        try:
            info = dialogs.read(request.body if length is None else request.body[:length])
        except dialogs.Unreadable as why:
            logger.warning("a dialog event of the telephone exchange could not be read: %s", why)
            return 400
        if not info.is_full and info.version > self.version + 1 and self.version >= 0:
            self._lose("something it told was lost; asking for all of it again")
        self.version = info.version
        try:
            await self.heard(info)
        except OSError as error:
            logger.warning("what the telephone exchange told could not be kept: %s; it will tell it again", error)
            return None
        return 200

    async def _state(self, text: str) -> None:
        word, _semicolon, rest = text.partition(";")
        if word.strip().lower() == "terminated":
            return self._lose(f"it ended the subscription {rest.strip()[:60]}".strip())
        if word.strip().lower() == "active" and not self.is_up:
            self.is_up = True
            await self.stands("UP", "")
        self.notified.set()

    def _lose(self, why: str) -> None:
        if not self.lost.done():
            self.lost.set_exception(Gone(why))
            self.lost.exception()  # it is looked at later, or never when we are just ending

    def _own(self) -> tuple[str, int]:
        host, port = self.transport.get_extra_info("sockname")[:2] if self.transport else ("127.0.0.1", SIP_PORT)
        return str(host), int(port)

    def _send(self, data: bytes) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.sendto(data)


def _response(request: Request, code: int) -> Response:
    response = Response(code, SAYS[code])
    for name in ("Via", "Record-Route", "From", "To", "Call-ID", "CSeq"):
        for value in request.headers.getlist(name):
            response.headers.add(name, value)
    if code == 405:
        response.headers.set("Allow", "NOTIFY, OPTIONS")
    response.headers.set("Content-Length", "0")
    return response
