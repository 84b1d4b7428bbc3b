"""Rules that raise alarms, the alarms with their ISA-18.2 states, welfare checks of crews, and the pulse of the watch."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Scoped
from alerts import permissions
from incidents.models import Assignment, HelpCall, Incident, IncidentType
from incidents.models.reference import Severity
from kit.columns import one_of
from resources.models import Unit

LONGEST_SHELF = timedelta(hours=8)
GRAVEST_WAITS_SECONDS = 60  # level 1 goes up the chain after a minute, whatever its rule says


class Watch(models.TextChoices):
    """What a rule looks at; each has its clock in `alerts.clocks`."""

    NOT_TAKEN_ON = "NOT_TAKEN_ON", _("Incident reported, not taken on")
    NOT_ASSIGNED = "NOT_ASSIGNED", _("Incident without a unit")
    NOT_ARRIVED = "NOT_ARRIVED", _("Nobody on scene")
    NOT_VERIFIED = "NOT_VERIFIED", _("Resolved, not verified")
    REVIEW_DUE = "REVIEW_DUE", _("On hold past its review day")
    TASK_OVERDUE = "TASK_OVERDUE", _("Task past its time")
    NOT_ACKNOWLEDGED = "NOT_ACKNOWLEDGED", _("Crew has not acknowledged")
    NOT_EN_ROUTE = "NOT_EN_ROUTE", _("Crew has not set out")
    NOT_MOVING = "NOT_MOVING", _("Unit en route stands still")
    ON_SCENE_LONG = "ON_SCENE_LONG", _("Long on scene")
    WELFARE_DUE = "WELFARE_DUE", _("Welfare check of the crew is due")
    LOST_CONTACT = "LOST_CONTACT", _("Contact with an assigned unit lost")
    DISTRESS = "DISTRESS", _("Emergency call of a crew")
    NOBODY_ANSWERED = "NOBODY_ANSWERED", _("Nobody on duty answered a page")
    HELP_CALLED = "HELP_CALLED", _("Emergency call of somebody in the field")
    SUPPORT_ASKED = "SUPPORT_ASKED", _("Somebody in the field asks for support")
    GLASS_BROKEN = "GLASS_BROKEN", _("Somebody without a part in it broke the glass to see an incident")
    ORDER_OVERDUE = "ORDER_OVERDUE", _("Order past its time")


OWN_CLOCK = (Watch.NOT_ASSIGNED, Watch.NOT_ARRIVED)


class Source(models.TextChoices):
    """What stands for one line when alarms come in a flood."""

    INCIDENT = "INCIDENT", _("Incident")
    UNIT = "UNIT", _("Unit")
    RULE = "RULE", _("Rule")


class AlarmRule(models.Model):
    """When something counts as an alarm, how grave it is, and what the operator then does.

    An alarm that asks nothing of anybody is no alarm (ISA-18.2): a rule without a response cannot be kept.
    """

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    watch = models.CharField(max_length=20, choices=Watch.choices)
    seconds = models.PositiveIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(31 * 86_400)],
        help_text=_("After how many seconds it is an alarm. Empty: the clock of the incident's type."),
    )  # fmt: skip
    level = models.PositiveSmallIntegerField(choices=Severity.choices, default=Severity.MODERATE)
    response = models.CharField(max_length=200, help_text=_("What the operator does about it, as an order: one line."))
    response_en = models.CharField(max_length=200, blank=True)
    types = models.ManyToManyField(IncidentType, blank=True, related_name="+", help_text=_("Only for incidents of these types. None: for all."))
    worst_severity = models.PositiveSmallIntegerField(
        choices=Severity.choices, default=Severity.ORDINARY, help_text=_("Only for incidents of this level or a graver one.")
    )
    suppressed_by = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="suppresses",
        help_text=_("Kept back while one of these stands for the same unit or incident."),
    )
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.INCIDENT, help_text=_("In a flood, one line for each."))
    hold_seconds = models.PositiveSmallIntegerField(
        default=0, help_text=_("For how long it must be over before the alarm ends: keeps it from chattering.")
    )
    escalate_seconds = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(10)],
        help_text=_("Unacknowledged for so long, people on duty are paged. Empty: level 1 after 60 s, others never."),
    )
    is_active = models.BooleanField(default=True)
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ["level", "code"]
        constraints = [
            one_of("watch", Watch.values, name="alarm_rule_watch_exists"),
            models.CheckConstraint(condition=~Q(response=""), name="alarm_rule_names_a_response"),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=4) & Q(worst_severity__gte=1, worst_severity__lte=4), name="alarm_rule_levels"
            ),
            models.CheckConstraint(condition=Q(seconds__isnull=False) | Q(watch__in=["NOT_ASSIGNED", "NOT_ARRIVED"]), name="alarm_rule_has_a_clock"),
        ]
        verbose_name = _("alarm rule")
        verbose_name_plural = _("alarm rules")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.seconds is None and self.watch not in OWN_CLOCK:
            raise ValidationError({"seconds": _("Say after how many seconds: incident types have no clock for this.")})


class State(models.TextChoices):
    """ISA-18.2: unacknowledged, acknowledged, returned to normal unacknowledged, shelved by a person, suppressed by design; over."""

    UNACKED = "UNACKED", _("Unacknowledged")
    ACKED = "ACKED", pgettext_lazy("alarm", "Acknowledged")
    RETURNED = "RETURNED", _("Returned, unacknowledged")
    SHELVED = "SHELVED", _("Shelved")
    SUPPRESSED = "SUPPRESSED", _("Suppressed")
    ENDED = "ENDED", _("Over")


UNANSWERED = (State.UNACKED, State.RETURNED)
ANNUNCIATED = (State.UNACKED, State.RETURNED, State.ACKED)


class AlarmQuerySet(models.QuerySet["Alarm"]):
    def live(self) -> "AlarmQuerySet":
        """Those that are not over."""
        return self.filter(ended_at=None)

    def locked(self, alarm_ids: list[int]) -> list["Alarm"]:
        """Those of these that are not over, locked, always in the order of their ids."""
        rows = self.live().filter(pk__in=alarm_ids).order_by("pk").select_for_update(of=("self",), no_key=True)
        return list(rows.select_related("rule", "incident", "unit"))


class Alarm(Scoped):
    """One alarm from its raising to its end. While it lives, no other of the same rule says the same of the same subject.

    `since` is when its clock began, `due_at` when it ran out, `raised_at` when it was last announced. Each method takes a step of the
    state machine and gives the names of the changed columns; the verb saves.
    """

    view_action = permissions.VIEW
    told_of: str = ""  # what a page that nobody answered was about, as a reader may know it: written by selectors

    rule = models.ForeignKey(AlarmRule, on_delete=models.PROTECT, related_name="alarms")
    subject = models.CharField(max_length=40)
    incident = models.ForeignKey(Incident, null=True, blank=True, on_delete=models.PROTECT, related_name="alarms")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="alarms")
    help_call = models.ForeignKey(HelpCall, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=80, blank=True, help_text=_("What it is about, where it is about neither a unit nor an incident alone."))
    level = models.PositiveSmallIntegerField(choices=Severity.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UNACKED)
    times = models.PositiveIntegerField(default=1)
    since = models.DateTimeField()
    due_at = models.DateTimeField()
    raised_at = models.DateTimeField()
    is_standing = models.BooleanField(default=True)
    quiet_since = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.CharField(max_length=80, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    shelved_at = models.DateTimeField(null=True, blank=True)
    shelved_until = models.DateTimeField(null=True, blank=True)
    shelved_by = models.CharField(max_length=80, blank=True)
    shelve_reason = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AlarmQuerySet.as_manager()
    STATE_COLUMNS: ClassVar[list[str]] = [
        "state", "times", "raised_at", "is_standing", "quiet_since", "acknowledged_at", "acknowledged_by", "escalated_at",
        "shelved_at", "shelved_until", "shelved_by", "shelve_reason", "ended_at",
    ]  # fmt: skip

    class Meta(Scoped.Meta):
        ordering = ["-raised_at", "-id"]
        constraints = [
            *Scoped.Meta.constraints,
            one_of("state", State.values, name="alarm_state_exists"),
            models.UniqueConstraint(fields=["rule", "subject"], condition=Q(ended_at=None), name="alarm_once_while_it_lives"),
            models.CheckConstraint(
                condition=Q(state="ENDED", ended_at__isnull=False) | (~Q(state="ENDED") & Q(ended_at=None)), name="alarm_ends_when_over"
            ),
            models.CheckConstraint(
                condition=~Q(state="SHELVED") | (Q(shelved_until__lte=F("shelved_at") + timedelta(hours=8)) & ~Q(shelve_reason="")),
                name="alarm_shelved_with_reason_and_limit",
            ),
        ]
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["raised_at"], name="alarm_raised"),
            models.Index(fields=["id"], condition=Q(ended_at=None), name="alarm_live"),
        ]
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")

    def __str__(self) -> str:
        return f"{self.rule_id} {self.subject}"

    def is_unanswered(self) -> bool:
        return self.state in UNANSWERED

    def announce(self, at: datetime) -> None:
        """It stands, and somebody must answer: from suppression, from the shelf, or again after it had returned."""
        if self.state == State.RETURNED:
            self.times += 1
        self.state, self.is_standing, self.raised_at = State.UNACKED, True, at
        self.quiet_since = self.escalated_at = self.shelved_at = self.shelved_until = None
        self.acknowledged_at, self.acknowledged_by = None, ""

    def suppress(self) -> None:
        """Another alarm says the same of the same thing."""
        self.state = State.SUPPRESSED

    def fall(self, at: datetime) -> None:
        """What it was about is over: unanswered it waits for an answer, shelved it stays on the shelf, else it ends."""
        self.is_standing, self.quiet_since = False, None
        if self.state == State.UNACKED:
            self.state = State.RETURNED
        elif self.state in (State.ACKED, State.SUPPRESSED):
            self.end(at)

    def end(self, at: datetime) -> None:
        self.state, self.ended_at = State.ENDED, at

    def acknowledge(self, by: str, at: datetime) -> None:
        """Somebody answers. One whose cause is gone already is over with it."""
        self.acknowledged_at, self.acknowledged_by = at, by
        if self.state == State.RETURNED:
            self.end(at)
        else:
            self.state = State.ACKED

    def shelve(self, by: str, reason: str, at: datetime, until: datetime) -> None:
        self.state, self.shelved_at, self.shelved_until, self.shelved_by, self.shelve_reason = State.SHELVED, at, until, by, reason

    def is_to_escalate(self, now: datetime) -> bool:
        """Whether it was announced so long ago that somebody above must know."""
        wait = self.rule.escalate_seconds
        if wait is None and self.level == Severity.EXCEPTIONAL:
            wait = GRAVEST_WAITS_SECONDS
        return self.state == State.UNACKED and wait is not None and self.escalated_at is None and now >= self.raised_at + timedelta(seconds=wait)


class WelfareCheck(models.Model):
    """That a crew on scene was well at a time (PAR): asked by radio, or told by the crew."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="welfare_checks")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    by_key = models.CharField(max_length=80)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["assignment", "-at"], name="welfare_last")]
        verbose_name = _("welfare check")
        verbose_name_plural = _("welfare checks")

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.at:%H:%M:%S}"


class Pulse(models.Model):
    """That the watch lives: one row, written at every look. `is_cut` when there was more to look at than it may."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    at = models.DateTimeField()
    took_ms = models.FloatField()
    looked_at = models.PositiveIntegerField()
    is_cut = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_pulse")]

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S}"
