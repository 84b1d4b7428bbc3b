"""Situation reports for people outside: given by a link that ends, may be taken back, and tells each time it is opened."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from access.models import Share
from access.sharing.verbs import TooLongShared
from files import storage
from files.services import Opened
from incidents import facts, handing_out, permissions
from incidents.models import Attachment, Enclosure, Handout, Incident
from incidents.services.common import announce, checked, locked
from kit.errors import Forbidden, Invalid, NotFound, Refused

MOST_OPENINGS = 50
LEAST_APART = timedelta(seconds=5)
MOST_EACH = 50
MOST_TAKINGS = 20
LEASE = timedelta(minutes=3)  # longer than a mail server may take over all its answers
AGAIN = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))


class OpenedTooOften(Refused):
    code = "opened_too_often"
    status = 429
    says = _("This was opened a moment ago, or too often. Wait a little, or ask for another link.")


class TooManyHandouts(Refused):
    code = "too_many_handouts"
    says = _("Fifty people outside have this already. Take some back first.")


@dataclass(frozen=True, slots=True)
class Posted:
    """A report whose mail is on its way: the secret of its link, and the key that is the same for every attempt."""

    handout: Handout
    secret: str
    key: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody outside: the name that stands on every page, the address of a mail ("" for none), and the language."""

    name: str
    email: str
    language: str


@transaction.atomic
def hand_out(
    actor: Actor,
    *,
    incident_id: int,
    recipient: Recipient,
    level: str,
    until: datetime,
    now: datetime,
    attachment_ids: Sequence[int] = (),
    unchanged_ids: Sequence[int] = (),
) -> tuple[Handout, str]:
    """Let somebody outside open the situation report until a time; the link's secret is given this once.

    Files of the incident that are chosen go with it, each page and picture marked with the name and the time of each opening; those of
    `unchanged_ids`, in which no name can be put, are fetched one by one as they are.
    With an address it is mailed by a worker, with a secret of its own. Raises `Invalid`, `TooLongShared`, `TooManyHandouts`.
    """
    incident = checked(actor, permissions.HAND_OUT, incident_id)
    if actor.user_id is None:
        raise Forbidden
    _check(recipient, level, until, now)
    if incident.handouts.filter(ended_at=None, until__gt=now).count() >= MOST_EACH:
        raise TooManyHandouts
    files, unchanged = _chosen(incident, attachment_ids), _chosen_unchanged(incident, unchanged_ids)
    secret, email = secrets.token_urlsafe(32), recipient.email.strip()
    made = Handout.objects.create(
        incident=incident,
        recipient=recipient.name.strip()[:80],
        email=email,
        mail_next_at=now if email else None,
        language=recipient.language,
        level=level,
        digest=handing_out.digest_of(secret),
        by_id=actor.user_id,
        made_at=now,
        until=until,
    )
    made.attachments.set(files)
    Enclosure.objects.bulk_create(Enclosure(handout=made, attachment=each) for each in unchanged)
    fact = facts.HandedOut(
        incident_id=incident.pk,
        handout_id=made.pk,
        level=level,
        until=until.isoformat(),
        is_mailed=bool(made.email),
        attachment_ids=tuple(each.pk for each in files),
        unchanged_ids=tuple(each.pk for each in unchanged),
    )
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
    row = _running(secret, now)
    if row.openings >= MOST_OPENINGS or (row.opened_at is not None and now - row.opened_at < LEAST_APART):
        raise OpenedTooOften
    row.openings, row.opened_at = row.openings + 1, now
    row.save(update_fields=["openings", "opened_at"])
    who = Actor("partner", f"handout:{row.pk}", row.recipient)
    with_it = tuple(each.pk for each in handing_out.files_of(row))
    fact = facts.HandoutOpened(incident_id=row.incident_id, handout_id=row.pk, openings=row.openings, attachment_ids=with_it)
    announce(who, fact, row.incident, f"handout:{row.pk}", f"user:{row.by_id}", now=now)
    return row


@transaction.atomic
def take_handout_file(actor: Actor, *, secret: str, attachment_id: int, now: datetime) -> Opened:
    """Give a file that goes unchanged with a report to who holds its link; each time is counted and told by name.

    Raises `NotFound` for what is over or not of it, `OpenedTooOften`.
    """
    row = _running(secret, now)
    each = next((one for one in handing_out.enclosed(row) if one.attachment_id == attachment_id), None)
    path = storage.kept(each.attachment.file.key) if each is not None else None
    if each is None or path is None or not path.exists():
        raise NotFound
    if each.takings >= MOST_TAKINGS:
        raise OpenedTooOften
    each.takings, each.taken_at = each.takings + 1, now
    each.save(update_fields=["takings", "taken_at"])
    who = Actor("partner", f"handout:{row.pk}", row.recipient)
    fact = facts.HandoutFileTaken(incident_id=row.incident_id, handout_id=row.pk, attachment_id=attachment_id, takings=each.takings)
    announce(who, fact, row.incident, f"handout:{row.pk}", f"user:{row.by_id}", now=now)
    return Opened(each.attachment.file, path, each.attachment.media_type)


