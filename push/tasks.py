"""What the clock asks of this room: send what is due. A service that is silent is left alone for a while, and no other waits for it."""

import time
from collections import defaultdict, deque
from concurrent.futures import FIRST_COMPLETED, Future, wait

from celery import shared_task
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from access.actors import Actor
from push import delivering, sealing, services
from push.delivering import Outcome
from push.services.sending import Failure, Outgoing

RUN_SECONDS = 20.0
LOOK_SECONDS = 1.0
SILENT_SECONDS = 30
MOST_AT_ONCE = 100
ALONE_SECONDS = 40


@shared_task(name="push.tasks.send_messages")
def send_messages() -> int:
    """Send what is due; says how many messages a service took. One worker does so at a time."""
    if not sealing.is_offered() or not cache.add(_key("sending"), True, timeout=ALONE_SECONDS):
        return 0
    try:
        return Round().run()
    finally:
        cache.delete(_key("sending"))


@shared_task(name="push.tasks.tidy")
def tidy() -> int:
    """Forget what is over; says how many rows."""
    return services.tidy(Actor.system("push"), now=timezone.now())


class Round:
    """One worker's work: a line for each service, one request of each at a time, and a look for more while it waits for a slow one."""

    def __init__(self) -> None:
        self.actor = Actor.system("push")
        self.lines: dict[str, deque[Outgoing]] = defaultdict(deque)
        self.asked: dict[Future[Outcome], Outgoing] = {}
        self.silent = {service for service in cache.get(_key("known"), ()) if cache.get(_key(f"silent:{service}"))}
        self.taken = 0

    def run(self) -> int:
        until = time.monotonic() + RUN_SECONDS
        while time.monotonic() < until:
            self._look()
            self._ask()
            if not self.asked:
                break
            answered, _pending = wait(self.asked, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
            for each in answered:
                self._note(self.asked.pop(each), each.result())
        self._give_back()
        return self.taken

    def _look(self) -> None:
        busy = {outgoing.service for outgoing in self.asked.values()} | {service for service, line in self.lines.items() if line}
        for outgoing in services.claim(self.actor, passing_over=self.silent | busy, most=MOST_AT_ONCE, now=timezone.now()):
            self.lines[outgoing.service].append(outgoing)

    def _ask(self) -> None:
        busy = {outgoing.service for outgoing in self.asked.values()}
        for service, line in self.lines.items():
            if line and service not in busy:
                outgoing = line.popleft()
                self.asked[delivering.begin(outgoing)] = outgoing

    def _note(self, outgoing: Outgoing, outcome: Outcome) -> None:
        now, message_id = timezone.now(), outgoing.message_id
        if outcome.is_taken:
            services.note_taken(self.actor, message_id=message_id, status=outcome.status or 0, now=now)
            self.taken += 1
        elif outcome.is_gone:
            services.note_gone(self.actor, message_id=message_id, status=outcome.status or 0, now=now)
        else:
            failure = Failure(outcome.why, outcome.status, outcome.after_seconds, outcome.is_final)
            services.note_failure(self.actor, message_id=message_id, failure=failure, now=now)
        if outcome.is_silent:
            self._leave_alone(outgoing.service)

    def _leave_alone(self, service: str) -> None:
        """Nobody waits for a silent service: what stands in its line goes back, and it is asked again in a while."""
        self.silent.add(service)
        known = {*cache.get(_key("known"), ()), service}
        cache.set(_key("known"), sorted(known)[:50], timeout=3600)
        cache.set(_key(f"silent:{service}"), True, timeout=SILENT_SECONDS)
        services.put_off(self.actor, message_ids=[each.message_id for each in self.lines.pop(service, ())], now=timezone.now())

    def _give_back(self) -> None:
        left = [each.message_id for line in self.lines.values() for each in line]
        services.put_off(self.actor, message_ids=left, now=timezone.now())


def _key(name: str) -> str:
    return f"push.{name}:{connection.settings_dict['NAME']}"
