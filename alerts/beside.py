"""Conditions that rooms beside this one know of. Whoever joins the rooms registers a question for a kind of watch; this room asks it each second."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from alerts.models import Watch


@dataclass(frozen=True, slots=True)
class Standing:
    """Something that stands elsewhere: since when it runs and ran out, whose it is, and what it is about in a few words."""

    subject: str
    since: datetime
    due_at: datetime
    incident_id: int | None
    department_id: int
    department_ids: tuple[int, ...]
    region_id: int | None
    words: str


Question = Callable[[datetime], Iterable[Standing]]

_questions: dict[str, Question] = {}


def register(watch: Watch, question: Question) -> None:
    """Let `question(now)` say what stands of this kind."""
    _questions[watch] = question


def standing(watch: str, now: datetime) -> list[Standing]:
    """What stands of this kind; nothing where nobody has registered."""
    return list(_questions[watch](now)) if watch in _questions else []


def watched() -> frozenset[str]:
    """The kinds that are asked elsewhere."""
    return frozenset(_questions)
