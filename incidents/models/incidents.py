"""The incident: one table for daily service and emergency."""

from datetime import datetime

import pghistory
import pgtrigger
from django.apps import apps
from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access.models import Scoped
from access.sharing.reading import Seen
from incidents import permissions
from incidents.models.reference import Disposition, IncidentType, Kind, Severity
from kit.columns import one_of, update_of


class Status(models.TextChoices):
    """What people set. DISPATCHED, EN_ROUTE and ON_SCENE are derived from assignments and stand in `State` only."""

    NEW = "NEW", _("Reported")
    TRIAGE = "TRIAGE", _("Triage")
    PENDING = "PENDING", _("To assign")
    CONTROLLED = "CONTROLLED", _("Under control")
    RESOLVED = "RESOLVED", _("Resolved")
    VERIFIED = "VERIFIED", _("Verified")
    CLOSED = "CLOSED", _("Closed")
    HELD = "HELD", _("On hold")
    RETURNED = "RETURNED", _("Returned")
    TRANSFERRED = "TRANSFERRED", _("Transferred")
    MERGED = "MERGED", _("Merged")
    CANCELLED = "CANCELLED", _("Cancelled")


class State(models.TextChoices):
    """What operators read: the status, or how far the units have come."""

    NEW = "NEW", _("Reported")
    TRIAGE = "TRIAGE", _("Triage")
    PENDING = "PENDING", _("To assign")
    DISPATCHED = "DISPATCHED", _("Dispatched")
    EN_ROUTE = "EN_ROUTE", _("En route")
    ON_SCENE = "ON_SCENE", _("On scene")
    CONTROLLED = "CONTROLLED", _("Under control")
    RESOLVED = "RESOLVED", _("Resolved")
    VERIFIED = "VERIFIED", _("Verified")
    CLOSED = "CLOSED", _("Closed")
    HELD = "HELD", _("On hold")
    RETURNED = "RETURNED", _("Returned")
    TRANSFERRED = "TRANSFERRED", _("Transferred")
    MERGED = "MERGED", _("Merged")
    CANCELLED = "CANCELLED", _("Cancelled")


FINISHED = (Status.CLOSED, Status.RETURNED, Status.MERGED, Status.CANCELLED)
BEFORE_CONTROL = (Status.NEW, Status.TRIAGE, Status.PENDING)


class ResponseLevel(models.TextChoices):
    """A decision of its own, never derived from severity."""

    NONE = "", _("None")
    IV = "IV", "IV"
    III = "III", "III"
    II = "II", "II"
    I = "I", "I"  # noqa: E741  (the level's own name)


class IncidentQuerySet(models.QuerySet["Incident"]):
    def open(self) -> "IncidentQuerySet":
        """Those somebody still has to deal with."""
        return self.exclude(status__in=FINISHED)

    def locked(self, incident_id: int) -> "Incident | None":
        """The incident, locked against other writers until the transaction ends. Lock it before any of its units."""
        return self.select_for_update(of=("self",), no_key=True).select_related("type").filter(pk=incident_id).first()


HISTORY_COLUMNS = [
    "status",
    "kind",
    "type",
    "severity",
    "response_level",
    "summary",
    "address",
    "point",
    "department",
    "region",
    "parent",
    "merged_into",
    "version",
]
HISTORY_REFERENCES = ("type", "department", "region", "parent", "merged_into")


