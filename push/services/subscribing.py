"""A browser asks to be told while its page is closed, and is told no longer."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from access.models import User
from incidents import crew
from incidents import permissions as incidents
from journal import services as journal
from kit.errors import Forbidden, NotFound, Refused
from push import endpoints, facts, sealing
from push.models import Message, Subscription

MOST = 10


class PushNotOffered(Refused):
    code = "push_not_offered"
    says = _("This city tells no closed tablets.")


class NoBrowser(Refused):
    code = "no_browser"
    status = 400
    says = _("Only a browser in which somebody is signed in can be told while its page is closed.")


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a browser is reached, what seals messages to it, and the session in which somebody is signed in there."""

    endpoint: str
    p256dh: str
    auth: str
    session_key: str


@transaction.atomic
def subscribe(actor: Actor, *, browser: Browser, unit_id: int | None, now: datetime) -> Subscription:
    """Let a browser be told from now on, for its person and the unit the tablet speaks for; said again, it brings both up to date.

    The eleventh browser of a person takes the place of the one that was silent longest. Raises `PushNotOffered`, `NoBrowser`, `BadEndpoint`,
    `BadKeys`, `NotFound` for a unit one may not speak for.
    """
    policy.require(actor, incidents.ANSWER_TASK, None)
    if actor.user_id is None or not browser.session_key:
        raise NoBrowser
    if not sealing.is_offered():
        raise PushNotOffered
    service = endpoints.service_of(browser.endpoint)
    sealing.check(browser.p256dh, browser.auth)
    if unit_id is not None and not crew.may_speak_for(actor, unit_id):
        raise NotFound
    if not User.objects.select_for_update(no_key=True).filter(pk=actor.user_id, is_active=True).exists():  # one at a time for each person
        raise Forbidden
    digest = hashlib.sha256(browser.endpoint.encode()).hexdigest()
    known = Subscription.objects.select_for_update(no_key=True).filter(digest=digest, ended_at=None).first()
    if known is not None and known.person_id == actor.user_id:
        return _confirm(known, browser, unit_id, now)
    if known is not None:
        _end(actor, known, Subscription.Ended.REPLACED, now)
    made = Subscription.objects.create(
        person_id=actor.user_id, unit_id=unit_id, service=service, endpoint=browser.endpoint, digest=digest, p256dh=browser.p256dh,
        auth=browser.auth, session_key=browser.session_key, made_at=now, confirmed_at=now,
    )  # fmt: skip
    own = Subscription.objects.select_for_update(no_key=True).filter(person=actor.user_id, ended_at=None).order_by("-confirmed_at", "-pk")
    for crowded in list(own)[MOST:]:
        _end(actor, crowded, Subscription.Ended.CROWDED, now)
    fact = facts.Subscribed(user_id=actor.user_id, subscription_id=made.pk, service=service)
    journal.record(actor, fact, about=[f"user:{actor.user_id}"], scopes=[f"user:{actor.user_id}"], at=None)
    return made


@transaction.atomic
def unsubscribe(actor: Actor, *, key: UUID, why: str, now: datetime) -> Subscription:
    """Tell a browser of one's own no longer. Again changes nothing. Raises `NotFound` for somebody else's."""
    row = Subscription.objects.select_for_update(no_key=True).filter(key=key, person=actor.user_id or 0).first()
    if row is None:
        raise NotFound
    if row.ended_at is None:
        _end(actor, row, why, now)
    return row


@transaction.atomic
def end_unentitled(actor: Actor, *, user_id: int, now: datetime) -> int:
    """Tell the browsers of a person no longer who may not use the tablet any more; says how many there were."""
    policy.require(actor, incidents.IMPORT, None)
    person = User.objects.filter(pk=user_id).first()
    if person is None or _is_entitled(person):
        return 0
    rows = list(Subscription.objects.select_for_update(no_key=True).filter(person=user_id, ended_at=None).order_by("pk"))
    for row in rows:
        _end(actor, row, Subscription.Ended.NOT_ALLOWED, now)
    return len(rows)


def _is_entitled(person: User) -> bool:
    """Whether a person may use the tablet's page at all."""
    return person.is_active and policy.can(Actor.of_user(person), incidents.ANSWER_TASK, None)


def _end(actor: Actor, row: Subscription, why: str, now: datetime) -> None:
    """End a locked subscription: its address, its keys and its session are forgotten, and nothing that waits for it goes out."""
    row.ended_at, row.ended = now, why
    row.endpoint = row.p256dh = row.auth = row.session_key = ""
    row.save(update_fields=["ended_at", "ended", "endpoint", "p256dh", "auth", "session_key"])
    waiting = Message.objects.filter(subscription=row, state=Message.State.QUEUED)
    waiting.update(state=Message.State.SKIPPED, reason=why, next_at=None, ended_at=now)
    fact = facts.SubscriptionEnded(user_id=row.person_id, subscription_id=row.pk, why=why)
    journal.record(actor, fact, about=[f"user:{row.person_id}"], scopes=[f"user:{row.person_id}"], at=None)


def _confirm(row: Subscription, browser: Browser, unit_id: int | None, now: datetime) -> Subscription:
    """The same browser says it again: for another unit perhaps, in a newer session, with other keys."""
    row.unit_id, row.p256dh, row.auth, row.session_key, row.confirmed_at = unit_id, browser.p256dh, browser.auth, browser.session_key, now
    row.save(update_fields=["unit", "p256dh", "auth", "session_key", "confirmed_at"])
    return row
