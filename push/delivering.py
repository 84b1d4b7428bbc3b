"""Hands a sealed message to a push service (RFC 8030): one request, no redirect, ten seconds in all, whatever the service does."""

import contextlib
from concurrent.futures import Future, InvalidStateError, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from threading import BoundedSemaphore, Timer

import requests
from django.utils import timezone
from requests_hardened import Config, HTTPSession

from push import endpoints, sealing
from push.services.sending import Outgoing

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 5.0
SECONDS = 10.0
AT_ONCE = 8
MOST_AFTER = 3600
SILENT = "no answer"
GONE = (404, 410)
LATER = (408, 425, 429)

_pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="push")
_free = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a service said: a status, or in words why there is none; and after how many seconds to ask again, if it named any."""

    status: int | None
    why: str = ""
    after_seconds: int = 0

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        return self.status in GONE

    @property
    def is_silent(self) -> bool:
        return self.status is None and self.why == SILENT

    @property
    def is_final(self) -> bool:
        """Whether trying again would not help."""
        if self.status is None:
            return not self.is_silent
        return self.status < 500 and self.status not in LATER


def begin(outgoing: Outgoing) -> "Future[Outcome]":
    """Ask a service in a thread of its own; what is told of it is there within ten seconds, and the thread is free again when the service lets go."""
    told: Future[Outcome] = Future()
    if not _free.acquire(blocking=False):
        told.set_result(Outcome(None, SILENT))
        return told
    limit = Timer(SECONDS, _tell, (told, Outcome(None, SILENT)))
    limit.daemon = True
    limit.start()
    asked = _pool.submit(_ask, outgoing)

    def done(asked: "Future[Outcome]") -> None:
        _free.release()
        limit.cancel()
        failure = asked.exception()
        _tell(told, asked.result() if failure is None else Outcome(None, type(failure).__name__))

    asked.add_done_callback(done)
    return told


def _tell(told: "Future[Outcome]", outcome: Outcome) -> None:
    with contextlib.suppress(InvalidStateError):  # the other one was first
        told.set_result(outcome)


def _ask(outgoing: Outgoing) -> Outcome:
    try:
        service = endpoints.service_of(outgoing.endpoint)  # again: the list may have become shorter
    except endpoints.BadEndpoint as refusal:
        return Outcome(None, refusal.code)
    now = timezone.now()
    headers = {
        "Authorization": sealing.authorization(service, now=now),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(max(0, int((outgoing.until - now).total_seconds()))),
        "Urgency": "high",
        "Topic": outgoing.topic,
    }
    body = sealing.sealed(outgoing.content, p256dh=outgoing.p256dh, auth=outgoing.auth)
    is_inside = endpoints.is_own(service)
    config = Config(
        ip_filter_enable=not is_inside,
        ip_filter_allow_loopback_ips=False,
        never_redirect=True,
        default_timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
        user_agent_override="city-command",
    )
    try:
        with HTTPSession(config) as session:
            session.trust_env = False  # no proxy, no password of a file: what is asked is the address that was checked
            answer = session.post(outgoing.endpoint, data=body, headers=headers, stream=True)
            with answer:
                return Outcome(answer.status_code, f"{answer.status_code} {answer.reason}"[:100], _after(answer.headers.get("Retry-After", ""), now))
    except (requests.ConnectionError, requests.Timeout):
        return Outcome(None, SILENT)
    except requests.RequestException as error:
        return Outcome(None, type(error).__name__)


def _after(said: str, now: datetime) -> int:
    """Retry-After in seconds: a number or a date; nothing that cannot be meant."""
    if said.isascii() and said.isdigit() and len(said) < 7:
        return min(int(said), MOST_AFTER)
    try:
        return max(0, min(int((parsedate_to_datetime(said) - now).total_seconds()), MOST_AFTER)) if said else 0
    except (TypeError, ValueError):
        return 0
