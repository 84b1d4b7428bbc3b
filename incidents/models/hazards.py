"""What whoever goes to an address must know before: a small table of places with a warning."""

from django.contrib.gis.db import models
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

FARTHEST = 2000


class HazardKind(models.TextChoices):
    DANGEROUS_GOODS = "DANGEROUS_GOODS", _("Dangerous goods")
    STRUCTURE = "STRUCTURE", _("Unsafe structure")
    ELECTRICITY = "ELECTRICITY", _("Electricity")
    GAS = "GAS", _("Gas")
    WATER = "WATER", _("Water")
    ACCESS = "ACCESS", _("Access")
    PEOPLE = "PEOPLE", _("People who need help")
    THREAT = "THREAT", _("Threat to crews")
    OTHER = "OTHER", _("Other")


class Hazard(models.Model):
    """A place with a warning. It is told to calls and incidents within `radius_m` metres of the point (WGS-84)."""

    code = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=20, choices=HazardKind.choices, default=HazardKind.OTHER)
    name = models.CharField(max_length=120)
    warning = models.CharField(max_length=500)
    warning_en = models.CharField(max_length=500, blank=True)
    point = models.PointField(srid=4326)
    radius_m = models.PositiveIntegerField(default=100, validators=[MinValueValidator(10), MaxValueValidator(FARTHEST)])
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(radius_m__range=(10, FARTHEST)), name="hazard_radius_range"),
            models.CheckConstraint(condition=~Q(warning=""), name="hazard_has_warning"),
            models.CheckConstraint(condition=Q(kind__in=HazardKind.values), name="hazard_kind_exists"),
        ]
        verbose_name = _("hazard")
        verbose_name_plural = _("hazards")

    def __str__(self) -> str:
        return self.name