@pghistory.track(
    pghistory.InsertEvent(),
    # Only a statement that names one of these columns asks whether one has changed: a milestone noted does not.
    pghistory.UpdateEvent(
        operation=update_of(HISTORY_COLUMNS, references=HISTORY_REFERENCES),
        condition=pgtrigger.AnyChange(*HISTORY_COLUMNS),
        trigger_name="update_update",
    ),
    fields=HISTORY_COLUMNS,
    model_name="IncidentHistory",
    obj_field=pghistory.ObjForeignKey(related_name="history", db_index=True),
)
class Incident(Scoped):
    """An incident. `point` is WGS-84 (SRID 4326), longitude first; times ending in `_at` are its milestones."""

    view_action = permissions.VIEW
    seen: "Seen | None" = None
    """How its reader sees it when it is a shared one; set by `incidents.seeing`, which has masked it."""

    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    type = models.ForeignKey(IncidentType, on_delete=models.PROTECT, related_name="+")
    severity = models.SmallIntegerField(choices=Severity.choices)
    response_level = models.CharField(max_length=3, choices=ResponseLevel.choices, blank=True, default=ResponseLevel.NONE)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.NEW)
    status_before = models.CharField(max_length=12, choices=Status.choices, blank=True)
    summary = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=200)
    point = models.PointField(srid=4326, null=True, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    disposition = models.ForeignKey(Disposition, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True, help_text=_("Why held, returned, transferred or cancelled."))
    review_on = models.DateField(null=True, blank=True)
    reopened_count = models.SmallIntegerField(default=0)
    external_id = models.CharField(max_length=80, blank=True)
    is_sample = models.BooleanField(default=False)
    is_shared = models.BooleanField(default=False, db_default=False, help_text=_("Whether others than its own departments are shown it now."))
    version = models.IntegerField(default=1)

    call_received_at = models.DateTimeField()
    call_answered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    located_at = models.DateTimeField(null=True, blank=True)
    classified_at = models.DateTimeField(null=True, blank=True)
    recommendation_shown_at = models.DateTimeField(null=True, blank=True)
    first_assigned_at = models.DateTimeField(null=True, blank=True)
    first_acknowledged_at = models.DateTimeField(null=True, blank=True)
    first_en_route_at = models.DateTimeField(null=True, blank=True)
    first_on_scene_at = models.DateTimeField(null=True, blank=True)
    controlled_at = models.DateTimeField(null=True, blank=True)
    last_cleared_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta(Scoped.Meta):
        ordering = ["-call_received_at", "-id"]
        constraints = [
            *Scoped.Meta.constraints,
            one_of("status", Status.values, name="incident_status_exists"),
            models.CheckConstraint(condition=Q(severity__gte=1, severity__lte=4), name="incident_severity_1_to_4"),
            models.CheckConstraint(condition=~Q(status="CLOSED") | Q(disposition__isnull=False), name="incident_closed_with_disposition"),
            models.CheckConstraint(condition=~Q(status="MERGED") | Q(merged_into__isnull=False), name="incident_merged_into_another"),
            models.CheckConstraint(condition=~Q(parent=F("id")) & ~Q(merged_into=F("id")), name="incident_not_its_own_parent"),
            models.UniqueConstraint(fields=["department", "external_id"], condition=~Q(external_id=""), name="incident_external_id_once"),
        ]
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(
                fields=["severity", "-call_received_at", "id"],
                condition=~Q(status__in=["CLOSED", "RETURNED", "MERGED", "CANCELLED"]),
                name="incident_open",
            ),
            models.Index(fields=["-call_received_at", "-id"], name="incident_received"),
        ]
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")

    def __str__(self) -> str:
        return self.number

    def is_finished(self) -> bool:
        """Nothing more is to be done about it."""
        return self.status in FINISHED

    def may_receive_units(self) -> bool:
        """Whether a unit may be sent to it now."""
        return self.status in (*BEFORE_CONTROL, Status.CONTROLLED)

    def move(self, status: str) -> None:
        """Take a status, remembering the one before (for resuming and for un-merging)."""
        self.status_before, self.status = self.status, status
        self.version += 1

    def changed_since(self, version: int) -> list[str]:
        """The names of the columns that differ from what they were at a version, from the history kept by trigger."""
        history = apps.get_model("incidents", "IncidentHistory")
        then = history._default_manager.filter(pgh_obj_id=self.pk, version=version).order_by("-pgh_id").first()
        names = [name for name in HISTORY_COLUMNS if name != "version"]
        return [
            name
            for name in names
            if then is None or getattr(then, f"{name}_id", getattr(then, name, None)) != getattr(self, f"{name}_id", getattr(self, name))
        ]

    def reach(self, milestone: str, at: datetime) -> None:
        """Note that a milestone was reached at a time; the first time counts, an earlier one corrects it."""
        column = f"{milestone}_at"
        known = getattr(self, column)
        if known is None or at < known:
            setattr(self, column, at)
