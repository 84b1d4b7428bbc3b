"""Broken glass as people enter what they say of it, and as the REST API takes and answers it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from access.glass.reading import Glass
from access.glass.verbs import WORDS_LENGTH
from access.models import BrokenGlass
from access.rest.fields import At, OneOf, Text
from access.rest.shapes import Paged, Shape
from access.sharing.shapes import LookRow

Rows = serializers.Serializer[Any]


class ReviewForm(forms.Form):
    """What is said of broken glass."""

    finding = forms.ChoiceField(label=_("Finding"), choices=BrokenGlass.Finding.choices, widget=forms.RadioSelect)
    words = forms.CharField(label=_("In words"), min_length=WORDS_LENGTH, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class GlassWanted(Paged):
    """Which broken glass."""

    open = OneOf(choices=["yes", "no"], required=False, default="yes", help_text="no: reviewed ones too.")


class GlassRow(Rows):
    """Broken glass: who, when, why, what was looked at, and what was said of it."""

    id = serializers.IntegerField()
    person = serializers.CharField()
    reason = serializers.CharField()
    broken_at = At()
    until = At(help_text="When it ended, or ends.")
    subject = serializers.CharField(allow_null=True, help_text="What was seen, as in facts: incident:42; null for a role that was taken elsewhere.")
    called = serializers.CharField()
    role = serializers.CharField(allow_null=True)
    looks = LookRow(many=True)
    is_broken = serializers.BooleanField(help_text="It still is.")
    finding = serializers.ChoiceField(choices=BrokenGlass.Finding.values, allow_null=True)
    words = serializers.CharField()
    reviewed_by = serializers.CharField(allow_null=True)
    reviewed_at = At(allow_null=True)


class GlassLine(Rows):
    """What was looked at or done through broken glass."""

    at = At()
    sentence = serializers.CharField()


class GlassWhole(GlassRow):
    """Broken glass with all that was done through it."""

    lines = GlassLine(many=True)


class Review(Shape):
    """What you say of it."""

    finding = OneOf(choices=BrokenGlass.Finding.values)
    words = Text(min_length=WORDS_LENGTH, max_length=500)


def row_of(each: Glass) -> dict[str, Any]:
    """Broken glass as it is answered."""
    row = each.row
    return {
        "id": row.pk,
        "person": str(each.person),
        "reason": each.reason,
        "broken_at": row.broken_at,
        "until": each.until,
        "subject": row.share.subject if row.share is not None else None,
        "called": each.called,
        "role": row.membership.role if row.membership is not None else None,
        "looks": each.looks,
        "is_broken": each.is_broken,
        "finding": row.finding or None,
        "words": row.words,
        "reviewed_by": str(row.reviewed_by) if row.reviewed_by is not None else None,
        "reviewed_at": row.reviewed_at,
    }
