"""The shape of what people enter when they share something, or break the glass for it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from access.forms import PlaceOfAuthority
from access.models import Share
from access.sharing.kinds import Depth
from access.sharing.verbs import REASON_LENGTH, Terms

HOURS = (1, 4, 12, 24, 72, 168)


class ShareForm(PlaceOfAuthority):
    """With whom, how much of it, for how long, and what they are told."""

    level = forms.ChoiceField(label=_("How much they see"), initial=Share.Level.SITUATION)
    hours = forms.TypedChoiceField(label=_("For how long"), coerce=int, initial=12)
    note = forms.CharField(label=_("Note to them"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    field_order = ("department_id", "region_id", "level", "hours", "note")

    def __init__(self, *args: Any, levels: Mapping[str, Depth], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [(level, depth.label) for level, depth in levels.items()]  # type: ignore[attr-defined]
        self.fields["hours"].choices = [(hours, ngettext_lazy("%d hour", "%d hours", hours) % hours) for hours in HOURS]  # type: ignore[attr-defined]

    def terms(self, now: datetime) -> Terms:
        """What was entered, from now on."""
        values = self.cleaned_data
        until = now + timedelta(hours=values["hours"])
        return Terms(values["department_id"], values["region_id"], values["level"], until, values["note"])


class GlassForm(forms.Form):
    """Why somebody must see what is not theirs."""

    reason = forms.CharField(label=_("Reason"), min_length=REASON_LENGTH, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
