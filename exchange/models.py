"""Tables of this room: where callers' phones said they are, and the calls of the telephone exchange, as long as a call may need them."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exchange.caller_location.located import LABELS
from exchange.telephony.events import Kind
from kit.columns import one_of


class CallerLocation(models.Model):
    """One message of a network or phone. Of the caller there is only a keyed hash of the number; IMEI, IMSI and the like are never here."""

    caller = models.CharField(max_length=64)
    message = models.CharField(max_length=64)
    point = models.PointField(srid=4326, spatial_index=False)
    told_radius_m = models.FloatField(null=True)
    confidence = models.FloatField(null=True)
    radius_m = models.FloatField(null=True)
    method = models.CharField(max_length=8, choices=[(method.value, label) for method, label in LABELS.items()])
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["caller", "message"], name="exchange_caller_message_once"),
            models.CheckConstraint(condition=Q(radius_m__gte=0) | Q(radius_m=None), name="exchange_caller_radius"),
        )
        indexes = (
            models.Index(fields=["caller", "-at", "-id"], name="exchange_caller_newest"),
            models.Index(fields=["received_at"], name="exchange_caller_received"),
        )

    def __str__(self) -> str:
        return f"{self.method} {self.at:%H:%M:%S}"


BUSY = timedelta(minutes=10)
REGRET = timedelta(minutes=1)
"""For so long a caller who was taken off the list to call back can be put back on it."""


class PhoneCall(models.Model):
    """A call of the telephone exchange, from its first ring to its end or to the call back.

    `number` is kept in clear only as long as somebody may have to be called back (`REGRET` longer) or has not taken it into a form; `caller`
    is its keyed hash.
    Of two who press at once one is `taker`. Times are the exchange's; an answer nobody told of is the moment of the claim.
    """

    class State(models.TextChoices):
        RINGING = "RINGING", _("Ringing")
        ANSWERED = "ANSWERED", _("Answered")
        ENDED = "ENDED", _("Ended")
        ABANDONED = "ABANDONED", _("Hung up before an answer")

    class Outcome(models.TextChoices):
        REACHED = "REACHED", _("Reached")
        NOBODY = "NOBODY", _("Nobody answers; try again later")
        NEEDLESS = "NEEDLESS", _("Has called again, or need not be called")

    OVER = (State.ENDED, State.ABANDONED)

    system = models.CharField(max_length=40)
    ref = models.CharField(max_length=120)
    line = models.CharField(max_length=40, blank=True)
    number = models.CharField(max_length=20, blank=True)
    caller = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RINGING)
    rung_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    is_answer_told = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)
    overflowed_at = models.DateTimeField(null=True)
    taker = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField(null=True)
    desk_call = models.OneToOneField("incidents.DeskCall", null=True, on_delete=models.PROTECT, related_name="+")
    timed_as = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["system", "ref"], name="phone_call_once"),
            one_of("state", ("RINGING", "ANSWERED", "ENDED", "ABANDONED"), name="phone_call_state_exists"),
            models.CheckConstraint(
                condition=Q(taker=None, claimed_at=None) | Q(taker__isnull=False, claimed_at__isnull=False), name="phone_call_claimed"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["RINGING", "ANSWERED"], ended_at=None) | Q(state__in=["ENDED", "ABANDONED"], ended_at__isnull=False),
                name="phone_call_ended",
            ),
        )
        indexes = (
            models.Index(fields=["rung_at", "id"], condition=Q(ended_at=None), name="phone_call_going_on"),
            models.Index(fields=["ended_at", "id"], condition=Q(state="ABANDONED", settled_at=None), name="phone_call_to_call_back"),
            models.Index(fields=["settled_at"], condition=Q(settled_at__isnull=False) & ~Q(number=""), name="phone_call_to_forget"),
            models.Index(fields=["-rung_at", "-id"], name="phone_call_newest"),
            models.Index(fields=["caller"], condition=~Q(caller=""), name="phone_call_caller"),
        )

    def __str__(self) -> str:
        return f"{self.rung_at:%H:%M:%S}"

    def is_over(self) -> bool:
        """Nobody is on the line any more."""
        return self.state in self.OVER

    def is_being_called(self, now: datetime) -> bool:
        """Somebody is calling back at this moment, or was ten minutes ago and has not said what became of it."""
        return self.taker_id is not None and self.claimed_at is not None and self.claimed_at > now - BUSY

    def hear(self, kind: Kind, at: datetime) -> None:
        """Note one thing the exchange told; events may come late and in any order, and the same again changes nothing."""
        if kind is Kind.RINGING:
            self.rung_at = min(self.rung_at, at)
        elif kind is Kind.ANSWERED:
            self.answered_at = at if not self.is_answer_told or self.answered_at is None else min(self.answered_at, at)
            self.is_answer_told = True
        elif self.ended_at is None:
            self.ended_at = at
        self.state = self._derived(kind)

    def _derived(self, kind: Kind) -> str:
        """Abandoned: over, and nobody had answered; whoever claims a ringing call has not spoken yet when its caller hangs up."""
        if self.ended_at is None:
            return self.State.ANSWERED if self.is_answer_told else self.State.RINGING
        if self.is_answer_told or (kind is not Kind.ABANDONED and self.claimed_at is not None and self.state != self.State.ABANDONED):
            return self.State.ENDED
        return self.State.ABANDONED


class SharedNumber(models.Model):
    """A number from which many people call, as a hospital's or a school's: each of its calls is a caller of its own. Of it there is only the
    keyed hash, and the number as it stands masked on screens."""

    caller = models.CharField(max_length=64, unique=True)
    masked = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.masked


class PhoneMessage(models.Model):
    """The name of a message that came through the signed door, kept as long as its signature would be taken: once is once."""

    sender = models.CharField(max_length=80)
    name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["sender", "name"], name="phone_message_once"),)
        indexes = (models.Index(fields=["at"], name="phone_message_at"),)

    def __str__(self) -> str:
        return self.name


class PhoneLink(models.Model):
    """How the subscription to one line's calls at a telephone exchange stands, as the process that holds it says."""

    class State(models.TextChoices):
        ASKING = "ASKING", _("Asking")
        UP = "UP", _("Connected")
        DOWN = "DOWN", _("No answer")
        REFUSED = "REFUSED", _("Refused")

    uri = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKING)
    says = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = (one_of("state", ("ASKING", "UP", "DOWN", "REFUSED"), name="phone_link_state_exists"),)

    def __str__(self) -> str:
        return self.uri
