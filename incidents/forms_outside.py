"""The shape of what is entered to give a situation report to somebody outside."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from access.models import Share
from access.sharing.forms import HOURS
from incidents.services.handouts import Recipient


class HandoutForm(forms.Form):
    """Who outside, how much, for how long, in which language; with an address it goes by mail."""

    recipient = forms.CharField(label=_("Who gets it"), max_length=80, help_text=_("The name stands on every page."))
    email = forms.EmailField(label=_("E-mail"), required=False, help_text=_("Empty: you pass the link on yourself."))
    level = forms.ChoiceField(label=_("How much they see"), choices=Share.Level.choices, initial=Share.Level.OUTLINE)
    hours = forms.TypedChoiceField(label=_("For how long"), coerce=int, initial=4)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hours"].choices = [(hours, ngettext_lazy("%d hour", "%d hours", hours) % hours) for hours in HOURS]  # type: ignore[attr-defined]

    def asked(self, now: datetime) -> dict[str, Any]:
        """What was entered, from now on, as the verb's own keywords."""
        values = self.cleaned_data
        recipient = Recipient(values["recipient"], values["email"], values["language"])
        return {"recipient": recipient, "level": values["level"], "until": now + timedelta(hours=values["hours"])}
