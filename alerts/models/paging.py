"""Escalation chains, their runs, and the pages that go to people on duty."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.models import Department, Scoped, User
from alerts import permissions
from alerts.models.alarms import Alarm, AlarmRule
from incidents.models.reference import Severity
from kit.columns import one_of
from resources.models import Post, PostCall

LAST_STEP = 1_000  # the duty supervisor, when nobody of the chain is left


class Chain(models.Model):
    """Who is paged, one after the other, when an alarm is not answered. The narrowest chain that fits an alarm is taken."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    worst_level = models.PositiveSmallIntegerField(
        choices=Severity.choices, default=Severity.EXCEPTIONAL, help_text=_("For alarms of this level and graver ones.")
    )
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Only for alarms of this department. None: for all."),
    )
    rules = models.ManyToManyField(AlarmRule, blank=True, related_name="chains", help_text=_("Only for alarms of these rules. None: for all."))
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=Q(worst_level__gte=1, worst_level__lte=4), name="chain_level")]
        verbose_name = _("escalation chain")
        verbose_name_plural = _("escalation chains")

    def __str__(self) -> str:
        return self.name


class ChainStep(models.Model):
    """One step: those on duty at a post, one person while on duty, or the post above the step before; then how long to wait for an answer."""

    class Kind(models.TextChoices):
        POST = "POST", _("Those on duty at a post")
        PERSON = "PERSON", _("A person, while on duty")
        SUPERIOR = "SUPERIOR", _("The superior post of the step before")

    chain = models.ForeignKey(Chain, on_delete=models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField(validators=[MaxValueValidator(LAST_STEP - 1)])
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.POST)
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    seconds = models.PositiveSmallIntegerField(default=60, validators=[MinValueValidator(5), MaxValueValidator(3600)])

    class Meta:
        ordering = ["chain_id", "order"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "order"], name="chain_step_once"),
            one_of("kind", ["POST", "PERSON", "SUPERIOR"], name="chain_step_kind_exists"),
            models.CheckConstraint(
                condition=(Q(kind="POST", post__isnull=False, person=None) | Q(kind="PERSON", person__isnull=False, post=None))
                | Q(kind="SUPERIOR", post=None, person=None),
                name="chain_step_has_its_goal",
            ),
            models.CheckConstraint(condition=Q(seconds__gte=5, seconds__lte=3600, order__lt=LAST_STEP), name="chain_step_in_range"),
        ]
        verbose_name = _("step of a chain")
        verbose_name_plural = _("steps of chains")

    def __str__(self) -> str:
        return f"{self.chain} {self.order}"

    def clean(self) -> None:
        wanted = {self.Kind.POST: "post", self.Kind.PERSON: "person"}.get(self.Kind(self.kind)) if self.kind else None
        for name in ("post", "person"):
            if (getattr(self, f"{name}_id") is not None) != (name == wanted):
                raise ValidationError({name: _("Name the post for a post, the person for a person, neither for the superior post.")})


class EscalationQuerySet(models.QuerySet["Escalation"]):
    def open(self) -> "EscalationQuerySet":
        """Those that nobody has answered and that still matter."""
        return self.filter(ended_at=None)

    def together_with(self, runs: Iterable["Escalation"]) -> "EscalationQuerySet":
        """Those that nobody answered and that are one matter with one of these: posts of a region that the same emergency called."""
        matters = {run.matter for run in runs if run.matter is not None}
        rows = self.open().filter(state=Escalation.State.EXHAUSTED)
        return rows.filter(reduce(or_, (Q(called__cause=cause, region=region) for cause, region in matters), Q(pk__in=[])))

    def locked(self, escalation_ids: list[int]) -> list["Escalation"]:
        """Those of these that are open, locked in the order of their ids."""
        rows = self.open().filter(pk__in=escalation_ids).order_by("pk").select_for_update(of=("self",), no_key=True)
        return list(rows.select_related("alarm", "alarm__rule", "chain", "post", "called"))


