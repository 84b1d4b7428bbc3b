"""The unit column of the dispatch board: for a chosen incident whom to send first and why, else the units as one looks for them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from access.actors import Actor
from incidents.models import Incident
from incidents.recommending import Candidate, recommendation
from resources import board
from resources import selectors as resources
from resources.models import Unit, UnitType

MOST = 60
ORDER = Case(
    When(availability=Unit.Availability.AVAILABLE, then=Value(0)),
    When(availability=Unit.Availability.CONDITIONAL, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the column is narrowed: what is typed, a department's id, a type's id, whether only those that may be sent."""

    words: str = ""
    department_id: int | None = None
    type_id: int | None = None
    is_free: bool = False


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit in the column; what stands below `state` is there when it was recommended for an incident."""

    unit_id: int
    code: str
    title: str
    shape: str
    state: str
    is_free: bool
    since: Any
    metres: float | None = None
    seconds: float | None = None
    is_estimate: bool = True
    reasons: tuple[str, ...] = ()
    is_first: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """Its state and the reasons, without the state where a reason begins with it."""
        return self.reasons if any(reason.startswith(self.state) for reason in self.reasons) else (self.state, *self.reasons)


@dataclass(frozen=True, slots=True)
class UnitColumn:
    """The rows shown, whether there are more, how many units may be sent and are there in all, and what nobody can do."""

    rows: tuple[UnitRow, ...]
    has_more: bool
    free: int
    all: int
    shortfalls: tuple[str, ...] = ()


def column(actor: Actor, *, incident: Incident | None, wanted: Wanted) -> UnitColumn:
    """The units the actor may see, at most 60: for an incident that may receive units the recommended ones, else by availability and code."""
    counts = dict(resources.units(actor).order_by().values_list("availability").annotate(n=Count("pk")))
    total = sum(counts.values())
    free = total - counts.get(Unit.Availability.NOT_AVAILABLE, 0)
    if incident is not None and incident.may_receive_units() and not wanted.words:
        advice = recommendation(actor, incident, limit=MOST)
        units = resources.units(actor).in_bulk([each.unit_id for each in advice.units])
        rows = tuple(_recommended(each, units[each.unit_id]) for each in advice.units if each.unit_id in units and _fits(units[each.unit_id], wanted))
        return UnitColumn(rows, False, free, total, tuple(advice.shortfalls))
    found = list(_narrowed(actor, wanted)[: MOST + 1]) if not wanted.words else _called(actor, wanted)
    return UnitColumn(tuple(map(_row, found[:MOST])), len(found) > MOST, free, total)


def _called(actor: Actor, wanted: Wanted) -> list[Unit]:
    return [unit for unit in resources.find_units(actor, wanted.words, limit=2 * MOST) if _fits(unit, wanted)]


def _narrowed(actor: Actor, wanted: Wanted) -> "QuerySet[Unit]":
    rows = resources.units(actor)
    if wanted.department_id is not None:
        rows = rows.filter(department_id=wanted.department_id)
    if wanted.type_id is not None:
        rows = rows.filter(type_id=wanted.type_id)
    if wanted.is_free:
        rows = rows.exclude(availability=Unit.Availability.NOT_AVAILABLE)
    return rows.order_by(ORDER, "code")


def _fits(unit: Unit, wanted: Wanted) -> bool:
    return (
        wanted.department_id in (None, unit.department_id) and wanted.type_id in (None, unit.type_id) and (unit.is_available() or not wanted.is_free)
    )


def _row(unit: Unit) -> UnitRow:
    return UnitRow(unit.pk, unit.code, board.type_name(unit), board.shape(unit), board.state_label(unit), unit.is_available(), unit.status_at)


def _recommended(candidate: Candidate, unit: Unit) -> UnitRow:
    return UnitRow(
        unit_id=unit.pk,
        code=unit.code,
        title=candidate.type_name,
        shape="lost" if candidate.is_lost else board.shape(unit),
        state=board.state_label(unit),
        is_free=unit.is_available(),
        since=unit.status_at,
        metres=candidate.metres,
        seconds=candidate.seconds,
        is_estimate=candidate.is_estimate,
        reasons=candidate.reasons,
        is_first=candidate.is_first,
    )


def types(actor: Actor) -> list[tuple[int, UnitType]]:
    """The types among the units the actor may see, by name, for narrowing."""
    ids = set(resources.units(actor).order_by().values_list("type_id", flat=True).distinct())
    return [(each.pk, each) for each in resources.unit_types() if each.pk in ids]
