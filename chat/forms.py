"""Shapes of what people enter on the pages of rooms."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.models import Department
from chat import addressing
from kit.naming import called


class ReasonForm(forms.Form):
    """Why an order cannot be done."""

    reason = forms.CharField(label=_("Why?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2, "class": "input", "autofocus": True}))


class InviteForm(forms.Form):
    """Who is let into a room, and for how long."""

    people = forms.CharField(
        required=False, max_length=400, label=_("People"), help_text=_("Names, pinyin or initials, with a comma between them."),
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )  # fmt: skip
    departments = forms.TypedMultipleChoiceField(
        required=False, coerce=int, label=_("Whole departments"), widget=forms.SelectMultiple(attrs={"class": "input", "size": 5})
    )
    hours = forms.IntegerField(
        required=False, min_value=1, max_value=24 * 31, label=_("For how many hours"), help_text=_("Empty: until it is ended."),
        widget=forms.NumberInput(attrs={"class": "input num"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["departments"].choices = [(each.pk, called(each)) for each in Department.objects.filter(is_active=True).order_by("code")]

    def clean_people(self) -> list[int]:
        """The people meant. What fits nobody, or several, is said."""
        ids, problems = addressing.people_named(self.cleaned_data["people"])
        if problems:
            raise forms.ValidationError(problems)
        return ids

    def values(self, now: datetime) -> dict[str, Any]:
        """As the verbs take it."""
        sent = self.cleaned_data
        until = now + timedelta(hours=sent["hours"]) if sent["hours"] else None
        return {"person_ids": sent["people"], "department_ids": sent["departments"], "until": until}


class OpenRoomForm(InviteForm):
    """A room for a purpose."""

    name = forms.CharField(max_length=80, label=_("What it is for"), widget=forms.TextInput(attrs={"class": "input", "autofocus": True}))
    field_order = ("name",)
