"""The dispatch board: what is to be assigned, and how far the units have come that were sent, as cards in five columns.

An incident has a card in each column where something of it is: while some of its units are on the way and others on scene, it has two.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from access.actors import Actor
from incidents import arriving, board, selectors
from incidents.arrival_times import Left, minutes_left
from incidents.arriving import Hint
from incidents.lacking import Lack, lacking
from incidents.models import Assignment, Incident
from incidents.models.assignments import COLUMNS, Step
from incidents.models.incidents import BEFORE_CONTROL, Status
from resources import board as unit_board
from resources import selectors as resources
from resources.models import Unit

MOST_INCIDENTS = 300
DONE_WITHIN = timedelta(hours=1)
PARKED = (Status.HELD, Status.TRANSFERRED)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: which steps of an assignment stand in it, and the state that a unit dragged into it is said to be in."""

    code: str
    label: str | Promise
    steps: tuple[Step, ...]
    state: str


AT_SCENE = (Step.ON_SCENE, Step.STAGED, Step.PATIENT_CONTACT, Step.TRANSPORTING, Step.AT_DESTINATION)
COLUMNS_OF_BOARD: tuple[Column, ...] = (
    Column("assign", pgettext_lazy("board", "To assign"), (), ""),
    Column("sent", pgettext_lazy("board", "Assigned"), (Step.DISPATCHED, Step.ACKNOWLEDGED), ""),
    Column("moving", pgettext_lazy("board", "En route"), (Step.EN_ROUTE,), "EN_ROUTE"),
    Column("scene", pgettext_lazy("board", "On scene"), AT_SCENE, "ON_SCENE"),
    Column("done", pgettext_lazy("board", "Done"), (Step.CLEARED,), "CLEARED"),
)
COLUMN_OF = {step: column.code for column in COLUMNS_OF_BOARD for step in column.steps}


@dataclass(frozen=True, slots=True)
class Line:
    """A unit on a card: since when it is where it stands, when it may be there, and what its position suggests."""

    assignment: Assignment
    unit: Unit
    since: datetime | None
    shape: str
    step: str | Promise
    is_usual: bool
    left: Left | None
    hint: Hint | None


@dataclass(frozen=True, slots=True)
class Card:
    """What of one incident stands in one column."""

    column: str
    row: board.Row
    lines: tuple[Line, ...]
    lacking: tuple[Lack, ...]
    is_over: bool

    @property
    def incident(self) -> Incident:
        return self.row.incident


def cards(actor: Actor, *, incident_ids: Sequence[int] | None, now: datetime) -> list[Card]:
    """The cards of these open incidents (None: of all, at most 300, the most serious first), in the order of their columns."""
    found = selectors.open_incidents(actor).exclude(status__in=PARKED).prefetch_related("type__capabilities")
    if incident_ids is not None:
        found = found.filter(pk__in=list(incident_ids)[:MOST_INCIDENTS])
    incidents = list(found[:MOST_INCIDENTS])
    assignments = _assignments(incidents)
    able = resources.capabilities_of_units({each.unit_id for sent in assignments.values() for each in sent})
    short = lacking(incidents, assignments, able)
    left = minutes_left((incident, [each for each in assignments[incident.pk] if each.step == Step.EN_ROUTE]) for incident in incidents)
    made = [card for incident in incidents for card in _cards(actor, incident, assignments[incident.pk], short[incident.pk], left, now)]
    order = [column.code for column in COLUMNS_OF_BOARD]
    return sorted(made, key=lambda card: (order.index(card.column), card.row.rank))


def _assignments(incidents: Sequence[Incident]) -> dict[int, list[Assignment]]:
    """Those that run and those that were cleared, in the order they were made."""
    rows = Assignment.objects.filter(incident__in=incidents).exclude(step__in=[Step.DECLINED, Step.CANCELLED])
    by_incident: dict[int, list[Assignment]] = defaultdict(list)
    for row in rows.select_related("unit", "unit__type", "unit__last_position", "unit__station").order_by("dispatched_at", "id"):
        by_incident[row.incident_id].append(row)
    return by_incident


def _cards(
    actor: Actor, incident: Incident, sent: Sequence[Assignment], short: tuple[Lack, ...], left: Mapping[int, Left], now: datetime
) -> Iterable[Card]:
    row = board.row(actor, incident)
    running = [each for each in sent if each.is_open()]
    hints = arriving.hints(incident, running, now=now)
    lines: dict[str, list[Line]] = defaultdict(list)
    for each in sent:
        if each.cleared_at is not None and each.cleared_at < now - DONE_WITHIN:
            continue
        lines[COLUMN_OF[Step(each.step)]].append(_line(each, left.get(each.pk), hints.get(each.pk)))
    waits = incident.status in BEFORE_CONTROL and not sent
    if waits or (short and incident.status in BEFORE_CONTROL):
        yield Card("assign", row, (), short, False)
    is_over = not running and not waits
    for column in COLUMNS_OF_BOARD[1:]:
        if lines[column.code] or (column.code == "done" and is_over):
            yield Card(column.code, row, tuple(lines[column.code]), (), is_over and column.code == "done")


def _line(assignment: Assignment, left: Left | None, hint: Hint | None) -> Line:
    step, unit = Step(assignment.step), assignment.unit
    since = getattr(assignment, COLUMNS[step]) or assignment.dispatched_at
    column = next(each for each in COLUMNS_OF_BOARD if step in each.steps)
    is_gone = step == Step.CLEARED
    return Line(
        assignment=assignment,
        unit=unit,
        since=since,
        shape="crossed" if is_gone else unit_board.shape(unit),
        step=step.label,
        is_usual=step == column.steps[0],
        left=left,
        hint=hint,
    )
