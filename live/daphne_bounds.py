"""Bounds that daphne has no option for: how large a frame a client may send before daphne has read all of it."""

from typing import Any

import daphne.server
from daphne.ws_protocol import WebSocketFactory

from live.limits import FRAME_BYTES


class BoundedFactory(WebSocketFactory):  # type: ignore[misc]
    """daphne's own factory with a limit on frames and messages; without it one client can make the process hold any amount."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.setProtocolOptions(maxFramePayloadSize=2 * FRAME_BYTES, maxMessagePayloadSize=2 * FRAME_BYTES, closeHandshakeTimeout=2)


def apply() -> None:
    """Let the daphne of this process make bounded connections. It has read its arguments, but listens only after this."""
    daphne.server.WebSocketFactory = BoundedFactory
