"""Which warnings belong to a place: each tells itself to whatever lies within its own distance."""

from dataclasses import dataclass
from datetime import date

from django.contrib.gis.db.models.functions import Distance
from django.db.models import Q
from django.utils.translation import get_language

from incidents.box import box_round
from incidents.models import Hazard
from incidents.models.hazards import FARTHEST
from kit.geo import Position

MOST = 8


@dataclass(frozen=True, slots=True)
class Warned:
    """A hazard that a place lies near: metres to its point, and the warning in the reader's language."""

    hazard: Hazard
    metres: float

    @property
    def warning(self) -> str:
        english = (get_language() or "").startswith("en")
        return (self.hazard.warning_en or self.hazard.warning) if english else self.hazard.warning


def hazards_near(position: Position, *, on: date) -> list[Warned]:
    """The hazards whose distance reaches the position (WGS-84, longitude first) on a day, the nearest first; at most eight."""
    in_force = Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_until=None) | Q(valid_until__gte=on)
    around = Hazard.objects.filter(*in_force, is_active=True, point__bboverlaps=box_round(position, FARTHEST))
    rows = around.annotate(away=Distance("point", position.as_point())).order_by("away", "id")[:200]
    return [Warned(row, row.away.m) for row in rows if row.away.m <= row.radius_m][:MOST]
