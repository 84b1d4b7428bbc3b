"""Questions about places that wait to be looked at."""

from django.db.models import QuerySet

from access import policy
from access.actors import Actor
from incidents import permissions
from incidents.models import Incident, Report, WeakPin
from incidents.models.incidents import FINISHED

MOST = 100


def weak_pins(actor: Actor) -> QuerySet[WeakPin]:
    """The open incidents whose place waits, the highest level first, then the longest; those the actor may edit."""
    mine = policy.visible(actor, permissions.EDIT, Incident.objects.order_by()).exclude(status__in=FINISHED)
    waiting = WeakPin.objects.filter(settled_at=None, incident__in=mine).select_related("incident", "incident__type")
    return waiting.order_by("incident__severity", "since", "incident_id")


def waiting(actor: Actor) -> int | None:
    """How many places wait; None for those who may not repair them."""
    return weak_pins(actor).count() if policy.can(actor, permissions.EDIT, None) else None


def words_for(pins: list[WeakPin]) -> dict[int, str]:
    """What the caller said of the place, by incident: never changed by any geocoder."""
    ids = [pin.incident_id for pin in pins]
    rows = Report.objects.filter(first_incident_id__in=ids).order_by("first_incident_id", "received_at", "id").distinct("first_incident_id")
    return dict(rows.values_list("first_incident_id", "place_words"))


def unasked_pins(*, limit: int) -> list[tuple[int, str]]:
    """Incidents whose words the outside geocoder has not been asked about, with those words; for the worker that asks."""
    waiting = WeakPin.objects.filter(settled_at=None, asked_at=None).order_by("since")[:limit]
    words = words_for(list(waiting))
    return [(incident_id, said) for incident_id, said in words.items() if said.strip()]
