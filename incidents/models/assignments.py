"""The assignment: a unit sent to an incident. It carries the clock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pghistory
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models.incidents import Incident
from kit.columns import one_of
from resources.models import Unit


class Step(models.TextChoices):
    """How far an assignment has come."""

    DISPATCHED = "DISPATCHED", _("Dispatched")
    ACKNOWLEDGED = "ACKNOWLEDGED", _("Acknowledged")
    EN_ROUTE = "EN_ROUTE", _("En route")
    STAGED = "STAGED", _("Staged")
    ON_SCENE = "ON_SCENE", _("On scene")
    PATIENT_CONTACT = "PATIENT_CONTACT", _("With patient")
    TRANSPORTING = "TRANSPORTING", _("Transporting")
    AT_DESTINATION = "AT_DESTINATION", _("At destination")
    CLEARED = "CLEARED", _("Cleared")
    DECLINED = "DECLINED", _("Declined")
    CANCELLED = "CANCELLED", _("Cancelled")


ORDER = (
    Step.DISPATCHED,
    Step.ACKNOWLEDGED,
    Step.EN_ROUTE,
    Step.STAGED,
    Step.ON_SCENE,
    Step.PATIENT_CONTACT,
    Step.TRANSPORTING,
    Step.AT_DESTINATION,
    Step.CLEARED,
)
ENDED = (Step.CLEARED, Step.DECLINED, Step.CANCELLED)
COLUMNS = {step: f"{step.value.lower()}_at" for step in Step}


class Source(models.TextChoices):
    """Where a time came from."""

    BUTTON = "BUTTON", _("Button")
    COMMAND = "COMMAND", _("Console")
    RADIO = "RADIO", _("Radio")
    AVL = "AVL", _("Vehicle location")
    GEOFENCE = "GEOFENCE", _("Geofence")
    IMPORT = "IMPORT", _("Import")


@dataclass(frozen=True, slots=True)
class KnownTime:
    """A time of an assignment and where it came from.

    `server_at` is our clock when it was told, `device_at` the device's own, `lon_lat` where the device was.
    """

    step: str
    at: datetime
    server_at: datetime
    device_at: datetime | None
    source: str
    actor: str
    lon_lat: list[float] | None


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def open(self) -> "AssignmentQuerySet":
        """Those still running."""
        return self.exclude(step__in=ENDED)

    def locked(self, assignment_id: int) -> "Assignment | None":
        """The assignment, locked; lock its incident first, its unit after."""
        return self.select_for_update(of=("self",), no_key=True).filter(pk=assignment_id).first()


@pghistory.track(
    pghistory.UpdateEvent("changed", row=pghistory.Old),
    fields=["step", "is_primary", "unit", "incident"],
    model_name="AssignmentHistory",
)
class Assignment(models.Model):
    """A unit's job at an incident. The first open one of a unit is primary, others are stacked behind it.

    Its history keeps what each change replaced, so that sending a unit writes none.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="assignments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="assignments")
    is_primary = models.BooleanField(default=True)
    step = models.CharField(max_length=16, choices=Step.choices, default=Step.DISPATCHED)
    reason = models.CharField(max_length=300, blank=True)
    dispatched_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    en_route_at = models.DateTimeField(null=True, blank=True)
    staged_at = models.DateTimeField(null=True, blank=True)
    on_scene_at = models.DateTimeField(null=True, blank=True)
    patient_contact_at = models.DateTimeField(null=True, blank=True)
    transporting_at = models.DateTimeField(null=True, blank=True)
    at_destination_at = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    sources = models.JSONField(default=dict, help_text=_("For each step: by what means its time came, from whom, and which clocks said so."))
    version = models.IntegerField(default=1)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["dispatched_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], condition=Q(is_primary=True) & ~Q(step__in=["CLEARED", "DECLINED", "CANCELLED"]), name="unit_has_one_open_primary"
            ),
            models.UniqueConstraint(
                fields=["incident", "unit"], condition=~Q(step__in=["CLEARED", "DECLINED", "CANCELLED"]), name="unit_sent_once_to_incident"
            ),
            one_of("step", Step.values, name="assignment_step_exists"),
        ]
        indexes = [
            models.Index(fields=["dispatched_at"], name="assignment_dispatched"),
        ]
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")

    def __str__(self) -> str:
        return f"{self.incident_id} {self.unit_id}"

    def is_open(self) -> bool:
        return self.step not in ENDED

    def may_reach(self, step: str) -> bool:
        """Steps go forward; crews may skip some, and nothing follows an ended assignment."""
        return self.is_open() and step in ORDER and ORDER.index(Step(step)) > ORDER.index(Step(self.step))

    def reach(self, step: str, at: datetime) -> str:
        """Take a step at a time and return the name of its column; the verb saves."""
        column = COLUMNS[Step(step)]
        self.step = step
        self.version += 1
        setattr(self, column, at)
        return column

    def take_back(self) -> str:
        """Undo the step it is at, and return the one it is at by that; the verb saves."""
        taken = Step(self.step)
        earlier = [step for step in ORDER[: ORDER.index(taken)] if getattr(self, COLUMNS[step]) is not None]
        self.step = earlier[-1]
        self.version += 1
        setattr(self, COLUMNS[taken], None)
        self.sources = {step: told for step, told in self.sources.items() if step != taken.value}
        return self.step

    def note_source(self, step: str, *, source: str, actor: str, told: dict[str, Any]) -> None:
        """Note where the time of a step came from: by what means, from whom, what the clocks said then and where the device was (`Moment.told`)."""
        self.sources = {**self.sources, str(step): {"source": str(source), "actor": actor, **told}}

    def known_times(self) -> list[KnownTime]:
        """Its times with their sources, in the order of the steps."""
        return [
            KnownTime(
                step,
                getattr(self, COLUMNS[step]),
                datetime.fromisoformat(told["server_at"]),
                datetime.fromisoformat(told["device_at"]) if "device_at" in told else None,
                told["source"],
                told["actor"],
                told.get("point"),
            )
            for step in Step
            if (told := self.sources.get(step.value))
        ]
