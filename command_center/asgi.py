"""HTTP to Django, the one websocket to `live`."""

import os

from kit import starting

starting.begin()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "command_center.settings")

from django.core.asgi import get_asgi_application

http = get_asgi_application()

starting.begin()
from channels.routing import ProtocolTypeRouter
from django.urls import get_resolver

from kit.to_the_end import ToTheEnd
from live.routing import websocket

get_resolver().url_patterns  # noqa: B018  (every page's code now, not while the first reader waits)
application = ProtocolTypeRouter({"http": ToTheEnd(http), "websocket": websocket})
starting.done()
