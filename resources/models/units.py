"""Stations and units: what can be sent, from where, in what state."""

from datetime import datetime

import pghistory
import pgtrigger
from django.apps import apps
from django.contrib.gis.db import models
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _

from access.models import Scoped
from kit.columns import one_of, update_of
from resources import permissions


class Capability(models.Model):
    """Something a unit can do: pump water, carry a patient, cut a gas main."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("capability")
        verbose_name_plural = _("capabilities")

    def __str__(self) -> str:
        return self.name


class UnitType(models.Model):
    """A kind of unit, with what every unit of the kind can do."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    capabilities = models.ManyToManyField(Capability, blank=True, related_name="+")
    speed_kmh = models.PositiveSmallIntegerField(default=40, help_text=_("Typical speed on an emergency run, for estimates."))

    class Meta:
        ordering = ["code"]
        verbose_name = _("unit type")
        verbose_name_plural = _("unit types")

    def __str__(self) -> str:
        return self.name


class Station(Scoped):
    """A place where units live. `point` is WGS-84 (SRID 4326), longitude first."""

    view_action = permissions.VIEW

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    point = models.PointField(srid=4326)
    is_active = models.BooleanField(default=True)

    class Meta(Scoped.Meta):
        ordering = ["code"]
        verbose_name = _("station")
        verbose_name_plural = _("stations")

    def __str__(self) -> str:
        return self.name


class LocalStatus(models.Model):
    """What a department calls a state, mapped to availability and activity; `key` is the crew's FMS key, if any."""

    department = models.ForeignKey("access.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    availability = models.CharField(max_length=14, choices=[("AVAILABLE", ""), ("CONDITIONAL", ""), ("NOT_AVAILABLE", "")])
    activity = models.CharField(max_length=16)
    key = models.CharField(max_length=1, blank=True)

    class Meta:
        ordering = ["department_id", "code"]
        constraints = [models.UniqueConstraint(fields=["department", "code"], name="local_status_once", nulls_distinct=False)]
        verbose_name = _("local status")
        verbose_name_plural = _("local statuses")

    def __str__(self) -> str:
        return self.name


class UnitQuerySet(models.QuerySet["Unit"]):
    def locked(self, unit_id: int) -> "Unit | None":
        """The unit, locked against other writers until the transaction ends."""
        return self.select_for_update(of=("self",), no_key=True).filter(pk=unit_id).first()

    def in_service(self) -> "UnitQuerySet":
        """Units the city still has."""
        return self.filter(is_active=True)


HISTORY_COLUMNS = ["availability", "activity", "status_label", "station", "department", "region", "is_active", "version"]
HISTORY_REFERENCES = ("status_label", "station", "department", "region")


@pghistory.track(
    pghistory.InsertEvent(),
    # Rows are compared as wholes: PostgreSQL reads the condition again for every statement, and a short one is read quickly.
    pghistory.UpdateEvent(
        operation=update_of(HISTORY_COLUMNS, references=HISTORY_REFERENCES),
        condition=pgtrigger.Condition("OLD.* IS DISTINCT FROM NEW.*"),
        trigger_name="update_update",
    ),
    fields=HISTORY_COLUMNS,
    model_name="UnitHistory",
)
class Unit(Scoped):
    """A unit (fire engine, ambulance, repair crew): availability says whether it can be sent, activity what it does."""

    view_action = permissions.VIEW

    class Availability(models.TextChoices):
        AVAILABLE = "AVAILABLE", _("Available")
        CONDITIONAL = "CONDITIONAL", _("Conditionally available")
        NOT_AVAILABLE = "NOT_AVAILABLE", _("Not available")

    class Activity(models.TextChoices):
        """Secondary unit status, after the EIDO registry of NENA-STA-021.1b."""

        ON_RADIO = "ON_RADIO", _("Available by radio")
        AT_STATION = "AT_STATION", _("At station")
        ASSIGNED = "ASSIGNED", _("Assigned")
        EN_ROUTE = "EN_ROUTE", _("En route")
        STAGED = "STAGED", _("Staging")
        ON_SCENE = "ON_SCENE", _("On scene")
        TRANSPORTING = "TRANSPORTING", _("Transporting")
        AT_DESTINATION = "AT_DESTINATION", _("At destination")
        RETURNING = "RETURNING", _("Returning")
        MEAL = "MEAL", _("Meal")
        TRAINING = "TRAINING", _("Training")
        OUT_OF_SERVICE = "OUT_OF_SERVICE", _("Out of service")
        OFF_DUTY = "OFF_DUTY", _("Off duty")

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80, blank=True)
    type = models.ForeignKey(UnitType, on_delete=models.PROTECT, related_name="units")
    capabilities = models.ManyToManyField(Capability, blank=True, related_name="+")
    station = models.ForeignKey(Station, null=True, blank=True, on_delete=models.PROTECT, related_name="units")
    crew_size = models.SmallIntegerField(default=0, validators=[MinValueValidator(0)])
    availability = models.CharField(max_length=14, choices=Availability.choices, default=Availability.AVAILABLE)
    activity = models.CharField(max_length=16, choices=Activity.choices, default=Activity.AT_STATION)
    status_label = models.ForeignKey(LocalStatus, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    status_at = models.DateTimeField()
    wants_to_speak_at = models.DateTimeField(null=True, blank=True)
    distress_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    version = models.IntegerField(default=1)

    objects = UnitQuerySet.as_manager()

    class Meta(Scoped.Meta):
        ordering = ["code"]
        constraints = [
            *Scoped.Meta.constraints,
            one_of("availability", ["AVAILABLE", "CONDITIONAL", "NOT_AVAILABLE"], name="unit_availability_exists"),
        ]
        verbose_name = _("unit")
        verbose_name_plural = _("units")

    def __str__(self) -> str:
        return self.code

    def is_available(self) -> bool:
        """Whether it may be sent as its next job now."""
        return self.is_active and self.availability != self.Availability.NOT_AVAILABLE

    def changed_since(self, version: int) -> list[str]:
        """The names of the columns that differ from what they were at a version, from the history kept by trigger."""
        history = apps.get_model("resources", "UnitHistory")._default_manager
        then = history.filter(pgh_obj=self.pk, version=version).order_by("-pgh_id").first()
        names = [field.attname for field in self._meta.concrete_fields if field.name in HISTORY_COLUMNS and field.name != "version"]
        return [name.removesuffix("_id") for name in names if then is None or getattr(then, name) != getattr(self, name)]

    def set_state(self, availability: str, activity: str, label_id: int | None, *, at: datetime) -> list[str]:
        """Take a state and return the names of the changed columns; the verb saves."""
        self.availability, self.activity, self.status_label_id, self.status_at = availability, activity, label_id, at
        self.version += 1
        return ["availability", "activity", "status_label", "status_at", "version"]
