"""What the views share."""

from typing import Any

from incidents import board
from incidents.models.assignments import ENDED, ORDER, Step
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
