"""Situation reports for people outside: given by a link that ends, may be taken back, and tells each time it is opened."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from access.models import Share
from access.sharing.verbs import TooLongShared
from incidents import facts, permissions
from incidents.models import Handout
from incidents.services.common import announce, checked, locked
from kit.errors import Forbidden, Invalid, NotFound, Refused

MOST_OPENINGS = 50
LEAST_APART = timedelta(seconds=5)
MOST_EACH = 50


class OpenedTooOften(Refused):
    code = "opened_too_often"
    status = 429
    says = _("This was opened a moment ago, or too often. Wait a little, or ask for another link.")


class TooManyHandouts(Refused):
    code = "too_many_handouts"
    says = _("Fifty people outside have this already. Take some back first.")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody outside: the name that stands on every page, the address of a mail ("" for none), and the language."""

    name: str
    email: str
    language: str


@transaction.atomic
def hand_out(actor: Actor, *, incident_id: int, recipient: Recipient, level: str, until: datetime, now: datetime) -> tuple[Handout, str]:
    """Let somebody outside open the situation report until a time; the link's secret is given this once.

    With an address it is mailed by a worker, with a secret of its own. Raises `Invalid`, `TooLongShared`, `TooManyHandouts`.
    """
    incident = checked(actor, permissions.HAND_OUT, incident_id)
    if actor.user_id is None:
        raise Forbidden
    _check(recipient, level, until, now)
    if incident.handouts.filter(ended_at=None, until__gt=now).count() >= MOST_EACH:
        raise TooManyHandouts
    secret = secrets.token_urlsafe(32)
    made = Handout.objects.create(
        incident=incident,
        recipient=recipient.name.strip()[:80],
        email=recipient.email.strip(),
        language=recipient.language,
        level=level,
        digest=_digest_of(secret),
        by_id=actor.user_id,
        made_at=now,
        until=until,
    )
    fact = facts.HandedOut(incident_id=incident.pk, handout_id=made.pk, level=level, until=until.isoformat(), is_mailed=bool(made.email))
    announce(actor, fact, incident, f"handout:{made.pk}", now=now)
    return made, secret


@transaction.atomic
def end_handout(actor: Actor, *, handout_id: int, now: datetime) -> Handout:
    """Take a report back: its link opens nothing from now on. Safe twice."""
    row = _locked(handout_id)
    policy.require(actor, permissions.HAND_OUT, row.incident)
    if row.ended_at is None:
        row.ended_at = now
        row.save(update_fields=["ended_at"])
        announce(actor, facts.HandoutEnded(incident_id=row.incident_id, handout_id=row.pk), row.incident, f"handout:{row.pk}", now=now)
    return row


@transaction.atomic
def open_handout(actor: Actor, *, secret: str, now: datetime) -> Handout:
    """Open a report by its secret; each opening is counted and told. Raises `NotFound` for what is over, `OpenedTooOften`."""
    found = Handout.objects.filter(digest=_digest_of(secret)).values_list("pk", flat=True).first()
    row = _locked(found) if found is not None else None
    if row is None or not row.is_running(now):
        raise NotFound
    if row.openings >= MOST_OPENINGS or (row.opened_at is not None and now - row.opened_at < LEAST_APART):
        raise OpenedTooOften
    row.openings, row.opened_at = row.openings + 1, now
    row.save(update_fields=["openings", "opened_at"])
    who = Actor("partner", f"handout:{row.pk}", row.recipient)
    fact = facts.HandoutOpened(incident_id=row.incident_id, handout_id=row.pk, openings=row.openings)
    announce(who, fact, row.incident, f"handout:{row.pk}", now=now)
    return row


@transaction.atomic
def secret_for_mail(actor: Actor, *, handout_id: int, now: datetime) -> tuple[Handout, str] | None:
    """Another secret for a report that is to be mailed, in place of the one before; None when it was mailed already or is over."""
    row = _locked(handout_id)
    if not row.email or row.mailed_at is not None or not row.is_running(now):
        return None
    secret = secrets.token_urlsafe(32)
    row.digest = _digest_of(secret)
    row.save(update_fields=["digest"])
    return row, secret


@transaction.atomic
def note_mailed(actor: Actor, *, handout_id: int, fault: str, now: datetime) -> None:
    """A mail server took the mail, or refused it for good (`fault`)."""
    row = _locked(handout_id)
    row.mailed_at, row.fault = (None, fault[:200]) if fault else (now, "")
    row.save(update_fields=["mailed_at", "fault"])
    made = facts.HandoutFailed if fault else facts.HandoutMailed
    announce(actor, made(incident_id=row.incident_id, handout_id=row.pk), row.incident, f"handout:{row.pk}", now=now)


def _digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _locked(handout_id: int) -> Handout:
    """A report with its incident, locked in this order: the incident, then the report."""
    known = Handout.objects.filter(pk=handout_id).values_list("incident_id", flat=True).first()
    if known is None:
        raise NotFound
    incident = locked(known)
    row = Handout.objects.select_for_update(of=("self",), no_key=True).get(pk=handout_id)
    row.incident = incident
    return row


def _check(recipient: Recipient, level: str, until: datetime, now: datetime) -> None:
    if not recipient.name.strip():
        raise Invalid({"recipient": _("Say who gets it: the name stands on every page.")})
    if level not in Share.Level.values:
        raise Invalid({"level": _("There is no such level.")})
    if recipient.email.strip():
        try:
            validate_email(recipient.email.strip())
        except ValidationError as error:
            raise Invalid({"email": _("This is no address of a mail.")}) from error
    if until <= now:
        raise Invalid({"until": _("The end must be in the future.")})
    if until > now + timedelta(hours=settings.SHARE_MOST_HOURS):
        raise TooLongShared(hours=settings.SHARE_MOST_HOURS)
