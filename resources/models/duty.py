"""Posts, shifts, the roster and leave: who is on duty where, at any moment."""

from datetime import date, datetime, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Deferrable, Exists, F, Func, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Scoped, User
from resources import permissions

DAY_MINUTES = 1440
LONGEST_DUTY = timedelta(hours=36)
EMERGENCY_LEVELS = [(1, "I"), (2, "II"), (3, "III"), (4, "IV")]


class Shift(models.Model):
    """A stretch of the day by the city's own clocks; one that begins late goes on over midnight."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    begins = models.TimeField()
    minutes = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(DAY_MINUTES)])
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["begins", "code"]
        constraints = [models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=DAY_MINUTES), name="shift_within_a_day")]
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")

    def __str__(self) -> str:
        return self.name

    def span_on(self, day: date) -> tuple[datetime, datetime]:
        """When it begins and ends on a day, by the clocks on the wall: a night in which they are put back is an hour longer."""
        begins = datetime.combine(day, self.begins)
        return timezone.make_aware(begins), timezone.make_aware(begins + timedelta(minutes=self.minutes))


class Post(Scoped):
    """A place on duty that must be held (duty supervisor, dispatch desk): in which shifts, by how many, and whose superior it is."""

    view_action = permissions.VIEW_ROSTER

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    seats = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    shifts = models.ManyToManyField(
        Shift, blank=True, related_name="posts", help_text=_("In which shifts it must be held. None: it may stand empty.")
    )
    superior = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="juniors")
    is_supervisor = models.BooleanField(default=False, help_text=_("Called when nobody else answers."))
    called_at = models.PositiveSmallIntegerField(
        null=True, blank=True, choices=EMERGENCY_LEVELS,
        help_text=_("In an emergency of this response level or a graver one the post is called and must be held. None: in no emergency."),
    )  # fmt: skip
    is_active = models.BooleanField(default=True)

    class Meta(Scoped.Meta):
        ordering = ["-is_supervisor", "code"]
        constraints = [
            *Scoped.Meta.constraints,
            models.CheckConstraint(condition=Q(seats__gte=1), name="post_has_a_seat"),
            models.CheckConstraint(condition=Q(superior=None) | ~Q(superior=F("id")), name="post_is_not_its_own_superior"),
            models.CheckConstraint(condition=Q(called_at=None) | Q(called_at__gte=1, called_at__lte=4), name="post_called_at_a_level"),
        ]
        verbose_name = _("post")
        verbose_name_plural = _("posts")

    def __str__(self) -> str:
        return self.name


class PostCallQuerySet(models.QuerySet["PostCall"]):
    def open(self) -> "PostCallQuerySet":
        """Those that hold."""
        return self.filter(until=None)


class PostCall(models.Model):
    """That a post must be held besides its shifts, from a time until it is stood down: on account of `cause` ("citymode:7"), at a response level."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="calls")
    cause = models.CharField(max_length=60)
    level = models.PositiveSmallIntegerField(choices=EMERGENCY_LEVELS)
    reason = models.CharField(max_length=300)
    since = models.DateTimeField()
    called_by = models.CharField(max_length=80)
    until = models.DateTimeField(null=True, blank=True)

    objects = PostCallQuerySet.as_manager()

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(fields=["post", "cause"], name="post_called_once_for_a_cause"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="post_call_ends_after_it_began"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=4), name="post_call_level"),
        ]
        indexes = [models.Index(fields=["post"], condition=Q(until=None), name="post_call_open")]
        verbose_name = _("call to a post")
        verbose_name_plural = _("calls to posts")

    def __str__(self) -> str:
        return f"{self.post_id} {self.cause}"


class DutyQuerySet(models.QuerySet["Duty"]):
    def planned(self) -> "DutyQuerySet":
        """Those that were not taken back."""
        return self.filter(cancelled_at=None)

    def held_at(self, at: datetime) -> "DutyQuerySet":
        """Those that are held at a moment: rostered (or come early), not relieved, not stood in for, not on leave, still with the city."""
        stood_in = Duty.objects.planned().filter(stands_in_for=OuterRef("pk"), starts_at__lte=at, ends_at__gt=at)
        away = Leave.objects.filter(person=OuterRef("person"), cancelled_at=None, starts_at__lte=at, ends_at__gt=at)
        rows = self.planned().filter(Q(starts_at__lte=at) | Q(came_at__lte=at), Q(left_at=None) | Q(left_at__gt=at), ends_at__gt=at)
        return rows.filter(~Exists(stood_in), ~Exists(away), person__is_active=True)

    def touching(self, since: datetime, until: datetime) -> "DutyQuerySet":
        """Those that have a part in a period."""
        return self.planned().filter(starts_at__lt=until, ends_at__gt=since)

    def locked(self, *duty_ids: int) -> list["Duty"]:
        """These, locked in the order of their ids."""
        return list(
            self.planned().filter(pk__in=duty_ids).order_by("pk").select_for_update(of=("self",), no_key=True).select_related("post", "person")
        )


class Duty(models.Model):
    """One line of the roster: a person at a post from a time to a time. `stands_in_for` is the duty whose person it replaces meanwhile.

    `came_at` and `left_at` are when a hand-over was signed: who came early is on duty from then, who was relieved early until then.
    """

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="duties")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duties")
    shift = models.ForeignKey(Shift, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    stands_in_for = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="stand_ins")
    came_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at"), ends_at__lte=F("starts_at") + LONGEST_DUTY), name="duty_has_a_length"),
            # Asked at the end of each statement, so that one statement may let two people change places.
            ExclusionConstraint(
                name="duty_one_place_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (Func("starts_at", "ends_at", RangeBoundary(), function="TSTZRANGE", output_field=DateTimeRangeField()), RangeOperators.OVERLAPS),
                ],
                condition=Q(cancelled_at=None),
                deferrable=Deferrable.IMMEDIATE,
            ),
        ]
        indexes = [models.Index(fields=["post", "ends_at"], condition=Q(cancelled_at=None), name="duty_of_post")]
        verbose_name = _("duty")
        verbose_name_plural = _("duties")

    def __str__(self) -> str:
        return f"{self.post_id} {self.person_id} {self.starts_at:%Y-%m-%d %H:%M}"


class Leave(models.Model):
    """That a person is away (leave, illness, course) from a time to a time: whatever the roster says, not on duty."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="leaves")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="leave_has_a_length")]
        indexes = [models.Index(fields=["person", "ends_at"], condition=Q(cancelled_at=None), name="leave_of_person")]
        verbose_name = _("leave")
        verbose_name_plural = _("leaves")

    def __str__(self) -> str:
        return f"{self.person_id} {self.starts_at:%Y-%m-%d}"
