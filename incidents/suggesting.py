"""Questions about words and types: what the rules suggest now, and what they would suggest if they were changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from access import policy
from access.actors import Actor
from incidents import permissions
from incidents.models import Incident, IncidentType, KeyQuestion, Report, TypeRule
from incidents.models.intake import MOST_QUESTIONS
from incidents.wording import MOST, Rule, Suggestion, entries, suggest

MOST_REHEARSED = 5000
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class SuggestedType:
    """A type that the caller's words speak for, and those words."""

    type: IncidentType
    score: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A report that would be typed differently. `words` are the caller's: empty for who may not see the incident."""

    received_at: datetime
    number: str
    words: str
    actual: IncidentType | None
    before: IncidentType | None
    after: IncidentType | None
    spoken_before: tuple[str, ...]
    spoken_after: tuple[str, ...]

    @property
    def is_better(self) -> bool | None:
        """Whether the change agrees with the type the incident has; None when neither does."""
        if self.actual is None or self.actual not in (self.before, self.after):
            return None
        return self.after == self.actual


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Changed rules run over past reports: how many were read, how many agree with the incident's type before and after."""

    since: datetime
    read: int
    agreeing_before: int
    agreeing_after: int
    changed: int
    differences: tuple[Difference, ...]


def as_rule(row: TypeRule) -> Rule:
    """A stored rule as it is read."""
    return Rule(row.type_id, entries(row.words) + entries(row.words_en), entries(row.excludes), row.weight)


def type_rules() -> list[TypeRule]:
    """The rules in use, of types in use."""
    return list(TypeRule.objects.filter(is_active=True, type__is_active=True).order_by("type__code", "-weight", "id"))


def suggested_types(words: str, *, most: int = MOST) -> list[SuggestedType]:
    """The types that free text speaks for, best first, with the words that spoke."""
    found = suggest(words, [as_rule(row) for row in type_rules()], most=most) if words.strip() else []
    types = IncidentType.objects.in_bulk([each.type_id for each in found])
    return [SuggestedType(types[each.type_id], each.score, each.words) for each in found if each.type_id in types]


def key_questions(type_id: int) -> list[KeyQuestion]:
    """What to ask about a type, in order, at most six."""
    return list(KeyQuestion.objects.filter(type_id=type_id, is_active=True).order_by("order", "id")[:MOST_QUESTIONS])


def rehearse(actor: Actor, *, changed: TypeRule, since: datetime) -> Rehearsal:
    """Run the rules with one of them changed (or a new one) over the reports since a moment, before anything is saved.

    Everybody who keeps the rules sees how many differ and which words spoke; number and words of a call only who may see its incident.
    """
    policy.require(actor, permissions.MANAGE_TYPES, None)
    now_used = type_rules()
    others = [row for row in now_used if row.pk != changed.pk]
    before, after = _read(now_used), _read([*others, *([changed] if changed.is_active else [])])
    reports = Report.objects.filter(received_at__gte=since).exclude(words="").select_related("first_incident__type").order_by("-received_at", "-id")
    visible = policy.visible(actor, permissions.VIEW, Incident.objects.filter(reports__received_at__gte=since))
    seen = set(visible.values_list("pk", flat=True))
    types = {row.pk: row for row in IncidentType.objects.all()}
    read = better_before = better_after = 0
    different: list[Difference] = []
    for report in reports[:MOST_REHEARSED]:
        old, new = _first(report.words, before), _first(report.words, after)
        actual_id, read = report.first_incident.type_id, read + 1
        better_before += bool(old and old.type_id == actual_id)
        better_after += bool(new and new.type_id == actual_id)
        if (old.type_id if old else None) != (new.type_id if new else None):
            may_see = report.incident_id in seen and not report.is_confidential
            different.append(_difference(report, old, new, types, may_see=may_see))
    return Rehearsal(since, read, better_before, better_after, len(different), tuple(different[:MOST_SHOWN]))


def _difference(report: Report, old: Suggestion | None, new: Suggestion | None, types: dict[int, IncidentType], *, may_see: bool) -> Difference:
    return Difference(
        received_at=report.received_at,
        number=report.first_incident.number if may_see else "",
        words=report.words if may_see else "",
        actual=report.first_incident.type,
        before=types.get(old.type_id) if old else None,
        after=types.get(new.type_id) if new else None,
        spoken_before=old.words if old else (),
        spoken_after=new.words if new else (),
    )


def _read(rows: Iterable[TypeRule]) -> tuple[Rule, ...]:
    return tuple(as_rule(row) for row in rows)


def _first(words: str, rules: tuple[Rule, ...]) -> Suggestion | None:
    return next(iter(suggest(words, rules, most=1)), None)
