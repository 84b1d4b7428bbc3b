"""Where callers' phones are: taken in, looked up, forgotten."""

from datetime import datetime
from enum import StrEnum

from django.db import transaction

from access import policy, regions
from access.actors import Actor
from access.permissions import AUDITORS
from exchange import facts, permissions, selectors
from exchange.caller_location import aml, held, numbers
from exchange.caller_location.located import Located
from exchange.models import CallerLocation
from gis import selectors as gis
from journal import services as journal
from kit.geo import Position

MOST_OF_A_CALLER = 5


class Wire(StrEnum):
    """How a location was told."""

    AML = "AML"
    HELD = "HELD"


@transaction.atomic
def record_caller_location(actor: Actor, *, number: str, wire: Wire, text: str, now: datetime) -> CallerLocation | None:
    """Keep where a caller's phone is (WGS-84), under a keyed hash of its number; the newest five of a caller stay.

    The same message again changes nothing. None when the phone knows no place, or knew it too long ago to help. Raises
    `caller_location.located.Unreadable`, `Invalid`.
    """
    policy.require(actor, permissions.REPORT_CALLER_LOCATION, None)
    caller = numbers.key_of(number)
    found = aml.located(aml.read(text)) if wire is Wire.AML else held.located(text)
    at = now if found is None or found.at is None else min(found.at, now)
    if found is None or at <= now - selectors.kept_for():
        return None
    values = _row(found) | {"at": at, "received_at": now}
    message = numbers.keyed("message", f"{caller} {wire} {text}")
    row, is_new = CallerLocation.objects.get_or_create(caller=caller, message=message, defaults=values)
    if is_new:
        newest = CallerLocation.objects.filter(caller=caller).order_by("-at", "-id").values("id")[:MOST_OF_A_CALLER]
        CallerLocation.objects.filter(caller=caller).exclude(id__in=list(newest.values_list("id", flat=True))).delete()
        fact = facts.CallerLocationReceived(location_id=row.pk, method=found.method)
        journal.record(actor, fact, about=[row], scopes=_scopes(found.position), at=now)
    return row


@transaction.atomic
def look_up_caller(actor: Actor, *, number: str, now: datetime) -> list[CallerLocation]:
    """Where the phone of this number was lately, newest first; a look that finds something is recorded. Raises `Invalid`."""
    policy.require(actor, permissions.VIEW_CALLER_LOCATION, None)
    found = list(selectors.fresh_locations(numbers.key_of(number), now=now)[:MOST_OF_A_CALLER])
    if found:
        journal.record(actor, facts.CallerLocationSeen(location_id=found[0].pk), about=[found[0]], scopes=AUDITORS, at=now)
    return found


@transaction.atomic
def forget_caller_locations(actor: Actor, *, now: datetime) -> int:
    """Delete what was received longer ago than it may be kept; says how many."""
    count: int = CallerLocation.objects.filter(received_at__lte=now - selectors.kept_for()).delete()[0]
    if count:
        journal.record(actor, facts.CallerLocationsForgotten(count=count), about=[], scopes=AUDITORS, at=now)
    return count


def _row(found: Located) -> dict[str, object]:
    return {
        "point": found.position.as_point(),
        "told_radius_m": found.told_radius_m,
        "confidence": found.confidence,
        "radius_m": found.radius_m,
        "method": found.method,
    }


def _scopes(position: Position) -> list[str]:
    """Who may see callers' places, in the region of this one, above it, or anywhere."""
    region = gis.region_at(position)
    places = [*map(str, regions.lineage(region.pk if region else None).ids), "*"]
    return [f"{permissions.VIEW_CALLER_LOCATION}@*:{place}" for place in places]
