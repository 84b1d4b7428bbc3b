"""Calls for help from the field: somebody's life is in danger, or more hands are needed."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.models import Scoped
from incidents import permissions
from incidents.models.incidents import Incident
from kit.columns import one_of
from resources.models import Unit


class HelpCallQuerySet(models.QuerySet["HelpCall"]):
    def open(self) -> "HelpCallQuerySet":
        """Those that nobody has dealt with."""
        return self.filter(ended_at=None)


class HelpCall(Scoped):
    """What somebody in the field called for, where and when, until the room has dealt with it.

    `called_at` is when it was pressed, `recorded_at` when the city heard it: a tablet without a link keeps it until it has one.
    """

    class Kind(models.TextChoices):
        EMERGENCY = "EMERGENCY", _("Emergency call")
        SUPPORT = "SUPPORT", _("Asks for support")

    view_action: ClassVar[str] = permissions.VIEW

    kind = models.CharField(max_length=10, choices=Kind.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    caller = models.CharField(max_length=80)
    phone = models.CharField(max_length=40, blank=True)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, null=True, blank=True, on_delete=models.PROTECT, related_name="help_calls")
    words = models.CharField(max_length=300, blank=True)
    point = models.PointField(srid=4326, null=True, blank=True)
    told = models.JSONField(default=dict)
    called_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)

    objects = HelpCallQuerySet.as_manager()

    class Meta(Scoped.Meta):
        ordering = ["called_at", "id"]
        constraints = [
            *Scoped.Meta.constraints,
            one_of("kind", ["EMERGENCY", "SUPPORT"], name="help_call_kind_exists"),
            models.UniqueConstraint(fields=["person", "kind", "incident"], condition=Q(ended_at=None), name="help_called_once", nulls_distinct=False),
        ]
        verbose_name = _("call for help")
        verbose_name_plural = _("calls for help")

    def __str__(self) -> str:
        return f"{self.caller} {self.called_at:%H:%M:%S}"

    @property
    def accuracy(self) -> float | None:
        """Of the point, in metres."""
        found: float | None = self.told.get("accuracy")
        return found

    @property
    def late_seconds(self) -> float:
        """How long after it was pressed the city heard it."""
        return (self.recorded_at - self.called_at).total_seconds()

    def end(self, who: str, at: datetime) -> None:
        self.ended_at, self.ended_by = at, who[:80]
