"""Greater alarms: an incident is raised to the next one, and more units are wanted; run cards say which."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from incidents import cards, facts, permissions
from incidents.models import GreaterAlarm, Incident, IncidentType, RunCard, RunCardLine
from incidents.models.cards import GREATEST_ALARM, MOST_OF_A_KIND
from incidents.models.reference import Severity
from incidents.services.common import IncidentClosed, announce, checked
from journal import services as journal
from kit.errors import Invalid, Refused
from resources import selectors as resources

CARD_SCOPES = [f"{permissions.MANAGE_CARDS}@*:*"]
MOST_LINES = 20


class AlarmNotGreater(Refused):
    code = "alarm_not_greater"
    says = _("%(number)s has alarm %(alarm)s already.")


class NoSuchAlarm(Refused):
    code = "no_such_alarm"
    status = 422
    says = _("There is no run card for alarm %(alarm)s of this type: the greatest is %(greatest)s.")


class AlarmNotStruck(Refused):
    code = "alarm_not_struck"
    says = _("Alarm %(alarm)s was not struck for %(number)s, or a greater one was since.")


class UnitsAskedFor(Refused):
    code = "alarm_in_use"
    says = _("Units went to %(number)s since alarm %(alarm)s was struck. Recall them one by one.")


@transaction.atomic
def strike_alarm(actor: Actor, *, incident_id: int, alarm: int, reason: str, now: datetime) -> GreaterAlarm:
    """Raise an incident to a greater alarm; alarms in between are meant, too. What their cards add is then recommended, nothing is sent twice.

    Raises `IncidentClosed`, `AlarmNotGreater` (also for the second of two at once), `NoSuchAlarm`.
    """
    incident = checked(actor, permissions.STRIKE_ALARM, incident_id)
    if not incident.may_receive_units():
        raise IncidentClosed(incident)
    before = cards.standing(incident)
    if alarm <= before.alarm:
        raise AlarmNotGreater(number=incident.number, alarm=before.alarm)
    greatest = max([before.alarm, *(card.alarm for card in before.further)])
    if alarm > greatest:
        raise NoSuchAlarm(alarm=alarm, greatest=greatest)
    struck = GreaterAlarm.objects.create(incident=incident, alarm=alarm, reason=reason.strip()[:300], struck_at=now, struck_by=actor.label[:80])
    _count_up(incident)
    used = tuple(f"{card.alarm}:{card.version}" for card in [*before.cards, *before.further] if card.alarm <= alarm)
    fact = facts.AlarmStruck(incident_id=incident.pk, level=alarm, before=before.alarm, cards=used, version=incident.version)
    announce(actor, fact, incident, now=now)
    return struck


@transaction.atomic
def withdraw_alarm(actor: Actor, *, incident_id: int, alarm: int, now: datetime) -> Incident:
    """Take back the last alarm that was struck, as long as nothing went on its account. Raises `AlarmNotStruck`, `UnitsAskedFor`."""
    incident = checked(actor, permissions.STRIKE_ALARM, incident_id)
    last = GreaterAlarm.objects.filter(incident=incident, withdrawn_at=None).order_by("-alarm").first()
    if last is None or last.alarm != alarm:
        raise AlarmNotStruck(alarm=alarm, number=incident.number)
    if incident.assignments.filter(dispatched_at__gte=last.struck_at).exists():
        raise UnitsAskedFor(alarm=alarm, number=incident.number)
    last.withdrawn_at = now
    last.save(update_fields=["withdrawn_at"])
    _count_up(incident)
    after = cards.standing(incident).alarm
    announce(actor, facts.AlarmWithdrawn(incident_id=incident.pk, level=alarm, after=after, version=incident.version), incident, now=now)
    return incident


def _count_up(incident: Incident) -> None:
    incident.version += 1
    incident.save(update_fields=["version"])


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line of a card: so many units with a capability (its code); `is_own`: who serves this line serves no other."""

    capability: str
    count: int = 1
    is_own: bool = False


@transaction.atomic
def save_run_card(
    actor: Actor, *, type_id: int, alarm: int, lines: Sequence[NewLine], from_severity: int | None, note: str, based_on: int, now: datetime
) -> RunCard:
    """Save what an alarm for a type adds, as the next version; the one before stays readable. An alarm that adds nothing takes its card out.

    `based_on` is the version that was edited, 0 for a new card. Raises `Invalid` for a wrong line or for a version that is not the last one.
    """
    policy.require(actor, permissions.MANAGE_CARDS, None)
    type_ = IncidentType.objects.select_for_update(no_key=True).filter(pk=type_id).first()
    if type_ is None or not 1 <= alarm <= GREATEST_ALARM:
        raise Invalid({"type": _("There is no such type or alarm.")})
    known = RunCard.objects.filter(type=type_, alarm=alarm)
    last = known.order_by("-version").first()
    if (last.version if last else 0) != based_on:
        raise Invalid({"based_on": _("Somebody saved this card meanwhile. Look at it again.")})
    rows = _lines(lines)
    if from_severity is not None and (from_severity not in Severity.values or alarm == 1):
        raise Invalid({"from_severity": _("A level from 1 to 4, and only for greater alarms.")})
    before = _described(last) if last is not None and last.is_current else {}
    known.filter(is_current=True).update(is_current=False)
    card = RunCard.objects.create(
        type=type_, alarm=alarm, version=based_on + 1, is_current=bool(rows), from_severity=from_severity, note=note.strip()[:200],
        saved_at=now, saved_by=actor.label[:80],
    )  # fmt: skip
    for row in rows:
        row.card = card
    RunCardLine.objects.bulk_create(rows)
    fact = facts.RunCardSaved(type=type_.code, level=alarm, version=card.version, before=before, after=_described(card))
    journal.record(actor, fact, about=[card, type_], scopes=CARD_SCOPES, at=now)
    return card


def _lines(lines: Sequence[NewLine]) -> list[RunCardLine]:
    known = {capability.code: capability for capability in resources.capabilities()}
    if len(lines) > MOST_LINES:
        raise Invalid({"lines": _("At most 20 lines.")})
    rows = []
    for number, line in enumerate(lines, start=1):
        if line.capability not in known:
            raise Invalid({"lines": _("There is no such capability.")})
        if not 1 <= line.count <= MOST_OF_A_KIND:
            raise Invalid({"lines": _("From 1 to 20 units a line.")})
        rows.append(RunCardLine(order=number, capability=known[line.capability], count=line.count, is_own=line.is_own))
    return rows


def _described(card: RunCard) -> dict[str, object]:
    """A card as the journal keeps it."""
    lines = [[line.capability.code, line.count, line.is_own] for line in card.lines.select_related("capability")]
    return {"lines": lines, "from_severity": card.from_severity, "note": card.note}
