"""HTTP to Django, the one websocket to `live`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "command_center.settings")

from django.core.asgi import get_asgi_application

http = get_asgi_application()

from channels.routing import ProtocolTypeRouter

from live.routing import websocket

application = ProtocolTypeRouter({"http": http, "websocket": websocket})
