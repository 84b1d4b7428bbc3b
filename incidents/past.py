"""What another system says of a call that is over: values only, as the bulk import takes them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from incidents.models import Assignment
from incidents.models.assignments import COLUMNS, Step
from kit.geo import Position

MILESTONES = {
    "first_assigned_at": "dispatched_at",
    "first_acknowledged_at": "acknowledged_at",
    "first_en_route_at": "en_route_at",
    "first_on_scene_at": "on_scene_at",
}


@dataclass(frozen=True, slots=True)
class PastAssignment:
    """A unit's part in a past call: when it reached each step, as far as that is known."""

    unit_id: int
    times: Mapping[Step, datetime]

    def columns(self) -> dict[str, datetime | None]:
        """The value of every time column of an assignment."""
        return {column: self.times.get(step) for step, column in COLUMNS.items()}


@dataclass(frozen=True, slots=True)
class PastCall:
    """A call that is over. `position` is WGS-84, longitude first; `external_id` names it within its department for ever."""

    external_id: str
    department_id: int
    region_id: int | None
    type_id: int
    kind: str
    severity: int
    disposition_id: int
    received_at: datetime
    entered_at: datetime | None
    answered_at: datetime | None = None
    position: Position | None = None
    address: str = ""
    place_words: str = ""
    words: str = ""
    assignments: tuple[PastAssignment, ...] = field(default=())
    is_sample: bool = False

    @property
    def key(self) -> tuple[int, str]:
        return (self.department_id, self.external_id)

    def columns(self) -> dict[str, Any]:
        """The incident's own columns, without those that follow from its assignments."""
        opened_at = self.entered_at or self.received_at
        return {
            "type_id": self.type_id,
            "kind": self.kind,
            "severity": self.severity,
            "disposition_id": self.disposition_id,
            "address": self.address[:200],
            "summary": self.words[:200],
            "is_sample": self.is_sample,
            "point": self.position.as_point() if self.position else None,
            "call_received_at": self.received_at,
            "call_answered_at": self.answered_at,
            "created_at": opened_at,
            "located_at": opened_at if self.position else None,
            "classified_at": opened_at,
        }


def milestones(opened_at: datetime, assignments: Iterable[Assignment]) -> dict[str, datetime | None]:
    """The milestones that follow from the assignments; it was closed at the last time anything happened."""
    rows = list(assignments)
    firsts = {name: min((at for row in rows if (at := getattr(row, column)) is not None), default=None) for name, column in MILESTONES.items()}
    cleared = max((row.cleared_at for row in rows if row.cleared_at is not None), default=None)
    every = [at for row in rows for column in COLUMNS.values() if (at := getattr(row, column)) is not None]
    return {**firsts, "last_cleared_at": cleared, "closed_at": max([opened_at, *every])}
