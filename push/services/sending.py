"""The queue of what closed tablets are told: filled by news, emptied by a worker, given up when its time is over."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import orjson
from django.conf import settings
from django.contrib import auth
from django.db import transaction
from django.db.models import Count
from django.utils.crypto import constant_time_compare, salted_hmac

from access import policy
from access.actors import Actor
from access.models import User
from incidents import permissions as incidents
from journal import services as journal
from push import audience, facts, permissions, sealing, words
from push.audience import News
from push.models import Message, Subscription
from push.services.subscribing import _end, _is_entitled

State = Message.State
LEASE = timedelta(seconds=60)
AGAIN = (timedelta(seconds=5), timedelta(seconds=15), timedelta(seconds=30), timedelta(seconds=60))
MOST_WAITING = 20
MOST_EXPIRED = 200
KEPT = timedelta(days=14)
REPLACED, CROWDED, OVER, NO_CONCERN = "replaced", "crowded", "time over", "no concern"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way: to where, sealed with which keys, what, and until when it is worth anything."""

    message_id: int
    service: str
    endpoint: str
    p256dh: str
    auth: str
    content: bytes
    topic: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a service did not take a message: its status if it said one, after how many seconds to ask again, and whether that would help."""

    why: str
    status: int | None
    after_seconds: int
    is_final: bool


@transaction.atomic
def tell(actor: Actor, *, news: News, now: datetime) -> int:
    """Queue what tablets are told of a piece of news, once for each; says how many. What is older than a message may get is not told at all.

    What still waits about the same thing is replaced; what was never sent need not be taken back.
    """
    policy.require(actor, incidents.IMPORT, None)
    until = news.at + timedelta(seconds=settings.PUSH_SECONDS)
    if not sealing.is_offered() or until <= now:
        return 0
    to = audience.of(news, now)
    earlier = Message.objects.filter(subject=news.subject, state=State.QUEUED).exclude(entry_id=news.entry_id)
    earlier.update(state=State.SKIPPED, reason=REPLACED, next_at=None, ended_at=now)
    _make_room([each.pk for each in to], now)
    values: dict[str, Any] = {"subject": news.subject, "incident_id": news.incident_id, "is_recall": news.is_recall, "entry_id": news.entry_id}
    values |= {"happened_at": news.at, "until": until, "next_at": now, "created_at": now}
    rows = [Message(subscription=each, service=each.service, **values) for each in to]
    Message.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return len(rows)


@transaction.atomic
def claim(actor: Actor, *, passing_over: Collection[str], most: int, now: datetime) -> list[Outgoing]:
    """Messages that are due, taken for a minute: another worker passes them over, and one that dies leaves them to the next.

    Services in `passing_over` are silent just now. What its person may not see by now or what does not concern them any more is not sent;
    a browser in which nobody is signed in any more is told nothing again.
    """
    policy.require(actor, incidents.IMPORT, None)
    waiting = Message.objects.filter(state=State.QUEUED, next_at__lte=now).select_for_update(of=("self",), skip_locked=True, no_key=True)
    for late in waiting.filter(until__lte=now).select_related("subscription").order_by("until", "pk")[:MOST_EXPIRED]:
        _give_up(actor, late, OVER, now)
    due = waiting.filter(until__gt=now).exclude(service__in=list(passing_over)).order_by("next_at", "pk")
    rows = due.select_related("subscription__person", "subscription__unit", "incident__type")[:most]
    standing: dict[int, Actor | None] = {}
    found = []
    for row in rows:
        if row.subscription_id not in standing:
            standing[row.subscription_id] = _standing(actor, row.subscription, now)
        reader = standing[row.subscription_id]
        said = words.of(row, reader) if reader is not None else None
        if said is None:
            _settle(row, State.SKIPPED, NO_CONCERN if reader is not None else Subscription.Ended.SIGNED_OUT, now)
            continue
        row.next_at, row.begun_at = now + LEASE, row.begun_at or now
        row.save(update_fields=["next_at", "begun_at"])
        found.append(_outgoing(row, said))
    return found


@transaction.atomic
def note_taken(actor: Actor, *, message_id: int, status: int, now: datetime) -> None:
    """A push service took the message: that is all that is ever known of it. Said twice, it changes nothing."""
    row = _waiting(actor, message_id)
    if row is not None:
        row.attempts, row.status = row.attempts + 1, status
        _settle(row, State.SENT, "", now)


@transaction.atomic
def note_failure(actor: Actor, *, message_id: int, failure: Failure, now: datetime) -> None:
    """A push service did not take the message: it is tried again after 5, 15, 30 and 60 s or when the service said, until its time is over."""
    row = _waiting(actor, message_id)
    if row is None:
        return
    row.attempts, row.status, row.reason = row.attempts + 1, failure.status, failure.why[:200]
    row.next_at = now + max(timedelta(seconds=failure.after_seconds), AGAIN[min(row.attempts, len(AGAIN)) - 1])
    if failure.is_final or row.next_at >= row.until:
        _give_up(actor, row, row.reason, now)
    else:
        row.save(update_fields=["attempts", "status", "reason", "next_at"])


@transaction.atomic
def note_gone(actor: Actor, *, message_id: int, status: int, now: datetime) -> None:
    """The push service knows the browser no longer: it is told nothing again."""
    row = _waiting(actor, message_id)
    if row is None:
        return
    row.attempts, row.status = row.attempts + 1, status
    _settle(row, State.SKIPPED, Subscription.Ended.GONE, now)
    subscription = Subscription.objects.select_for_update(no_key=True).get(pk=row.subscription_id)
    if subscription.ended_at is None:
        _end(actor, subscription, Subscription.Ended.GONE, now)


@transaction.atomic
def put_off(actor: Actor, *, message_ids: Sequence[int], now: datetime) -> None:
    """Give back what was taken and not tried, because its service turned out to be silent."""
    policy.require(actor, incidents.IMPORT, None)
    Message.objects.filter(pk__in=message_ids, state=State.QUEUED).update(next_at=now)


@transaction.atomic
def tidy(actor: Actor, *, now: datetime) -> int:
    """End what belongs to sessions and people that are over, and forget rows after two weeks; says how many rows went."""
    policy.require(actor, incidents.IMPORT, None)
    for row in Subscription.objects.select_for_update(of=("self",), no_key=True).filter(ended_at=None).select_related("person").order_by("pk"):
        _standing(actor, row, now)
    gone, _kinds = Message.objects.filter(created_at__lt=now - KEPT).exclude(state=State.QUEUED).delete()
    ended, _kinds = Subscription.objects.filter(ended_at__lt=now - KEPT).delete()
    return gone + ended


def _make_room(subscription_ids: list[int], now: datetime) -> None:
    """A tablet that was away for long is told the last things, not all of them."""
    waiting = Message.objects.filter(subscription__in=subscription_ids, state=State.QUEUED).order_by()
    full = waiting.values("subscription").annotate(n=Count("pk")).filter(n__gte=MOST_WAITING).values_list("subscription", flat=True)
    for pk in list(full):
        kept = waiting.filter(subscription=pk).order_by("-created_at", "-pk").values_list("pk", flat=True)[: MOST_WAITING - 1]
        rest = waiting.filter(subscription=pk).exclude(pk__in=list(kept))
        rest.update(state=State.SKIPPED, reason=CROWDED, next_at=None, ended_at=now)


def _standing(actor: Actor, row: Subscription, now: datetime) -> Actor | None:
    """As whom a browser is told: its person, signed in there and allowed; else it is told nothing from now on."""
    if row.ended_at is not None:
        return None
    if not _is_entitled(row.person):
        why = Subscription.Ended.NOT_ALLOWED
    elif not _is_signed_in(row.person, row.session_key):
        why = Subscription.Ended.SIGNED_OUT
    else:
        return Actor.of_user(row.person)
    locked = Subscription.objects.select_for_update(no_key=True).get(pk=row.pk)
    if locked.ended_at is None:
        _end(actor, locked, why, now)
    return None


def _is_signed_in(person: User, session_key: str) -> bool:
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    mark = str(session.get(auth.HASH_SESSION_KEY, ""))
    return session.get(auth.SESSION_KEY) == str(person.pk) and constant_time_compare(mark, person.get_session_auth_hash())


def _outgoing(row: Message, said: words.Words) -> Outgoing:
    subscription = row.subscription
    content = {
        "to": str(subscription.key), "tag": row.subject, "title": said.title, "body": said.body, "late": said.late, "go": said.go,
        "at": int(row.happened_at.timestamp() * 1000), "until": int(row.until.timestamp() * 1000), "recall": row.is_recall,
        "lang": subscription.person.language,
    }  # fmt: skip
    topic = sealing.encoded(salted_hmac("push.topic", f"{subscription.key}:{row.subject}", algorithm="sha256").digest()[:24])
    keys = (subscription.endpoint, subscription.p256dh, subscription.auth)
    return Outgoing(row.pk, row.service, *keys, orjson.dumps(content), topic, row.until)


def _waiting(actor: Actor, message_id: int) -> Message | None:
    policy.require(actor, incidents.IMPORT, None)
    rows = Message.objects.select_for_update(of=("self",), no_key=True).select_related("subscription")
    return rows.filter(pk=message_id, state=State.QUEUED).first()


def _settle(row: Message, state: str, reason: str, now: datetime) -> None:
    row.state, row.reason, row.next_at, row.ended_at = state, reason[:200], None, now
    row.save(update_fields=["state", "reason", "next_at", "ended_at", "attempts", "status"])


def _give_up(actor: Actor, row: Message, why: str, now: datetime) -> None:
    """It stays in the list of those given up, with what was said last."""
    _settle(row, State.FAILED, row.reason or why, now)
    about = {"user_id": row.subscription.person_id, "subscription_id": row.subscription_id, "message_id": row.pk}
    fact = facts.MessageGivenUp(**about, service=row.service, attempts=row.attempts)
    journal.record(actor, fact, about=[f"user:{row.subscription.person_id}"], scopes=[f"{permissions.VIEW}@*:*"], at=None)