@transaction.atomic
def claim_handout_mail(actor: Actor, *, now: datetime) -> Posted | None:
    """The report whose mail is due longest, taken for three minutes: another worker passes it over, and one that dies leaves it to the next.

    Its link is the same for every attempt, and is made again from what is kept: who got an earlier one has one that opens. None: nothing is due.
    """
    policy.require(actor, permissions.IMPORT, None)
    due = Handout.objects.filter(mail_next_at__lte=now, mailed_at=None, ended_at=None, until__gt=now).order_by("mail_next_at", "id")
    row = due.select_for_update(of=("self",), skip_locked=True, no_key=True).first()
    if row is None:
        return None
    secret = _secret_of_mail(row)
    row.digest, row.mail_next_at = handing_out.digest_of(secret), now + LEASE
    row.save(update_fields=["digest", "mail_next_at"])
    return Posted(row, secret, f"city-report-{row.pk}-{row.digest[:16]}")


@transaction.atomic
def note_mailed(actor: Actor, *, handout_id: int, now: datetime) -> None:
    """A mail server took the mail. Said twice, it changes nothing."""
    policy.require(actor, permissions.IMPORT, None)
    row = _locked(handout_id)
    if row.mailed_at is not None:
        return
    row.mailed_at, row.mail_next_at, row.mail_said, row.fault = now, None, "", ""
    row.mail_tries += 1
    row.save(update_fields=["mailed_at", "mail_next_at", "mail_said", "fault", "mail_tries"])
    announce(actor, facts.HandoutMailed(incident_id=row.incident_id, handout_id=row.pk), row.incident, f"handout:{row.pk}", now=now)


@transaction.atomic
def note_mail_failure(actor: Actor, *, handout_id: int, why: str, is_final: bool, now: datetime) -> None:
    """A mail did not go: it is tried again after 10 s, 1, 5 and 30 minutes, as long as the link opens; then it has failed, and its sender is told."""
    policy.require(actor, permissions.IMPORT, None)
    row = _locked(handout_id)
    if row.mailed_at is not None or row.mail_next_at is None:
        return
    row.mail_tries += 1
    row.mail_said = why[:200]
    next_at = now + AGAIN[row.mail_tries - 1] if row.mail_tries <= len(AGAIN) else None
    row.mail_next_at = None if is_final or next_at is None or not row.is_running(next_at) else next_at
    if row.mail_next_at is None:
        row.fault = row.mail_said
        sender = f"user:{row.by_id}"
        announce(actor, facts.HandoutFailed(incident_id=row.incident_id, handout_id=row.pk), row.incident, f"handout:{row.pk}", sender, now=now)
    row.save(update_fields=["mail_tries", "mail_said", "mail_next_at", "fault"])


@transaction.atomic
def retry_handout_mail(actor: Actor, *, handout_id: int, now: datetime) -> Handout:
    """Mail a report once more that could not be mailed. One that is on its way, was mailed or is over stays as it is."""
    row = _locked(handout_id)
    policy.require(actor, permissions.HAND_OUT, row.incident)
    if row.fault and row.is_running(now):
        row.fault, row.mail_tries, row.mail_next_at = "", 0, now
        row.save(update_fields=["fault", "mail_tries", "mail_next_at"])
        announce(actor, facts.HandoutRetried(incident_id=row.incident_id, handout_id=row.pk), row.incident, f"handout:{row.pk}", now=now)
    return row


def _chosen(incident: Incident, ids: Sequence[int]) -> list[Attachment]:
    """The files of the incident that go marked. Raises `Invalid` for others, and for what bears no mark."""
    found = [each for each in handing_out.fit(incident) if each.pk in set(ids)]
    if len(found) != len(set(ids)):
        raise Invalid({"attachments": _("Only pictures and PDF documents of this incident bear a name: others go unchanged, where you say so.")})
    if len(found) > handing_out.MOST or sum(each.file.kept_size or 0 for each in found) > handing_out.MOST_BYTES:
        raise Invalid({"attachments": _("At most ten files of 40 MB together.")})
    return found


def _chosen_unchanged(incident: Incident, ids: Sequence[int]) -> list[Attachment]:
    """The files of the incident that go as they are. Raises `Invalid` for others, and for those that can bear a name: they go marked."""
    found = [each for each in handing_out.unmarkable(incident) if each.pk in set(ids)]
    if len(found) != len(set(ids)):
        raise Invalid({"unchanged": _("Only checked files of this incident go unchanged, and none that can bear a name.")})
    if len(found) > handing_out.MOST or sum(each.file.kept_size or 0 for each in found) > handing_out.MOST_BYTES_UNCHANGED:
        raise Invalid({"unchanged": _("At most ten files of 1 GB together.")})
    return found


def _running(secret: str, now: datetime) -> Handout:
    """The report that a link opens now, locked. Raises `NotFound`."""
    row = _locked(handing_out.running(secret, now).pk)
    if not row.is_running(now):
        raise NotFound
    return row


def _secret_of_mail(row: Handout) -> str:
    """The secret of the link in a report's mail: made from the city's own key, so that it need not be kept for another attempt."""
    made = salted_hmac("incidents.handout.mail", f"{row.pk}:{row.email}:{row.made_at.isoformat()}", algorithm="sha256")
    return base64.urlsafe_b64encode(made.digest()).decode().rstrip("=")


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
