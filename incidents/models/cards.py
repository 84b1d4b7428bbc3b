"""Run cards: for a type of incident and an alarm, what has to go, in order; the greater alarms that were struck; how units are weighed."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models.incidents import Incident
from incidents.models.reference import IncidentType, Severity
from resources.models import Capability

GREATEST_ALARM = 5
MOST_OF_A_KIND = 20


class RunCard(models.Model):
    """One version of what an alarm for a type of incident adds. Rows are never changed: saving makes the next version.

    `from_severity` makes incidents of that level or graver begin with this alarm.
    """

    type = models.ForeignKey(IncidentType, on_delete=models.PROTECT, related_name="run_cards")
    alarm = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(GREATEST_ALARM)])
    version = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True)
    from_severity = models.PositiveSmallIntegerField(choices=Severity.choices, null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["type__code", "alarm", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["type", "alarm"], condition=Q(is_current=True), name="run_card_current_once"),
            models.UniqueConstraint(fields=["type", "alarm", "version"], name="run_card_version_once"),
            models.CheckConstraint(condition=Q(alarm__range=(1, GREATEST_ALARM)), name="run_card_alarm_range"),
        ]
        verbose_name = _("run card")
        verbose_name_plural = _("run cards")

    def __str__(self) -> str:
        return f"{self.type} · {self.alarm} · v{self.version}"


class RunCardLine(models.Model):
    """How many units with a capability a card wants. `is_own`: who serves this line serves no other."""

    card = models.ForeignKey(RunCard, on_delete=models.CASCADE, related_name="lines")
    order = models.PositiveSmallIntegerField()
    capability = models.ForeignKey(Capability, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_OF_A_KIND)])
    is_own = models.BooleanField(default=False)

    class Meta:
        ordering = ["card_id", "order"]
        constraints = [
            models.UniqueConstraint(fields=["card", "order"], name="run_card_line_order_once"),
            models.CheckConstraint(condition=Q(count__range=(1, MOST_OF_A_KIND)), name="run_card_line_count_range"),
        ]
        verbose_name = _("line of a run card")
        verbose_name_plural = _("lines of run cards")

    def __str__(self) -> str:
        return f"{self.count} × {self.capability}"


class GreaterAlarm(models.Model):
    """That an incident was raised to an alarm by a person; taken back within moments, it is kept and no longer counts."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="greater_alarms")
    alarm = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=300, blank=True)
    struck_at = models.DateTimeField()
    struck_by = models.CharField(max_length=80)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["struck_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "alarm"], condition=Q(withdrawn_at=None), name="greater_alarm_once"),
            models.CheckConstraint(condition=Q(alarm__range=(2, GREATEST_ALARM)), name="greater_alarm_range"),
        ]
        verbose_name = _("greater alarm")
        verbose_name_plural = _("greater alarms")

    def __str__(self) -> str:
        return f"{self.incident_id} {self.alarm}"


class Weighing(models.Model):
    """How a recommendation weighs units against each other, in seconds added to the time of arrival. One row."""

    turnout_seconds = models.PositiveSmallIntegerField(
        default=80, help_text=_("Until a crew at its station moves. NFPA 1710: 60 s medical, 80 s fire.")
    )
    conditional_seconds = models.PositiveSmallIntegerField(default=600, help_text=_("Added for a unit that is only conditionally available."))
    lost_seconds = models.PositiveSmallIntegerField(default=900, help_text=_("Added for a unit that is not heard."))
    rest_window_hours = models.PositiveSmallIntegerField(
        default=6, validators=[MinValueValidator(1), MaxValueValidator(24)], help_text=_("How far back a crew's work is counted.")
    )
    rest_after_minutes = models.PositiveSmallIntegerField(default=180, help_text=_("A crew that worked longer than this in the window is tired."))
    rest_seconds = models.PositiveSmallIntegerField(default=300, help_text=_("Added for a tired crew."))
    cover_target_seconds = models.PositiveSmallIntegerField(
        default=480, help_text=_("The next unit that can do the same should reach the station within this.")
    )
    cover_percent = models.PositiveSmallIntegerField(default=50, help_text=_("How much of the time beyond that is added, 600 s at most."))
    weighs_from_severity = models.PositiveSmallIntegerField(
        choices=Severity.choices,
        default=Severity.MODERATE,
        help_text=_("In graver incidents rest and cover are told and not weighed: the soonest goes."),
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("weighing of units")
        verbose_name_plural = _("weighing of units")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
