"""Shape of what people enter about alarms."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.models.reference import Severity

SHELVES = ((900, _("15 min")), (1800, _("30 min")), (3600, _("1 h")), (7200, _("2 h")), (14400, _("4 h")), (28800, _("8 h")))


class CallForm(forms.Form):
    """What a post is called for, and how grave it is."""

    words = forms.CharField(max_length=200, label=_("What it is about"))
    level = forms.TypedChoiceField(coerce=int, choices=Severity.choices, initial=Severity.MODERATE, label=_("Level"))


class ShelveForm(forms.Form):
    """For how long, and why."""

    seconds = forms.TypedChoiceField(choices=SHELVES, coerce=int, initial=1800, label=_("For how long"))
    reason = forms.CharField(max_length=200, label=_("Reason"))
