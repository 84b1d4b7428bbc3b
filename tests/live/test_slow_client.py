"""A server whose `send` waits for a slow client (uvicorn): that client waits alone, in order; nobody else notices."""

import asyncio
from typing import Any

import pytest

from live import limits
from live.admission import Admission
from live.sockets import Socket, text

pytestmark = pytest.mark.asyncio


class Server:
    """Takes messages while the client reads."""

    def __init__(self) -> None:
        self.reads = asyncio.Event()
        self.sent: list[str] = []

    async def send(self, message: dict[str, Any]) -> None:
        await self.reads.wait()
        await asyncio.sleep(0)
        self.sent.append(message.get("text") or f"closed {message['code']}")


@pytest.fixture
def somebody() -> Admission:
    return Admission(user_id=7, epoch=1, scopes=frozenset({"user:7", "incidents.view@1:*"}), ends_at=None)


async def test_events_for_a_slow_client_keep_their_order_and_delay_nobody(somebody: Admission) -> None:
    server = Server()
    slow = Socket(somebody, server.send, lambda socket: None)
    slow.release([])

    for position in range(1, 6):
        slow.offer(position, text(str(position)))
    await asyncio.sleep(0.05)
    assert server.sent == []

    server.reads.set()
    await asyncio.sleep(0.05)
    slow.offer(6, text("6"))
    await asyncio.sleep(0.05)
    assert server.sent == ["1", "2", "3", "4", "5", "6"]


async def test_a_client_that_never_reads_is_lost_after_ten_seconds_and_holds_no_more_than_its_queue(somebody: Admission) -> None:
    server, gone = Server(), []
    slow = Socket(somebody, server.send, gone.append)
    slow.release([])

    for position in range(1, 5000):
        slow.offer(position, text(str(position)))

    assert gone == [slow]
    assert len(slow.queue) <= limits.QUEUE + limits.REPLAY
    server.reads.set()
    await asyncio.sleep(0.05)
    assert server.sent[-1] == f"closed {limits.Close.TOO_SLOW}"


async def test_a_send_that_fails_ends_the_socket_once(somebody: Admission) -> None:
    async def broken(message: dict[str, Any]) -> None:
        raise ConnectionResetError

    gone: list[Socket] = []
    socket = Socket(somebody, broken, gone.append)
    socket.release([])

    socket.offer(1, text("1"))
    socket.offer(2, text("2"))

    assert gone == [socket]
