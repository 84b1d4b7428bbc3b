"""Plans: what has to be done at a response level for a type of incident, and that a plan was set in motion."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models.incidents import Incident, ResponseLevel
from incidents.models.reference import IncidentType

LEVELS = tuple(level for level in ResponseLevel if level != ResponseLevel.NONE)
MOST_MINUTES = 10_080


class Plan(models.Model):
    """One version of a plan. Rows are never changed: saving makes the next version. `type` None: for every type that has none of its own."""

    type = models.ForeignKey(IncidentType, null=True, blank=True, on_delete=models.PROTECT, related_name="plans")
    level = models.CharField(max_length=3, choices=[(level.value, level.label) for level in LEVELS])
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    version = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True)
    note = models.CharField(max_length=200, blank=True)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["type__code", "level", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["type", "level"], condition=Q(is_current=True), name="plan_current_once", nulls_distinct=False),
            models.UniqueConstraint(fields=["type", "level", "version"], name="plan_version_once", nulls_distinct=False),
            models.CheckConstraint(condition=Q(level__in=[level.value for level in LEVELS]), name="plan_level_exists"),
        ]
        verbose_name = _("plan")
        verbose_name_plural = _("plans")

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class PlanItem(models.Model):
    """A task of a plan. `department` None: the department responsible for the incident. `due_minutes` count from the activation."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    department = models.ForeignKey("access.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_minutes = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)])
    needs_evidence = models.BooleanField(default=False)

    class Meta:
        ordering = ["plan_id", "order"]
        constraints = [models.UniqueConstraint(fields=["plan", "order"], name="plan_item_order_once")]
        verbose_name = _("item of a plan")
        verbose_name_plural = _("items of plans")

    def __str__(self) -> str:
        return self.title


class PlanActivation(models.Model):
    """That a plan was set in motion for an incident, by whom and why; taken back or stood down, it is kept."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="activations")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    level_before = models.CharField(max_length=3, choices=ResponseLevel.choices, blank=True)
    activated_at = models.DateTimeField()
    activated_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["activated_at", "id"]
        constraints = [models.UniqueConstraint(fields=["incident", "plan"], condition=Q(ended_at=None), name="plan_runs_once")]
        verbose_name = _("activation of a plan")
        verbose_name_plural = _("activations of plans")

    def __str__(self) -> str:
        return f"{self.incident_id} {self.plan_id}"
