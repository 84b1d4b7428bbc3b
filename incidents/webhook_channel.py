"""The webhook channel: a message to a reporter is posted, signed, to the address of a city's own gateway (SMS, mini-program, e-mail).

The request follows Standard Webhooks: `webhook-id` (the same at every attempt), `webhook-timestamp`, `webhook-signature: v1,<base64>` over
`id.timestamp.body` with HMAC-SHA256. A 2xx takes the message, with `{"reference": "..."}` if the gateway has one; 4xx other than 408, 425 and 429
refuses it for good; whatever else, and silence, is tried again. What became of it then comes back as a receipt.
"""

import base64
import hashlib
import hmac
import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from threading import BoundedSemaphore
from urllib.parse import urlsplit

from django.conf import settings

from incidents.channels import ChannelFailed, Outgoing, register
from incidents.models import Report

MOST_BYTES = 16_384
AT_ONCE = 8
TRY_AGAIN = (408, 425, 429)


class Webhook:
    """Posts to REPORTER_WEBHOOK_URL; reaches nobody while that is empty."""

    name = "webhook"

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="reporter-webhook")
        self._free = BoundedSemaphore(AT_ONCE)

    def reaches(self, report: Report) -> bool:
        return bool(settings.REPORTER_WEBHOOK_URL and report.caller_phone.strip())

    def send(self, message: Outgoing) -> str:
        """Hand the message over within the time limit, whatever the peer does; gives its reference, else our own key."""
        if not self._free.acquire(blocking=False):
            raise ChannelFailed("the gateway is slow and was not asked")
        asked = self._pool.submit(_post, message)
        asked.add_done_callback(lambda _done: self._free.release())
        try:
            status, content = asked.result(settings.REPORTER_WEBHOOK_SECONDS)
        except (TookTooLong, OSError, http.client.HTTPException) as error:
            raise ChannelFailed(f"the gateway did not answer ({type(error).__name__})") from error
        if not 200 <= status < 300:
            raise ChannelFailed(f"the gateway answered {status}", is_final=400 <= status < 500 and status not in TRY_AGAIN)
        return _reference(content) or message.key


def signature(key: str, stamp: str, body: bytes) -> str:
    """The signature of a request, as its receiver computes it."""
    made = hmac.new(settings.REPORTER_WEBHOOK_SECRET.encode(), f"{key}.{stamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(made.digest()).decode()


def _post(message: Outgoing) -> tuple[int, bytes]:
    url = urlsplit(settings.REPORTER_WEBHOOK_URL)
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    body = json.dumps({"key": message.key, "number": message.number, "text": message.text, "language": message.language}).encode()
    stamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "city-command",
        "webhook-id": message.key,
        "webhook-timestamp": stamp,
        "webhook-signature": signature(message.key, stamp, body),
    }
    connection = kind(url.netloc, timeout=settings.REPORTER_WEBHOOK_SECONDS)
    try:
        connection.request("POST", url.path + (f"?{url.query}" if url.query else ""), body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(MOST_BYTES)
    finally:
        connection.close()


def _reference(content: bytes) -> str:
    try:
        said = json.loads(content)
    except ValueError:
        return ""
    return str(said.get("reference") or "")[:120] if isinstance(said, dict) else ""


register(Webhook())
