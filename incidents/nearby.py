"""What is known before the call is over: what happened at the place, and what this number said before."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.gis.db.models.functions import Distance
from django.db.models import Q, Value

from access import policy
from access.actors import Actor
from incidents import permissions, selectors
from incidents.box import box_round
from incidents.models import Incident, IncidentType, Report
from incidents.models.reports import PHONE_DIGITS, phone_key
from kit.geo import Position

SAME_PLACE_METRES = 50
A_YEAR = timedelta(days=365)
MOST_AT_PLACE = 200
SHOWN = 5
FEWEST_DIGITS = 7


@dataclass(frozen=True, slots=True)
class PlaceHistory:
    """What happened within fifty metres in a year: how often each type, and the newest."""

    counts: list[tuple[IncidentType, int]]
    newest: list[Incident]
    total: int
    is_more: bool


def history_of_place(actor: Actor, position: Position, *, now: datetime) -> PlaceHistory:
    """What the actor may see of the incidents within fifty metres of the position in the year before now."""
    found = selectors.incidents(actor).filter(call_received_at__gte=now - A_YEAR, point__bboverlaps=box_round(position, SAME_PLACE_METRES))
    rows = list(found.annotate(away=Distance("point", position.as_point())).order_by("-call_received_at", "-id")[:MOST_AT_PLACE])
    here: list[Incident] = [row for row in rows if row.away.m <= SAME_PLACE_METRES]
    types = {row.type_id: row.type for row in here}
    counts = [(types[type_id], number) for type_id, number in Counter(row.type_id for row in here).most_common(SHOWN)]
    return PlaceHistory(counts, here[:SHOWN], len(here), len(rows) == MOST_AT_PLACE)


def number_key(number: str) -> str:
    """What the calls of a number share, however it is written: its last eleven digits; empty for what is no number yet."""
    digits = re.sub(r"\D", "", number)
    return digits[-PHONE_DIGITS:] if len(digits) >= FEWEST_DIGITS else ""


def calls_of_number(actor: Actor, number: str, *, now: datetime) -> list[Report]:
    """The newest reports this number gave in the year before now, of incidents whose callers the actor may see; at most five."""
    key = number_key(number)
    if not key:
        return []
    seen = policy.visible(actor, permissions.SEE_CALLER, Incident.objects.order_by())
    mine = Report.objects.alias(digits=phone_key()).filter(digits=Value(key), received_at__gte=now - A_YEAR, incident__in=seen)
    confided = policy.visible(actor, permissions.SEE_CONFIDENTIAL, Incident.objects.order_by())
    mine = mine.filter(Q(is_confidential=False) | Q(incident__in=confided))
    rows = mine.exclude(caller_phone="").select_related("incident", "incident__type").order_by("-received_at", "-id")
    return list(rows[:SHOWN])
