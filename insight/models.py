"""The clocks that times are held against (defaults of the domain, editable), and the reports of watches, kept as written."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.models import Scoped
from insight import permissions


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


class WatchReport(Scoped):
    """A hand-over as it was written: what stood and happened (`content`), the words of the leaving person, and who signed for it.

    `digest` is of content and words, so that what was signed can be told from what is shown. A report that was written anew is withdrawn.
    """

    view_action = permissions.VIEW_REPORTS

    post = models.ForeignKey("resources.Post", on_delete=models.PROTECT, related_name="+")
    duty = models.ForeignKey("resources.Duty", on_delete=models.PROTECT, related_name="+")
    written_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    written_at = models.DateTimeField()
    content = models.JSONField()
    words = models.TextField(max_length=4000, blank=True)
    digest = models.CharField(max_length=64)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey("access.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta(Scoped.Meta):
        ordering = ["-written_at", "-id"]
        verbose_name = _("watch report")
        verbose_name_plural = _("watch reports")
        constraints = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["duty"], condition=Q(withdrawn_at=None), name="watch_report_once_for_a_duty"),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None) | Q(signed_at__isnull=False, signed_by__isnull=False, withdrawn_at=None),
                name="watch_report_signed_by_somebody",
            ),
            models.CheckConstraint(condition=Q(signed_by=None) | ~Q(signed_by=models.F("written_by")), name="watch_report_signed_by_another"),
        ]
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["-written_at", "-id"], name="watch_report_newest")]

    def __str__(self) -> str:
        return f"{self.post_id} {self.written_at:%Y-%m-%d %H:%M}"
