"""Shape of what is asked of the figures."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from insight.selectors import Choices


class HandOverForm(forms.Form):
    """What the leaving person adds to what stands."""

    words = forms.CharField(
        required=False, max_length=4000, strip=True, label=_("Words for the coming watch"), widget=forms.Textarea(attrs={"rows": 5})
    )


class IntervalsForm(forms.Form):
    """Period, department, region, call group; choices are those that occur in what the reader may analyse."""

    since = forms.DateField(required=False, label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(required=False, label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    department = forms.ChoiceField(required=False, label=_("Department"))
    region = forms.ChoiceField(required=False, label=_("Region"))
    group = forms.ChoiceField(required=False, label=_("Call group"))

    def __init__(self, *args: Any, choices: Choices, name: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        anything = ("", _("All"))
        fields: dict[str, Any] = self.fields
        fields["department"].choices = [anything, *((str(row.pk), name(row)) for row in choices.departments)]
        fields["region"].choices = [anything, *((str(row.pk), f"{'　' * (row.depth - 1)}{name(row)}") for row in choices.regions)]
        fields["group"].choices = [anything, *((group or "-", group or _("No group")) for group in choices.groups)]

    def clean(self) -> dict[str, Any]:
        """A period has its beginning first."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("since") and found.get("until") and found["since"] > found["until"]:
            self.add_error("until", _("The end lies before the beginning."))
        return found
