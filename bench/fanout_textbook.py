"""The baselines of the fan-out: the consumer every Channels tutorial shows, and a bare `websockets` broadcast on uvloop."""

import os
import sys

GROUP = "city"


def textbook():  # type: ignore[no-untyped-def]
    """AsyncJsonWebsocketConsumer + RedisPubSubChannelLayer behind AuthMiddlewareStack, one group."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "command_center.settings")
    from django.core.asgi import get_asgi_application

    http = get_asgi_application()
    from channels.auth import AuthMiddlewareStack
    from channels.generic.websocket import AsyncJsonWebsocketConsumer
    from channels.routing import ProtocolTypeRouter, URLRouter
    from django.urls import path

    class Consumer(AsyncJsonWebsocketConsumer):
        async def connect(self) -> None:
            await self.channel_layer.group_add(GROUP, self.channel_name)
            await self.accept()

        async def disconnect(self, code: int) -> None:
            await self.channel_layer.group_discard(GROUP, self.channel_name)

        async def receive_json(self, content: object, **kwargs: object) -> None:
            """A screen says nothing."""

        async def fact(self, event: dict[str, object]) -> None:
            await self.send_json(event["frame"])

    return ProtocolTypeRouter({"http": http, "websocket": AuthMiddlewareStack(URLRouter([path("live/", Consumer.as_asgi())]))})


def bare(port: int, redis_url: str, channel: str) -> None:
    """`websockets.broadcast` of whatever comes on a Redis channel, on uvloop: no scopes, no authority, no order, no replay."""

    import redis.asyncio
    import uvloop
    from websockets.asyncio.server import broadcast, serve

    async def main() -> None:
        clients: set[object] = set()

        async def keep(client) -> None:  # type: ignore[no-untyped-def]
            clients.add(client)
            try:
                await client.wait_closed()
            finally:
                clients.discard(client)

        server = serve(keep, "127.0.0.1", port, compression=None, ping_interval=20, max_queue=16)
        listener = redis.asyncio.Redis.from_url(redis_url).pubsub(ignore_subscribe_messages=True)
        async with server, listener as pubsub:
            await pubsub.subscribe(channel)
            async for message in pubsub.listen():
                broadcast(clients, message["data"].decode())

    uvloop.run(main())


if __name__ == "__main__":
    bare(int(sys.argv[1]), sys.argv[2], sys.argv[3])
elif "daphne" in sys.modules:
    application = textbook()