class Escalation(Scoped):
    """One run of a chain for an alarm as it was raised at a time, or a call to a post by a person (`words`, no alarm), or (`called`) by an emergency.

    `step` is the place in the chain of those who were paged last; `next_at` is when the next are. Whoever answers first ends it.
    """

    view_action = permissions.VIEW

    class State(models.TextChoices):
        RUNNING = "RUNNING", _("Under way")
        EXHAUSTED = "EXHAUSTED", _("Nobody answered")
        ANSWERED = "ANSWERED", _("Answered")
        OVER = "OVER", _("No longer needed")

    alarm = models.ForeignKey(Alarm, null=True, blank=True, on_delete=models.PROTECT, related_name="escalations")
    raised_at = models.DateTimeField(null=True, blank=True)
    chain = models.ForeignKey(Chain, null=True, blank=True, on_delete=models.PROTECT, related_name="runs")
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=200, blank=True)
    called = models.OneToOneField(PostCall, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(choices=Severity.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    step = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    began_at = models.DateTimeField()
    began_by = models.CharField(max_length=80)
    exhausted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)

    objects = EscalationQuerySet.as_manager()

    class Meta(Scoped.Meta):
        ordering = ["-began_at", "-id"]
        constraints = [
            *Scoped.Meta.constraints,
            one_of("state", ["RUNNING", "EXHAUSTED", "ANSWERED", "OVER"], name="escalation_state_exists"),
            models.UniqueConstraint(fields=["alarm", "raised_at"], condition=Q(alarm__isnull=False), name="escalation_once_for_an_alarm"),
            models.CheckConstraint(
                condition=Q(state__in=["RUNNING", "EXHAUSTED"], ended_at=None) | Q(state__in=["ANSWERED", "OVER"], ended_at__isnull=False),
                name="escalation_ends_when_over",
            ),
            models.CheckConstraint(condition=Q(alarm__isnull=False, raised_at__isnull=False) | ~Q(words=""), name="escalation_is_about_something"),
        ]
        indexes = [*Scoped.Meta.indexes, models.Index(fields=["id"], condition=Q(ended_at=None), name="escalation_open")]
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")

    def __str__(self) -> str:
        return f"{self.alarm_id or self.words} {self.state}"

    @property
    def matter(self) -> tuple[str, int | None] | None:
        """What it is one with: the posts of a region that the same emergency called. None for any other."""
        return (self.called.cause, self.region_id) if self.called is not None else None

    def end(self, state: str, at: object, by: str = "") -> None:
        self.state, self.ended_at, self.answered_by, self.next_at = state, at, by[:80], None  # type: ignore[assignment]


class Page(models.Model):
    """That a person was paged at a step of an escalation, or was not and why: nobody off duty is paged, and the reason is kept."""

    class State(models.TextChoices):
        SENT = "SENT", _("Paged")
        ANSWERED = "ANSWERED", _("Answered")
        WITHHELD = "WITHHELD", _("Not paged")

    escalation = models.ForeignKey(Escalation, on_delete=models.CASCADE, related_name="pages")
    step = models.PositiveSmallIntegerField()
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="pages")
    state = models.CharField(max_length=10, choices=State.choices, default=State.SENT)
    reason = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            one_of("state", ["SENT", "ANSWERED", "WITHHELD"], name="page_state_exists"),
            models.UniqueConstraint(fields=["escalation", "step", "post", "person"], name="page_once_at_a_step", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(state="WITHHELD") & ~Q(reason="") | ~Q(state="WITHHELD") & Q(reason=""), name="page_withheld_says_why"
            ),
            models.CheckConstraint(condition=Q(person__isnull=False) | Q(state="WITHHELD"), name="page_reaches_somebody"),
        ]
        indexes = [models.Index(fields=["person", "-at"], name="page_of_person")]
        verbose_name = _("page")
        verbose_name_plural = _("pages")

    def __str__(self) -> str:
        return f"{self.escalation_id} {self.step} {self.person_id or self.post_id} {self.state}"


class PageDelivery(models.Model):
    """What became of a page on a way outside the console: each way gets it once."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=40)
    at = models.DateTimeField()
    receipt = models.CharField(max_length=120, blank=True)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["page", "channel"], name="page_delivery_once")]
        verbose_name = _("delivery of a page")
        verbose_name_plural = _("deliveries of pages")

    def __str__(self) -> str:
        return f"{self.page_id} {self.channel}"
