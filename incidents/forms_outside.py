"""The shape of what is entered to give a situation report to somebody outside."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from access.models import Share
from access.sharing.forms import HOURS
from incidents.models import Attachment
from incidents.services.handouts import Recipient


class HandoutForm(forms.Form):
    """Who outside, how much, for how long, in which language; with an address it goes by mail."""

    recipient = forms.CharField(label=_("Who gets it"), max_length=80, help_text=_("The name stands on every page."))
    email = forms.EmailField(label=_("E-mail"), required=False, help_text=_("Empty: you pass the link on yourself."))
    level = forms.ChoiceField(label=_("How much they see"), choices=Share.Level.choices, initial=Share.Level.OUTLINE)
    hours = forms.TypedChoiceField(label=_("For how long"), coerce=int, initial=4)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    attachments = forms.TypedMultipleChoiceField(
        label=_("Files that go with it, marked"), help_text=_("Pictures and PDF documents. The name and the time of opening stand across each."),
        coerce=int, required=False, widget=forms.SelectMultiple(attrs={"class": "input", "size": 4}),
    )  # fmt: skip

    unchanged = forms.TypedMultipleChoiceField(
        label=_("Files that go unchanged, without a name in them"),
        help_text=_("No name can be put in video, sound, office files and text: who gets one can pass it on unseen. Downloads are recorded by name."),
        coerce=int, required=False, widget=forms.SelectMultiple(attrs={"class": "input", "size": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, files: Sequence[Attachment], unchanged: Sequence[Attachment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, offered in (("attachments", files), ("unchanged", unchanged)):
            self.fields[name].choices = [(each.pk, each.name) for each in offered]  # type: ignore[attr-defined]
            if not offered:
                del self.fields[name]
        self.fields["hours"].choices = [(hours, ngettext_lazy("%d hour", "%d hours", hours) % hours) for hours in HOURS]  # type: ignore[attr-defined]

    def asked(self, now: datetime) -> dict[str, Any]:
        """What was entered, from now on, as the verb's own keywords."""
        values = self.cleaned_data
        recipient = Recipient(values["recipient"], values["email"], values["language"])
        until = now + timedelta(hours=values["hours"])
        chosen = {"attachment_ids": values.get("attachments", []), "unchanged_ids": values.get("unchanged", [])}
        return {"recipient": recipient, "level": values["level"], "until": until} | chosen
