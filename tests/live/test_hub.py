"""The hub's beginning and end."""

import asyncio

import pytest

from live.hub import Hub

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


async def test_a_hub_ends_at_whatever_moment_it_is_stopped() -> None:
    for moments in range(400):
        hub = Hub()
        hub.start()
        for _ in range(moments):
            await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await hub.stop()
