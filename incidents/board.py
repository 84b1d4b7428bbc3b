"""How an incident is shown: its place in the queue, its milestones, the five timely steps, and what may be done now."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access import policy
from access.actors import Actor
from incidents import modes, permissions
from incidents.models import CityMode, Incident
from incidents.models.assignments import Step
from incidents.models.incidents import BEFORE_CONTROL, State, Status

GROUPS = {
    State.NEW: "new",
    State.TRIAGE: "pending",
    State.PENDING: "pending",
    State.DISPATCHED: "working",
    State.EN_ROUTE: "working",
    State.ON_SCENE: "working",
    State.CONTROLLED: "working",
}
GROUP_ORDER = {"new": 0, "pending": 1, "working": 2, "ending": 3}

MILESTONES: tuple[tuple[str, str | Promise], ...] = (
    ("call_received_at", _("Call received")),
    ("call_answered_at", _("Call answered")),
    ("created_at", _("On the board")),
    ("located_at", _("Located")),
    ("classified_at", _("Classified")),
    ("recommendation_shown_at", _("Recommended")),
    ("first_assigned_at", _("First unit sent")),
    ("first_acknowledged_at", _("First acknowledged")),
    ("first_en_route_at", _("First en route")),
    ("first_on_scene_at", _("First on scene")),
    ("controlled_at", _("Under control")),
    ("last_cleared_at", _("Last unit clear")),
    ("resolved_at", _("Resolved")),
    ("verified_at", _("Verified")),
    ("closed_at", _("Closed")),
)

FIVE: tuple[tuple[str, str | Promise], ...] = (
    ("call_received_at", pgettext_lazy("five", "Discovered")),
    ("classified_at", pgettext_lazy("five", "Assessed")),
    ("first_assigned_at", pgettext_lazy("five", "Reported")),
    ("controlled_at", pgettext_lazy("five", "Controlled")),
    ("resolved_at", pgettext_lazy("five", "Resolved")),
)

# The step a crew usually reports after each; the others stand behind one more key.
USUAL_NEXT = {
    Step.DISPATCHED: Step.EN_ROUTE,
    Step.ACKNOWLEDGED: Step.EN_ROUTE,
    Step.EN_ROUTE: Step.ON_SCENE,
    Step.STAGED: Step.ON_SCENE,
    Step.ON_SCENE: Step.CLEARED,
    Step.PATIENT_CONTACT: Step.TRANSPORTING,
    Step.TRANSPORTING: Step.AT_DESTINATION,
    Step.AT_DESTINATION: Step.CLEARED,
}

# What a button of the queue is called, the action it needs and the statuses it makes sense in.
VERBS: tuple[tuple[str, str, tuple[Status, ...] | None], ...] = (
    ("triage", permissions.TRIAGE, (Status.NEW,)),
    ("dispatch", permissions.DISPATCH, (*BEFORE_CONTROL, Status.CONTROLLED)),
    ("status", permissions.RESOLVE, None),
    ("note", permissions.NOTE, None),
    ("edit", permissions.EDIT, None),
    ("respond", permissions.SET_LEVEL, None),
    ("task", permissions.TASK, None),
    ("merge", permissions.MERGE, None),
    ("talk", permissions.TALK, None),
    ("close", permissions.CLOSE, None),
)


@dataclass(frozen=True, slots=True)
class FiveStep:
    """One of the five timely steps: when it was reached, how long after the first, and its target if it has one."""

    label: str | Promise
    at: datetime | None
    seconds: int | None
    due_at: datetime | None
    target: int | None

    @property
    def is_late(self) -> bool:
        return self.seconds is not None and self.target is not None and self.seconds > self.target


@dataclass(frozen=True, slots=True)
class Row:
    """One incident as the queue shows it."""

    incident: Incident
    group: str
    rank: str
    may: str
    reached: int
    due_at: datetime | None
    due_seconds: int | None
    is_behind: bool = False

    @property
    def quiet(self) -> bool:
        """A level-4 incident that somebody has taken on is drawn as an outline."""
        return self.group != "new"

    @property
    def pips(self) -> list[bool]:
        return [number < self.reached for number in range(len(FIVE))]

    @property
    def state_label(self) -> str:
        return str(State(self.incident.state).label)  # type: ignore[attr-defined]


def row(actor: Actor, incident: Incident, emergencies: Sequence[CityMode] = ()) -> Row:
    """An incident of `selectors.open_incidents` as a row: new first, then level, then those that wait, then age.

    Where one of `emergencies` holds (`modes.in_force`), service requests that are not grave come after all others and their clock stands still.
    """
    group = GROUPS.get(incident.state, "ending")  # type: ignore[attr-defined]
    is_behind = modes.is_behind(emergencies, incident)
    if incident.seen is not None:
        group = "ending" if group == "ending" else "working"  # others see to it
    place = 2 if is_behind else 0 if group == "new" else 1
    rank = f"{place}{incident.severity}{GROUP_ORDER[group]}{incident.call_received_at.timestamp():014.3f}{incident.pk:010d}"
    due = None if is_behind or incident.seen is not None else due_at(incident)
    return Row(
        incident=incident,
        group=group,
        rank=rank,
        may=" ".join(verbs(actor, incident)),
        reached=sum(1 for column, _label in FIVE if getattr(incident, column)),
        due_at=due,
        due_seconds=incident.type.dispatch_seconds,
        is_behind=is_behind,
    )


def due_at(incident: Incident) -> datetime | None:
    """When its first unit must have been sent; None once one was, or without a clock."""
    if incident.first_assigned_at or not incident.type.dispatch_seconds or incident.status not in BEFORE_CONTROL:
        return None
    return incident.call_received_at + timedelta(seconds=incident.type.dispatch_seconds)


def verbs(actor: Actor, incident: Incident) -> list[str]:
    """The names of what this actor may do to it now; the services decide again."""
    return [
        name
        for name, action, statuses in VERBS
        if (name == "note" or not incident.is_finished())
        and (statuses is None or incident.status in statuses)
        and policy.can(actor, action, incident)
    ]


def milestones(incident: Incident) -> list[dict[str, Any]]:
    """Every milestone with its time and the seconds after the call."""
    first = incident.call_received_at
    return [
        {"label": label, "at": at, "seconds": int((at - first).total_seconds())}
        for column, label in MILESTONES
        if (at := getattr(incident, column)) is not None
    ]


def five(incident: Incident) -> list[FiveStep]:
    """The five timely steps of an incident: discovered, assessed, reported, controlled, resolved.

    What was closed without these words said has been resolved when it was closed, and controlled no later.
    """
    first = incident.call_received_at
    resolved_at = incident.resolved_at or incident.closed_at
    implied = {"resolved_at": resolved_at, "controlled_at": incident.controlled_at or resolved_at}
    steps = []
    for column, label in FIVE:
        at = implied.get(column) or getattr(incident, column)
        target = incident.type.dispatch_seconds if column == "first_assigned_at" else None
        steps.append(
            FiveStep(
                label=label,
                at=at,
                seconds=int((at - first).total_seconds()) if at else None,
                due_at=first + timedelta(seconds=target) if target and not at and not incident.is_finished() else None,
                target=target,
            )
        )
    return steps


def tag(actor: Actor, incidents: Iterable[Incident], emergencies: Sequence[CityMode] = ()) -> str:
    """A version of these rows as this actor sees them."""
    digest = hashlib.blake2b(",".join(str(mode.pk) for mode in emergencies).encode(), digest_size=12)
    for each in incidents:
        digest.update(f"{each.pk}.{each.version}.{each.state}.{each.open_assignments}.{each.seen.tag if each.seen else 0};".encode())  # type: ignore[attr-defined]
    digest.update(repr((actor.key, actor.grants)).encode())
    return digest.hexdigest()
