"""Routine and emergency: the state of the city, or of one region and all below it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models.incidents import Incident
from incidents.models.plans import LEVELS


class CityMode(models.Model):
    """A time of emergency: since when, where (`region` None: the whole city), at which level, why, and until when. Routine is no row."""

    region = models.ForeignKey("access.Region", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=3, choices=[(level.value, level.label) for level in LEVELS])
    reason = models.CharField(max_length=300)
    incident = models.ForeignKey(Incident, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    began_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["began_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["region"], condition=Q(ended_at=None), name="mode_in_force_once", nulls_distinct=False),
            models.CheckConstraint(condition=Q(level__in=[level.value for level in LEVELS]), name="mode_level_exists"),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(ended_at__gte=models.F("began_at")), name="mode_ends_after_it_began"),
        ]
        verbose_name = _("time of emergency")
        verbose_name_plural = _("times of emergency")

    def __str__(self) -> str:
        return f"{self.region_id or '*'} {self.level}"
