"""Places that are not sure enough to drive to wait in a queue until a person has looked at them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from gis import selectors as gis
from gis.travel import metres_between
from incidents import facts, permissions
from incidents.models import Incident, Report, WeakPin
from incidents.services.common import announce, checked
from incidents.services.editing import IncidentChanges, apply_changes
from kit.errors import Invalid, NotFound
from kit.geo import Position

SURE = 0.9
VERY_SURE = 0.95
FAR_METRES = 2_000
MOST_ANSWERS = 6
Why, Outcome = WeakPin.Why, WeakPin.Outcome


@dataclass(frozen=True, slots=True)
class PinAnswer:
    """A place that somebody or something names for the words; `by` is gazetteer or geocoder. WGS-84."""

    name: str
    lon: float
    lat: float
    confidence: float
    by: str


@transaction.atomic
def check_pin(actor: Actor, *, incident_id: int, now: datetime) -> WeakPin | None:
    """Doubt an incident's point where the caller's words and the gazetteer give reason to; one that has become sure leaves the queue."""
    incident = checked(actor, permissions.VIEW, incident_id)
    report = Report.objects.filter(first_incident=incident).order_by("received_at", "id").first()
    known = WeakPin.objects.filter(incident=incident).first()
    if report is None or incident.is_finished():
        return known
    answers = [
        PinAnswer(each.name, each.position.lon, each.position.lat, each.confidence, "gazetteer")
        for each in (gis.find_places(report.place_words, near=None, limit=MOST_ANSWERS) if report.place_words.strip() else [])
    ]
    why = _doubt(incident, report, answers)
    if why is None:
        if known is not None and known.settled_at is None:
            return _settled(actor, incident, known, Outcome.MOVED, now)
        return known
    if known is not None:
        return known
    best = max((each.confidence for each in answers), default=None)
    pin = WeakPin.objects.create(incident=incident, why=why, confidence=best, answers=[asdict(each) for each in answers], since=now)
    announce(actor, facts.PinDoubted(incident_id=incident.pk, why=why), incident, now=now)
    return pin


@transaction.atomic
def add_pin_answers(actor: Actor, *, incident_id: int, answers: Sequence[PinAnswer], now: datetime) -> WeakPin:
    """What the outside geocoder says stands beside what the own gazetteer says; the point stays where it is."""
    incident = checked(actor, permissions.VIEW, incident_id)
    pin = _waiting(incident)
    pin.answers = [*pin.answers, *(asdict(each) for each in answers)][: 2 * MOST_ANSWERS]
    pin.asked_at = now
    pin.save(update_fields=["answers", "asked_at"])
    announce(actor, facts.PinAnswered(incident_id=incident.pk, answers=len(answers)), incident, now=now)
    return pin


@transaction.atomic
def settle_pin(actor: Actor, *, incident_id: int, position: Position | None, outcome: str, now: datetime) -> WeakPin:
    """Somebody has looked: the point is moved there (WGS-84), confirmed as it is, or nobody can tell. The caller's words stay."""
    incident = checked(actor, permissions.EDIT, incident_id)
    pin = _waiting(incident)
    if outcome not in Outcome.values or (outcome == Outcome.MOVED) != (position is not None):
        raise Invalid({"outcome": _("Choose a point, or say that it stays.")})
    if outcome == Outcome.CONFIRMED and incident.point is None:
        raise Invalid({"outcome": _("There is no point to confirm.")})
    if position is not None:
        apply_changes(actor, incident, changes=IncidentChanges(position=position), now=now)
    return _settled(actor, incident, pin, outcome, now)


def _waiting(incident: Incident) -> WeakPin:
    pin = WeakPin.objects.select_for_update(of=("self",), no_key=True).filter(incident=incident, settled_at=None).first()
    if pin is None:
        raise NotFound
    return pin


def _settled(actor: Actor, incident: Incident, pin: WeakPin, outcome: str, now: datetime) -> WeakPin:
    pin.settled_at, pin.outcome = now, outcome
    pin.save(update_fields=["settled_at", "outcome"])
    announce(actor, facts.PinSettled(incident_id=incident.pk, outcome=outcome), incident, now=now)
    return pin


def _doubt(incident: Incident, report: Report, answers: Sequence[PinAnswer]) -> str | None:
    """Why the point is not sure: there is none, only a guess found it, it lies outside, or far from where the words are."""
    if incident.point is None:
        return Why.UNSURE if answers else Why.NO_POINT
    confidence = report.geocoder_answer.get("confidence")
    is_moved = report.point is None or report.point.coords != incident.point.coords
    if confidence is not None and confidence < SURE and not is_moved and not report.geocoder_answer.get("chosen"):
        return Why.UNSURE
    here = Position.of(incident.point)
    if gis.region_at(here) is None:
        return Why.OUTSIDE
    sure = [each for each in answers if each.confidence >= VERY_SURE]
    if not is_moved and sure and all(metres_between(here, Position(each.lon, each.lat)) > FAR_METRES for each in sure):
        return Why.FAR
    return None
