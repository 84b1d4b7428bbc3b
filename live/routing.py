"""Where websockets go: there is one address."""

from typing import Any

from live.endpoint import Receive, Send, live

PATH = "/live/"


async def websocket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """The ASGI application for websockets; any other address is refused before it is accepted."""
    if scope["path"] == PATH:
        await live(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.close", "code": 1000})
