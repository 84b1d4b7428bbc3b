"""A call at a desk while it is taken: what has been heard so far, so that no keystroke depends on a browser tab."""

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models.incidents import Incident
from incidents.models.reports import Report


class DiscardReason(models.TextChoices):
    """Why a call became no report."""

    SILENT = "SILENT", _("Silent call")
    WRONG = "WRONG", _("Wrong number")
    NUISANCE = "NUISANCE", _("Nuisance call")
    ADVICE = "ADVICE", _("Only asked for advice")
    TEST = "TEST", _("Test call")
    EMPTY = "EMPTY", _("Nothing was heard")


class DeskCall(models.Model):
    """One call a person takes; several may be parked, each with its own clock and address.

    `heard` is the form as far as it was filled in, and is emptied when the call ends: what was said stands in the report then.
    `confided` is what was told in confidence at an earlier desk and may not be read at this one: it is not shown, and joins the report.
    `revision` counts what was saved; a save that builds on another one is refused, so two windows never overwrite each other.
    `written` is what this call last wrote on its incident: a field that another desk has changed since is left alone.
    """

    class State(models.TextChoices):
        TAKING = "TAKING", _("Being taken")
        PARKED = "PARKED", _("Parked")
        FINISHED = "FINISHED", _("Finished")
        ADDED = "ADDED", _("Added to an incident")
        DISCARDED = "DISCARDED", _("Discarded")

    ENDED = (State.FINISHED, State.ADDED, State.DISCARDED)

    key = models.UUIDField(unique=True)
    taker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.TAKING)
    heard = models.JSONField(default=dict, blank=True)
    confided = models.JSONField(default=dict, blank=True, db_default={})
    revision = models.PositiveIntegerField(default=0)
    began_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    parked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    incident = models.ForeignKey(Incident, null=True, blank=True, on_delete=models.PROTECT, related_name="calls")
    report = models.ForeignKey(Report, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    written = models.JSONField(default=dict, blank=True)
    written_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["began_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["TAKING", "PARKED", "FINISHED", "ADDED", "DISCARDED"]), name="desk_call_state_exists"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, state__in=["TAKING", "PARKED"])
                | Q(ended_at__isnull=False, state__in=["FINISHED", "ADDED", "DISCARDED"]),
                name="desk_call_ended_once",
            ),
        ]
        indexes = [
            models.Index(fields=["taker", "began_at"], condition=Q(ended_at=None), name="desk_call_open"),
            models.Index(fields=["incident"], condition=Q(ended_at=None), name="desk_call_of_incident"),
        ]
        verbose_name = _("call at a desk")
        verbose_name_plural = _("calls at desks")

    def __str__(self) -> str:
        return f"{self.began_at:%H:%M:%S}"

    def is_ended(self) -> bool:
        """Nothing more is heard on it."""
        return self.ended_at is not None


class DeskWish(models.Model):
    """How a person wants the form for calls: the caller's words before type and place, or after them."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+")
    words_first = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("wish about the form for calls")
        verbose_name_plural = _("wishes about the form for calls")

    def __str__(self) -> str:
        return str(self.user)


class WeakPin(models.Model):
    """An incident whose place is not sure enough to drive to: it waits until a person has looked at it."""

    class Why(models.TextChoices):
        NO_POINT = "NO_POINT", _("No point")
        UNSURE = "UNSURE", _("The gazetteer is not sure")
        FAR = "FAR", _("The point lies far from the caller's words")
        OUTSIDE = "OUTSIDE", _("The point lies outside the city")

    class Outcome(models.TextChoices):
        MOVED = "MOVED", _("Moved")
        CONFIRMED = "CONFIRMED", _("Confirmed")
        UNKNOWN = "UNKNOWN", _("Cannot be found")

    incident = models.OneToOneField(Incident, primary_key=True, on_delete=models.CASCADE, related_name="weak_pin")
    why = models.CharField(max_length=10, choices=Why.choices)
    confidence = models.FloatField(null=True, blank=True)
    answers = models.JSONField(default=list, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    since = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)

    class Meta:
        ordering = ["since", "incident_id"]
        constraints = [
            models.CheckConstraint(condition=Q(settled_at=None, outcome="") | (Q(settled_at__isnull=False) & ~Q(outcome="")), name="pin_settled_how")
        ]
        indexes = [models.Index(fields=["since"], condition=Q(settled_at=None), name="pin_waiting")]
        verbose_name = _("weak pin")
        verbose_name_plural = _("weak pins")

    def __str__(self) -> str:
        return str(self.incident)
