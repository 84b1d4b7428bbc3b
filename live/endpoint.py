"""The websocket `/live/` itself: let in, greet, listen. A plain ASGI application: a Channels consumer would spend a thread hop on each
message to close database connections that this one never opens."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from django.db import Error as DatabaseError

from live import hub as hubs
from live import limits
from live.admission import PROTOCOL, Handshake
from live.hub import Hub
from live.limits import Close
from live.sockets import Socket, text

logger = logging.getLogger(__name__)

READY_SECONDS = 5.0
UNITS = "units"

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def live(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """One client, from its handshake to its end."""
    await receive()
    handshake = Handshake.of(scope)
    if not handshake.has_known_origin():
        await send({"type": "websocket.close", "code": Close.SIGN_IN})
        return
    await send({"type": "websocket.accept", "subprotocol": PROTOCOL if handshake.offers_protocol else None})
    hub = hubs.of_this_process()
    socket = await _let_in(hub, handshake, send)
    if socket is None:
        return
    try:
        socket.say(_hello(hub, socket))
        await _converse(hub, socket, receive)
    finally:
        socket.is_closed = True
        hub.leave(socket)


async def _let_in(hub: Hub, handshake: Handshake, send: Send) -> Socket | None:
    """The socket of somebody we know, counted in; else the connection is closed with the reason, which a browser reads only after accepting."""
    try:
        async with asyncio.timeout(READY_SECONDS):
            await hub.is_ready.wait()
            admission = await hub.admit(handshake)
    except (DatabaseError, hubs.Crowded, TimeoutError) as error:
        logger.warning("nobody is let in now: %s", str(error).strip() or type(error).__name__)
        await send({"type": "websocket.close", "code": Close.AGAIN_LATER})
        return None
    if admission is None:
        await send({"type": "websocket.close", "code": Close.SIGN_IN})
        return None
    socket = Socket(admission, send, hub.leave)
    refusal = hub.enter(socket)
    if refusal:
        await send({"type": "websocket.close", "code": refusal})
        return None
    return socket


def _hello(hub: Hub, socket: Socket) -> dict[str, Any]:
    hello = {"position": hub.head, "epoch": socket.admission.epoch, "heartbeat": limits.HEARTBEAT_SECONDS, "window": limits.WINDOW}
    return text(orjson.dumps({"hello": hello}).decode())


async def _converse(hub: Hub, socket: Socket, receive: Receive) -> None:
    """Read until the client is gone. After we closed, what still comes is dropped here, so that no server has to keep it."""
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        if socket.is_closed:
            continue
        if not socket.hear():
            socket.close(Close.FLOOD)
            continue
        said = message.get("text") or ""
        if len(said) > limits.FRAME_BYTES or message.get("bytes"):
            socket.close(Close.TOO_LARGE)
            continue
        try:
            await _obey(hub, socket, orjson.loads(said))
        except (ValueError, TypeError):
            socket.close(Close.NONSENSE)
        except DatabaseError as error:
            logger.warning("a replay waits: %s", str(error).strip())
            socket.close(Close.AGAIN_LATER)


async def _obey(hub: Hub, socket: Socket, said: Any) -> None:
    """The five words a client has. Commands are HTTP, always."""
    match said:
        case {"ack": int(position)}:
            socket.acknowledge(position)
        case {"since": (int() | None) as position}:
            if socket.bucket.take(limits.SINCE_COST):
                await hub.replay(socket, position)
            else:
                socket.close(Close.FLOOD)
        case {"ping": 1}:
            socket.say(text('{"pong":1}'))
        case {"subscribe": list(lanes)} if set(lanes) <= {UNITS}:
            socket.wants_units = UNITS in lanes or socket.wants_units
        case {"unsubscribe": list(lanes)} if set(lanes) <= {UNITS}:
            socket.wants_units = socket.wants_units and UNITS not in lanes
        case _:
            raise ValueError("unknown word")
