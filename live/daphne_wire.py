"""What daphne has no option for: a bound on what a client may send, and a short way out for what many clients get.

A frame from a server is not masked, so its bytes are the same for every socket that gets it: they are made once and kept on the ASGI
message. They are written to the socket at once; through Twisted's buffer each frame would cost two epoll_ctl calls and a turn of the
reactor. Only what the kernel does not take goes into that buffer, and while something is there everything follows behind it.
"""

import struct
from typing import Any

import daphne.server
from autobahn.websocket.protocol import WebSocketProtocol as State
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol

from live.limits import FRAME_BYTES, UNREAD, Close

FRAME = "city.frame"
TEXT, BINARY = 0x81, 0x82


def encoded(message: dict[str, Any]) -> bytes:
    """The bytes of an unmasked, unfragmented frame (RFC 6455, section 5.2), made once for each message."""
    frame = message.get(FRAME)
    if frame is None:
        body = message.get("bytes")
        first, body = (BINARY, body) if body is not None else (TEXT, message["text"].encode())
        size = len(body)
        if size < 126:
            head = struct.pack("!BB", first, size)
        elif size < 65536:
            head = struct.pack("!BBH", first, 126, size)
        else:
            head = struct.pack("!BBQ", first, 127, size)
        frame = message[FRAME] = head + body
    return frame  # type: ignore[no-any-return]


class DirectProtocol(WebSocketProtocol):
    """daphne's websocket with the short way out, and an end to what it keeps for an application that is busy."""

    has_flooded = False

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        if self.application_queue.qsize() < UNREAD:
            super().onMessage(payload, isBinary)
        elif not self.has_flooded:
            self.has_flooded = True
            self.sendClose(code=Close.FLOOD)
            self.transport.pauseProducing()  # nothing more is read; the close handshake runs out and the connection is dropped

    def handle_reply(self, message: dict[str, Any]) -> None:
        if message["type"] != "websocket.send" or self.state != State.STATE_OPEN or self._perMessageCompress is not None:
            super().handle_reply(message)
            return
        frame, transport = encoded(message), self.transport
        if self.send_queue or getattr(transport, "dataBuffer", b"?") or transport._tempDataBuffer or transport.disconnecting:
            self.sendData(frame)
            return
        sent = transport.writeSomeData(frame)
        if not isinstance(sent, int):
            transport.loseConnection()
        elif sent < len(frame):
            transport.write(frame[sent:])


class BoundedFactory(WebSocketFactory):
    """daphne's own factory with a limit on frames and messages; without it one client can make the process hold any amount."""

    protocol = DirectProtocol

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.setProtocolOptions(maxFramePayloadSize=2 * FRAME_BYTES, maxMessagePayloadSize=2 * FRAME_BYTES, closeHandshakeTimeout=2)


def apply() -> None:
    """Let the daphne of this process make such connections. It has read its arguments by now, and listens only after this."""
    daphne.server.WebSocketFactory = BoundedFactory
