"""Types and dispositions of incidents: reference data, edited by administrators."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """Daily service and emergency are one table."""

    SERVICE = "SERVICE", _("Service request")
    EMERGENCY = "EMERGENCY", _("Emergency")
    MAJOR = "MAJOR", _("Major incident")


class Severity(models.IntegerChoices):
    """Level of an incident, 1 the highest; colours by the Emergency Response Law: red, orange, yellow, blue."""

    EXCEPTIONAL = 1, _("Exceptionally serious")
    SERIOUS = 2, _("Serious")
    MODERATE = 3, _("Moderate")
    ORDINARY = 4, _("Ordinary")


class IncidentType(models.Model):
    """A type of incident, with what it usually is and needs."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    group = models.CharField(max_length=40, blank=True, help_text=_("Call group for statistics."))
    kind = models.CharField(max_length=10, choices=Kind.choices)
    severity = models.PositiveSmallIntegerField(choices=Severity.choices, default=Severity.ORDINARY)
    department = models.ForeignKey("access.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    capabilities = models.ManyToManyField(
        "resources.Capability", blank=True, related_name="+", help_text=_("What the first unit must be able to do.")
    )
    dispatch_seconds = models.PositiveIntegerField(null=True, blank=True, help_text=_("Clock from the call to the first unit sent."))
    arrival_seconds = models.PositiveIntegerField(null=True, blank=True, help_text=_("Clock from the call to the first unit on scene."))
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("incident type")
        verbose_name_plural = _("incident types")

    def __str__(self) -> str:
        return self.name


class Disposition(models.Model):
    """How an incident ended; mandatory on closing."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("disposition")
        verbose_name_plural = _("dispositions")

    def __str__(self) -> str:
        return self.name


class DayNumber(models.Model):
    """The last incident number given out on a day of the city."""

    day = models.DateField(primary_key=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.day:%Y%m%d}-{self.last:04d}"
