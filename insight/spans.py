"""The five intervals of a call, and what SQL needs to measure them. `docs/explanation/intervals.md` says what each means."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, FloatField, Func, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PERCENTILES = (0.5, 0.9, 0.95)


class PercentileCont(Aggregate):
    """PostgreSQL's percentile_cont at 50, 90 and 95 %: linear interpolation between neighbouring values."""

    name = "PercentileCont"
    template = f"percentile_cont(ARRAY[{', '.join(map(str, PERCENTILES))}]::float8[]) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = ArrayField(FloatField())


class Seconds(Func):
    """Seconds from the second time to the first: Seconds(later, earlier)."""

    template = "EXTRACT(EPOCH FROM (%(expressions)s))::float8"
    arg_joiner = " - "
    output_field: Any = FloatField()


@dataclass(frozen=True, slots=True)
class Span:
    """An interval between two columns of incidents or of assignments; `is_waiting` finds those that have begun and are still running."""

    code: str
    label: str | Promise
    means: str | Promise
    of_assignment: bool
    start: str
    end: str
    is_waiting: Q


_RUNNING = ~Q(step__in=["CLEARED", "DECLINED", "CANCELLED"])
_OPEN = ~Q(status__in=["CLOSED", "RETURNED", "MERGED", "CANCELLED"])

SPANS = (
    Span(
        "process", _("Processing"), _("from the call to the first unit sent"), False, "call_received_at", "first_assigned_at",
        _OPEN & Q(first_assigned_at=None),
    ),
    Span(
        "turnout", _("Turnout"), _("of each unit, from being sent to leaving"), True, "dispatched_at", "en_route_at",
        _RUNNING & Q(en_route_at=None, on_scene_at=None),
    ),
    Span(
        "travel", _("Travel"), _("of each unit, from leaving to arriving"), True, "en_route_at", "on_scene_at",
        _RUNNING & Q(on_scene_at=None),
    ),
    Span(
        "on_scene", _("On scene"), _("of each unit, from arriving to being free again"), True, "on_scene_at", "cleared_at",
        _RUNNING & Q(cleared_at=None),
    ),
    Span(
        "total", _("Call to arrival"), _("from the call to the first unit on scene"), False, "call_received_at", "first_on_scene_at",
        _OPEN & Q(first_on_scene_at=None),
    ),
)  # fmt: skip
BY_CODE = {span.code: span for span in SPANS}
