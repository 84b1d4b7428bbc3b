"""Telling reporters what became of their report: queued with the news that causes it, sent by whatever channel reaches them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from incidents import channels, facts, permissions
from incidents.models import Incident, Report, ReporterAttempt, ReporterMessage
from incidents.models.feedback import Occasion
from incidents.services.common import announce
from kit.errors import Invalid, NotFound

State = ReporterMessage.State
Outcome = ReporterAttempt.Outcome
LEASE = timedelta(seconds=60)
AGAIN = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
MOST_AT_ONCE = 200
SILENT_SOURCES = (Report.Source.CAD, Report.Source.SENSOR, Report.Source.CAMERA)
SAYS: dict[str, str | Promise] = {
    Occasion.TAKEN: _("Your report is taken: %(type)s, number %(number)s."),
    Occasion.JOINED: _("Your report has been joined with number %(number)s (%(type)s), which is already being dealt with."),
    Occasion.SEPARATED: _("Your report is dealt with by itself under number %(number)s (%(type)s)."),
    Occasion.SENT: _("Help has been sent for number %(number)s (%(type)s)."),
    Occasion.RESOLVED: _("Number %(number)s (%(type)s) has been dealt with. Thank you for your report."),
    Occasion.RETURNED: _("Number %(number)s (%(type)s) was sent back: %(reason)s"),
    Occasion.CANCELLED: _("Number %(number)s (%(type)s) was closed without action."),
    Occasion.REOPENED: _("Number %(number)s (%(type)s) is taken up again."),
}


@transaction.atomic
def tell_reporters(actor: Actor, *, incident_id: int, occasion: str, entry_id: int, report_ids: Sequence[int] | None, now: datetime) -> int:
    """Queue a message to every reporter of an incident (or to these), once for each piece of news; says how many.

    Who left no way to be reached is passed over, and whoever was told the same last. `report_ids` None: all of them.
    """
    incident = Incident.objects.select_related("type").filter(pk=incident_id).first()
    if incident is None:
        raise NotFound
    policy.require(actor, permissions.VIEW, incident)
    if incident.is_sample:
        return 0
    last = ReporterMessage.objects.filter(report=OuterRef("pk")).exclude(entry_id=entry_id).order_by("-created_at", "-id")
    mine = Report.objects.filter(incident=incident) if report_ids is None else Report.objects.filter(pk__in=report_ids)
    reports = mine.exclude(source__in=SILENT_SOURCES).annotate(told_last=Subquery(last.values("occasion")[:1]))
    wanted = reports.filter(Q(told_last=None) | ~Q(told_last=occasion)).order_by("pk")
    messages = []
    for row in wanted:
        found = channels.channel_for(row)
        if found is None:
            continue
        language = row.language or settings.LANGUAGE_CODE
        text = _text(incident, occasion, language)
        known = {"report": row, "incident": incident, "occasion": occasion, "entry_id": entry_id, "text": text, "language": language}
        messages.append(ReporterMessage(**known, channel=found.name, next_at=now, created_at=now))
    ReporterMessage.objects.bulk_create(messages, batch_size=500, ignore_conflicts=True)
    if messages:
        announce(actor, facts.ReportersTold(incident_id=incident.pk, occasion=occasion, messages=len(messages)), incident, now=now)
    return len(messages)


@transaction.atomic
def claim_messages(actor: Actor, *, now: datetime) -> list[channels.Outgoing]:
    """Messages that are due, taken for a minute: another worker passes them over, and a worker that dies leaves them to the next."""
    policy.require(actor, permissions.IMPORT, None)
    due = ReporterMessage.objects.filter(state=State.QUEUED, next_at__lte=now).order_by("next_at", "id").select_related("report")
    rows = list(due.select_for_update(of=("self",), skip_locked=True)[:MOST_AT_ONCE])
    ReporterMessage.objects.filter(pk__in=[row.pk for row in rows]).update(next_at=now + LEASE)
    return [channels.Outgoing(channels.key_of(row), row.pk, row.report.caller_phone, row.text, row.channel, row.language) for row in rows]


@transaction.atomic
def note_sent(actor: Actor, *, message_id: int, receipt: str, now: datetime) -> ReporterMessage:
    """The channel took the message."""
    message = _locked(actor, message_id)
    if message.state != State.QUEUED:
        return message
    message.state, message.sent_at, message.receipt, message.next_at = State.SENT, now, receipt[:120], None
    message.attempts += 1
    message.save(update_fields=["state", "sent_at", "receipt", "next_at", "attempts"])
    _tried(message, Outcome.TAKEN, "", now)
    fact = facts.ReporterMessageSent(incident_id=message.incident_id, message_id=message.pk, channel=message.channel)
    announce(actor, fact, message.incident, now=now)
    return message


@transaction.atomic
def note_failure(actor: Actor, *, message_id: int, why: str, is_final: bool, now: datetime) -> ReporterMessage:
    """The channel did not take the message: it is tried again after 10 s, 1, 5 and 30 minutes, then the next channel has it, then it has failed."""
    message = _locked(actor, message_id)
    if message.state != State.QUEUED:
        return message
    _tried(message, Outcome.REFUSED, why, now)
    message.attempts += 1
    message.reason = why[:300]
    if is_final or message.attempts > len(AGAIN):
        _go_on(actor, message, now)
    else:
        message.next_at = now + AGAIN[message.attempts - 1]
    message.save(update_fields=["channel", "state", "next_at", "reason", "attempts"])
    return message


def _go_on(actor: Actor, message: ReporterMessage, now: datetime) -> None:
    """Its channel has failed: the next one that reaches the reporter has the message; after the last it waits among the undelivered ones."""
    found, failed = channels.channel_after(message.report, message.channel), message.channel
    about = {"incident_id": message.incident_id, "message_id": message.pk}
    if found is None:
        message.state, message.next_at = State.FAILED, None
        announce(actor, facts.ReporterMessageFailed(**about, channel=failed, attempts=message.attempts), message.incident, now=now)
        return
    message.channel, message.state, message.next_at, message.attempts = found.name, State.QUEUED, now, 0
    announce(actor, facts.ReporterMessageRerouted(**about, channel=found.name, instead_of=failed), message.incident, now=now)


@transaction.atomic
def note_receipt(actor: Actor, *, key: str, is_delivered: bool, reason: str, now: datetime) -> ReporterMessage:
    """What a gateway says became of a message it took (`key` as it was sent): delivered, or not and why. Said twice, it changes nothing.

    What was not delivered goes by the next channel; after the last it waits among the undelivered ones: the gateway has tried, and trying
    the same again is for a person to decide. That an earlier channel did not deliver what another has by now, changes nothing.
    Raises `Invalid` for a message that was never sent.
    """
    policy.require(actor, permissions.REPORT_RECEIPTS, None)
    known_as = key.removeprefix("city-")
    number = known_as.partition("-")[0]
    message = _locked_message(int(number)) if number.isascii() and number.isdigit() and len(number) < 19 else None
    if message is None:
        raise NotFound
    if message.sent_at is None:
        raise Invalid({"key": _("This message was never sent.")})
    wanted = State.DELIVERED if is_delivered else State.FAILED
    if message.state in (wanted, State.DELIVERED) or not (is_delivered or f"city-{known_as}" == channels.key_of(message)):
        return message
    _tried(message, Outcome.DELIVERED if is_delivered else Outcome.UNDELIVERED, reason, now)
    message.reason = reason[:300]
    if is_delivered:
        message.state, message.next_at, message.delivered_at = State.DELIVERED, None, now
        fact = facts.ReporterMessageDelivered(message.incident_id, message.pk, channel=message.channel)
        announce(actor, fact, message.incident, now=now)
    else:
        _go_on(actor, message, now)
    message.save(update_fields=["channel", "state", "reason", "next_at", "attempts", "delivered_at"])
    return message


@transaction.atomic
def retry_message(actor: Actor, *, message_id: int, now: datetime) -> ReporterMessage:
    """Send an undelivered message once more, by the first channel that reaches the reporter now. One that is on its way stays as it is."""
    message = _locked_message(message_id)
    if message is None:
        raise NotFound
    policy.require(actor, permissions.RETRY_MESSAGES, message.incident)
    if message.state != State.FAILED:
        return message
    found = channels.channel_for(message.report)
    message.channel = found.name if found else message.channel
    message.state, message.next_at, message.attempts, message.sent_at, message.reason = State.QUEUED, now, 0, None, ""
    message.save(update_fields=["channel", "state", "next_at", "attempts", "sent_at", "reason"])
    fact = facts.ReporterMessageRetried(incident_id=message.incident_id, message_id=message.pk, channel=message.channel)
    announce(actor, fact, message.incident, now=now)
    return message


def _tried(message: ReporterMessage, outcome: str, reason: str, now: datetime) -> None:
    ReporterAttempt.objects.create(message=message, channel=message.channel, outcome=outcome, reason=reason[:300], at=now)


def _locked_message(message_id: int) -> ReporterMessage | None:
    rows = ReporterMessage.objects.select_for_update(of=("self",), no_key=True).select_related("incident", "report")
    return rows.filter(pk=message_id).first()


def _locked(actor: Actor, message_id: int) -> ReporterMessage:
    policy.require(actor, permissions.IMPORT, None)
    message = _locked_message(message_id)
    if message is None:
        raise NotFound
    return message


def _text(incident: Incident, occasion: str, language: str) -> str:
    """In the reporter's language where it is known, else the city's own."""
    type_ = incident.type
    with translation.override(language):
        name = (type_.name_en or type_.name) if language.startswith("en") else type_.name
        return str(SAYS[occasion]) % {"type": name, "number": incident.number, "reason": incident.reason}
