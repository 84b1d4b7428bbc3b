"""What helps a call taker: the words that speak for a type, and the questions to ask once it is chosen."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models.reference import IncidentType

MOST_QUESTIONS = 6
HEAVIEST = 100


class TypeRule(models.Model):
    """Words of callers that speak for a type; each counts `weight` points. How they are read stands in `incidents.wording`."""

    type = models.ForeignKey(IncidentType, on_delete=models.CASCADE, related_name="rules")
    words = models.TextField(
        blank=True, max_length=4000, help_text=_("One a line. “A + B” wants both in one sentence. What is negated does not count.")
    )
    words_en = models.TextField(blank=True, max_length=4000, help_text=_("One a line, whole words; “burn*” stands for any ending."))
    excludes = models.TextField(blank=True, max_length=4000, help_text=_("One a line: longer phrases in which the words mean something else."))
    weight = models.PositiveSmallIntegerField(default=10, validators=[MinValueValidator(1), MaxValueValidator(HEAVIEST)])
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["type__code", "-weight", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(weight__range=(1, HEAVIEST)), name="type_rule_weight_range"),
            models.CheckConstraint(
                condition=~(Q(words="") & Q(words_en="")), name="type_rule_has_words", violation_error_message=_("Write at least one word.")
            ),
        ]
        verbose_name = _("type rule")
        verbose_name_plural = _("type rules")

    def __str__(self) -> str:
        return f"{self.type} · {(self.words or self.words_en).splitlines()[0][:40]}"


class KeyQuestion(models.Model):
    """A question to ask about a type. Ten points of weight move the suggested level by one."""

    class Kind(models.TextChoices):
        YES_NO = "YES_NO", _("Yes or no")
        NUMBER = "NUMBER", _("A number")

    type = models.ForeignKey(IncidentType, on_delete=models.CASCADE, related_name="questions")
    order = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MOST_QUESTIONS)])
    text = models.CharField(max_length=120)
    text_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.YES_NO)
    from_number = models.PositiveIntegerField(default=1, help_text=_("A number counts as yes from here on."))
    weight = models.SmallIntegerField(
        default=0,
        validators=[MinValueValidator(-HEAVIEST), MaxValueValidator(HEAVIEST)],
        help_text=_("Points for yes; ten raise the suggested level by one."),
    )
    weight_no = models.SmallIntegerField(
        default=0, validators=[MinValueValidator(-HEAVIEST), MaxValueValidator(HEAVIEST)], help_text=_("Points for no; minus ten lower it by one.")
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["type__code", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["type", "order"], condition=Q(is_active=True), name="key_question_order_once",
                violation_error_message=_("This place is taken by another question of the type."),
            ),
            models.CheckConstraint(condition=Q(order__range=(1, MOST_QUESTIONS)), name="key_question_at_most_six"),
        ]  # fmt: skip
        verbose_name = _("key question")
        verbose_name_plural = _("key questions")

    def __str__(self) -> str:
        return self.text
