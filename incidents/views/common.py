"""What the views share."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from incidents import board
from incidents.models.assignments import ENDED, ORDER, Step
from incidents.services.commanding import Undo
from resources import board as unit_board


def crew_line(assignment: Any) -> dict[str, Any]:
    """An assignment as a line: the unit, its step and since when, and the step that usually follows."""
    is_open = assignment.is_open()
    following = board.USUAL_NEXT.get(Step(assignment.step)) if is_open else None
    at = max((at for step in (*ORDER, *ENDED) if (at := getattr(assignment, f"{step.value.lower()}_at"))), default=None)
    return {
        "assignment": assignment,
        "unit": assignment.unit,
        "type": unit_board.type_name(assignment.unit),
        "shape": unit_board.shape(assignment.unit),
        "step": Step(assignment.step).label,
        "at": at,
        "is_open": is_open,
        "next": following,
        "next_label": following.label if following else "",
    }


def crew_lines(assignments: Iterable[Any]) -> list[dict[str, Any]]:
    """Who is at work first, as their number keys go by that, then who has left; each in the order in which they were sent."""
    return sorted((crew_line(each) for each in assignments), key=lambda line: not line["is_open"])


def way_back(undo: Undo) -> dict[str, Any] | None:
    """What the undo of a command sends, as `dispatch_undo` reads it; None where nothing can be taken back."""
    if not undo:
        return None
    values = {
        "sent": ",".join(map(str, undo.sent)),
        "steps": ",".join(f"{each.assignment_id}.{each.version}" for each in undo.steps),
        "units": ",".join(f"{each.unit_id}.{each.version}.{each.availability}.{each.activity}.{each.label}" for each in undo.units),
        "tasks": ",".join(map(str, undo.tasks)),
    }
    return {"url": reverse("dispatch_undo"), "values": values}
