"""What the answers to the key questions say about the level: a pure function, with its reasons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from incidents.models.reference import Severity

STEP = 10
BIGGEST_NUMBER = 1_000_000


class Question(Protocol):
    """A question as it is asked."""

    pk: int
    text: str
    text_en: str
    kind: str
    from_number: int
    weight: int
    weight_no: int


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer and the points it gave; the question's words are kept as they were asked."""

    question_id: int
    text: str
    text_en: str
    answer: bool | int
    points: int

    @property
    def is_yes_no(self) -> bool:
        return isinstance(self.answer, bool)


@dataclass(frozen=True, slots=True)
class Assessment:
    """The level (1 the highest) that type and answers suggest; `reasons` are the answers that moved it, heaviest first."""

    severity: int
    base: int
    points: int
    answered: tuple[Answered, ...]

    @property
    def reasons(self) -> list[Answered]:
        return sorted((each for each in self.answered if each.points), key=lambda each: (-abs(each.points), each.question_id))

    def as_kept(self, chosen: int | None) -> dict[str, Any]:
        """As it stays with the report; `chosen` is the operator's own level, None when there was none."""
        rows = [
            {"question": each.question_id, "text": each.text, "text_en": each.text_en, "answer": each.answer, "points": each.points}
            for each in self.answered
        ]
        return {"suggested": self.severity, "chosen": chosen, "answers": rows} if rows else {}


def assess(base: int, questions: Iterable[Question], answers: Mapping[int, str]) -> Assessment:
    """The suggested level: the type's own, moved by one for every ten points of the answers; an answer that is none is left out."""
    answered = tuple(row for question in questions if (row := _answered(question, answers.get(question.pk, "").strip())) is not None)
    points = sum(each.points for each in answered)
    moved = base - int(points / STEP)  # towards the type's own level: nine points move nothing, up or down
    return Assessment(max(Severity.EXCEPTIONAL, min(Severity.ORDINARY, moved)), base, points, answered)


def _answered(question: Question, answer: str) -> Answered | None:
    value: bool | int
    if question.kind == "NUMBER":
        if not (answer.isascii() and answer.isdigit()) or len(answer) > 9 or int(answer) > BIGGEST_NUMBER:
            return None
        value = int(answer)
        is_yes = value >= question.from_number
    elif answer in ("yes", "no"):
        value = is_yes = answer == "yes"
    else:
        return None
    return Answered(question.pk, question.text, question.text_en, value, question.weight if is_yes else question.weight_no)
