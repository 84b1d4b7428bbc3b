"""Orders: who must do something by when, and how far each addressee has come."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.models import Department, User
from chat.models.messages import Message
from kit.columns import one_of


class Order(models.Model):
    """What makes a message an order: the time by which it is to be done (None: none was set)."""

    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="order")
    due_at = models.DateTimeField(null=True, blank=True)
    overdue_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was noticed that its time had passed."))
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=80, blank=True)
    is_open = models.BooleanField(default=True, help_text=_("Somebody has still to do it."))

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(is_open=True, due_at__isnull=False), name="order_due"),
            models.Index(fields=["message"], condition=Q(is_open=True), name="order_open"),
        ]
        verbose_name = _("order")
        verbose_name_plural = _("orders")

    def __str__(self) -> str:
        return f"{self.message_id}"


class Addressee(models.Model):
    """One to whom an order goes: a person, a department, a duty post or the crew of a unit; the name is as it was then."""

    class Step(models.TextChoices):
        SENT = "SENT", _("Sent")
        DELIVERED = "DELIVERED", _("Delivered")
        READ = "READ", _("Read")
        ACCEPTED = "ACCEPTED", _("Accepted")
        DONE = "DONE", _("Done")
        REFUSED = "REFUSED", _("Refused")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="addressees")
    person = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("resources.Post", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("resources.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    step = models.CharField(max_length=10, choices=Step.choices, default=Step.SENT)
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            one_of("step", ["SENT", "DELIVERED", "READ", "ACCEPTED", "DONE", "REFUSED"], name="addressee_step_exists"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, department=None, post=None, unit=None)
                | Q(person=None, department__isnull=False, post=None, unit=None)
                | Q(person=None, department=None, post__isnull=False, unit=None)
                | Q(person=None, department=None, post=None, unit__isnull=False),
                name="addressee_is_somebody",
            ),
        ]
        verbose_name = _("addressee")
        verbose_name_plural = _("addressees")

    def __str__(self) -> str:
        return self.name
