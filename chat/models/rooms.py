"""Rooms, who was invited into one, and what a person left in it."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.models import Department, User
from kit.columns import one_of


class RoomQuerySet(models.QuerySet["Room"]):
    def named(self) -> "RoomQuerySet":
        """With what a room is called after."""
        return self.select_related("incident__type", "department", "post")

    def locked(self, room_id: int) -> "Room | None":
        """The room, locked against other writers until the transaction ends: whoever holds it gives the next number."""
        return self.named().select_for_update(of=("self",), no_key=True).filter(pk=room_id).first()


class Room(models.Model):
    """A place to talk: of an incident, a department, a duty post, or made for a purpose.

    `last_seq` is the number of its last message: they are numbered from 1 without gaps. `last_revision` counts everything that happened to its
    messages, so that whoever has seen all up to one asks for what changed after it.
    """

    class Kind(models.TextChoices):
        INCIDENT = "INCIDENT", _("Incident")
        DEPARTMENT = "DEPARTMENT", _("Department")
        POST = "POST", _("Duty post")
        PURPOSE = "PURPOSE", _("For a purpose")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=80, blank=True)
    incident = models.OneToOneField("incidents.Incident", null=True, blank=True, on_delete=models.PROTECT, related_name="room")
    department = models.OneToOneField(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="room")
    post = models.OneToOneField("resources.Post", null=True, blank=True, on_delete=models.PROTECT, related_name="room")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=80)
    opened_by_key = models.CharField(max_length=80, blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)
    last_seq = models.PositiveIntegerField(default=0)
    last_revision = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True, blank=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        ordering = ["-last_at", "-id"]
        constraints = [
            one_of("kind", ["INCIDENT", "DEPARTMENT", "POST", "PURPOSE"], name="room_kind_exists"),
            models.CheckConstraint(
                condition=Q(kind="INCIDENT", incident__isnull=False, department=None, post=None)
                | Q(kind="DEPARTMENT", incident=None, department__isnull=False, post=None)
                | Q(kind="POST", incident=None, department=None, post__isnull=False)
                | (Q(kind="PURPOSE", incident=None, department=None, post=None) & ~Q(name="")),
                name="room_is_of_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["-last_at", "-id"], name="room_last_spoken_in")]
        verbose_name = _("room")
        verbose_name_plural = _("rooms")

    def __str__(self) -> str:
        return self.name or f"{self.kind} {self.pk}"

    @property
    def scope(self) -> str:
        """The scope of those who are let in by name, department or post."""
        return f"room:{self.pk}"

    def is_closed(self) -> bool:
        """Nothing more is written in it."""
        return self.closed_at is not None

    def next_seq(self, at: datetime) -> int:
        """The number of the message that is written now."""
        self.last_seq += 1
        self.last_at = at
        return self.last_seq

    def next_revision(self) -> int:
        """The number of the change that is made now."""
        self.last_revision += 1
        return self.last_revision


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def in_force(self, now: datetime) -> "InvitationQuerySet":
        """Those that are neither ended nor over at `now`."""
        return self.filter(Q(until=None) | Q(until__gt=now), ended_at=None)


class Invitation(models.Model):
    """A person or a whole department let into a room, by whom and until when (None: until it is ended)."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="invitations")
    person = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    invited_by = models.CharField(max_length=80)
    invited_by_key = models.CharField(max_length=80, blank=True, default="")
    until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by_key = models.CharField(max_length=80, blank=True, default="", help_text=_("Who ended it, and may take that back for a minute."))

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, department__isnull=False) | Q(person__isnull=False, department=None), name="invitation_is_for_somebody"
            ),
            models.UniqueConstraint(fields=["room", "person"], condition=Q(ended_at=None, person__isnull=False), name="invitation_of_person_once"),
            models.UniqueConstraint(
                fields=["room", "department"], condition=Q(ended_at=None, department__isnull=False), name="invitation_of_department_once"
            ),
        ]
        indexes = [
            models.Index(fields=["person"], condition=Q(ended_at=None, person__isnull=False), name="invitation_person"),
            models.Index(fields=["department"], condition=Q(ended_at=None, department__isnull=False), name="invitation_department"),
        ]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.room_id} {self.person_id or self.department_id}"


class Seat(models.Model):
    """What a person left in a room: up to which message it was read, and what was begun to be written. Whoever has a seat follows the room."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="seats")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    read_seq = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(null=True, blank=True)
    draft = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["room", "person"], name="seat_once")]
        indexes = [models.Index(fields=["person"], name="seat_person")]
        verbose_name = _("seat")
        verbose_name_plural = _("seats")

    def __str__(self) -> str:
        return f"{self.room_id} {self.person_id}"
