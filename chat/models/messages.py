"""What was said."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.models import User
from chat import marks
from chat.models.rooms import Room
from kit.columns import one_of


class Message(models.Model):
    """One message. `seq` is its number in the room, `revision` the number of the last thing that happened to it.

    `reply_seq` is the message it answers, `thread_seq` the first of those. `mentions` are subjects ("user:5") with how they stand in the text.
    `pairs` are the pairs of characters of its text and of the words at its places and drawings (`mark_words`), by which it is found. After its time
    `text` and `marks` are empty and `forgotten_at` says since when.
    """

    class Kind(models.TextChoices):
        TEXT = "TEXT", _("Message")
        ORDER = "ORDER", _("Order")

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="messages")
    seq = models.PositiveIntegerField()
    revision = models.PositiveIntegerField()
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.TEXT)
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    author_key = models.CharField(max_length=80)
    author_label = models.CharField(max_length=80)
    text = models.TextField()
    pairs = ArrayField(models.CharField(max_length=2), default=list)
    reply_seq = models.PositiveIntegerField(null=True, blank=True)
    thread_seq = models.PositiveIntegerField(null=True, blank=True)
    mentions = models.JSONField(default=list)
    files = models.PositiveSmallIntegerField(default=0, help_text=_("How many files it has; they are adopted for it in the room of files."))
    marks = models.JSONField(default=list)
    mark_words = models.TextField(blank=True, default="")
    drawn = models.PositiveSmallIntegerField(default=0, help_text=_("How many places and drawings it has."))
    written_at = models.DateTimeField()
    device_at = models.DateTimeField(null=True, blank=True, help_text=_("What the clock of a device said that sent it later."))
    edited_at = models.DateTimeField(null=True, blank=True)
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_by = models.CharField(max_length=80, blank=True)
    pinned_at = models.DateTimeField(null=True, blank=True)
    pinned_by = models.CharField(max_length=80, blank=True)
    note = models.ForeignKey("incidents.Note", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey("incidents.Task", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["room", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="message_numbered_once"),
            models.UniqueConstraint(fields=["room", "revision"], name="message_revised_once"),
            one_of("kind", ["TEXT", "ORDER"], name="message_kind_exists"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="message_numbered_from_one"),
        ]
        indexes = [
            GinIndex(fields=["pairs"], name="message_pairs"),
            models.Index(fields=["room", "thread_seq", "seq"], condition=Q(thread_seq__isnull=False), name="message_thread"),
            models.Index(fields=["room", "pinned_at"], condition=Q(pinned_at__isnull=False), name="message_pinned"),
            models.Index(fields=["written_at"], name="message_written"),
            models.Index(fields=["room", "seq"], condition=Q(drawn__gt=0), name="message_drawn"),
        ]
        verbose_name = _("message")
        verbose_name_plural = _("messages")

    def __str__(self) -> str:
        return f"{self.room_id} #{self.seq}"

    @property
    def in_words(self) -> str:
        """All that it says, its places and drawings too, one below the other."""
        return "\n".join([*([self.text] if self.text else []), *self.mark_lines])

    @property
    def mark_lines(self) -> list[str]:
        """Its places and drawings in words."""
        return marks.lines(self.marks)


class Wording(models.Model):
    """How a message was worded before it was changed."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="wordings")
    text = models.TextField()
    until = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")

    def __str__(self) -> str:
        return f"{self.message_id} {self.until:%Y-%m-%d %H:%M:%S}"


class Answer(models.Model):
    """A short answer to a message: somebody has got it, agrees, asks back, has done it."""

    class Code(models.TextChoices):
        GOT = "GOT", _("Got it")
        AGREED = "AGREED", _("Agreed")
        QUESTION = "QUESTION", _("Question")
        DONE = "DONE", _("Done")

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="answers")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=8, choices=Code.choices)
    label = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["message", "person", "code"], name="answer_once"),
            one_of("code", ["GOT", "AGREED", "QUESTION", "DONE"], name="answer_code_exists"),
        ]
        verbose_name = _("answer")
        verbose_name_plural = _("answers")

    def __str__(self) -> str:
        return f"{self.message_id} {self.code}"
