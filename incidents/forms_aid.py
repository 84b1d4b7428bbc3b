"""The shape of what people enter about mutual aid."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from resources import selectors as resources


class AidForm(forms.Form):
    """What is asked of whom."""

    neighbour = forms.SlugField(error_messages={"required": _("Choose whom to ask.")})
    capability = forms.ChoiceField(label=_("What is needed"))
    asked = forms.IntegerField(min_value=1, max_value=20, label=_("How many"))
    words = forms.CharField(required=False, max_length=300, label=_("Words for the neighbour"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        english = (get_language() or "").startswith("en")
        named = [(each.code, (each.name_en if english else "") or each.name) for each in resources.capabilities()]
        self.fields["capability"].choices = named  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """What a request becomes; a promise says how many and when, a refusal why."""

    state = forms.ChoiceField()
    committed = forms.IntegerField(required=False, min_value=1, max_value=20, label=_("How many come"))
    eta_minutes = forms.IntegerField(required=False, min_value=0, max_value=2880, label=_("There in minutes"))
    words = forms.CharField(required=False, max_length=300, label=_("Words"))

    def __init__(self, *args: Any, states: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = states  # type: ignore[attr-defined]
