"""The clocks that times are held against: defaults of the domain, editable."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Clock(models.Model):
    """How long a span may take. A clock of a call group goes before the one of all groups (""); a type's own clocks go before both."""

    class Span(models.TextChoices):
        PROCESS = "process", _("Processing")
        TURNOUT = "turnout", _("Turnout")
        TRAVEL = "travel", _("Travel")
        ON_SCENE = "on_scene", _("On scene")
        TOTAL = "total", _("Call to arrival")

    span = models.CharField(max_length=10, choices=Span.choices)
    group = models.CharField(max_length=40, blank=True, help_text=_("A call group as incident types name it; empty for all groups."))
    seconds = models.PositiveIntegerField()
    percent = models.PositiveSmallIntegerField(default=90, help_text=_("How many of a hundred should be in time."))
    source = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["span", "group"]
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        constraints = [
            models.UniqueConstraint(fields=["span", "group"], name="clock_once"),
            models.CheckConstraint(condition=Q(span__in=["process", "turnout", "travel", "on_scene", "total"]), name="clock_span_exists"),
            models.CheckConstraint(condition=Q(percent__gte=1, percent__lte=100) & Q(seconds__gte=1), name="clock_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.span} {self.group or '*'} {self.seconds} s"
