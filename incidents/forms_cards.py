"""The shape of a run card as it is edited: some rows of capability, number and whether of its own; empty rows are left out."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents.models import RunCard
from incidents.models.cards import MOST_OF_A_KIND
from incidents.models.reference import Severity
from incidents.services.alarms import NewLine
from resources import selectors as resources

LINES = 10


class CardForm(forms.Form):
    """What an alarm adds; `based_on` is the version that the editor saw."""

    based_on = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    from_severity = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "—"), *Severity.choices],
        label=_("Incidents of this level or graver begin with it"),
    )
    note = forms.CharField(required=False, max_length=200, label=_("Why it was changed"))

    def __init__(self, data: Any = None, *, card: RunCard | None, alarm: int) -> None:
        lines = list(card.lines.all()) if card is not None and card.is_current else []
        first: dict[str, Any] = {"based_on": card.version if card else 0, "from_severity": card.from_severity if lines and card else None}
        super().__init__(data, initial=first)
        if alarm == 1:
            del self.fields["from_severity"]
        english = (get_language() or "").startswith("en")
        named = [("", "—"), *((each.code, (each.name_en if english else "") or each.name) for each in resources.capabilities())]
        for number in range(LINES):
            line = lines[number] if number < len(lines) else None
            self.fields[f"capability-{number}"] = forms.ChoiceField(
                required=False,
                choices=named,
                initial=line.capability.code if line else "",
                widget=forms.Select(attrs={"aria-label": _("Capability of line %(n)s") % {"n": number + 1}}),
            )
            self.fields[f"count-{number}"] = forms.IntegerField(
                required=False,
                min_value=1,
                max_value=MOST_OF_A_KIND,
                initial=line.count if line else 1,
                widget=forms.NumberInput(attrs={"aria-label": _("Units of line %(n)s") % {"n": number + 1}}),
            )
            self.fields[f"own-{number}"] = forms.BooleanField(
                required=False,
                initial=line.is_own if line else False,
                widget=forms.CheckboxInput(attrs={"aria-label": _("Line %(n)s of its own") % {"n": number + 1}}),
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        values.setdefault("from_severity", None)
        return values

    def rows(self) -> list[tuple[Any, Any, Any]]:
        """The three fields of each line, for the page."""
        return [(self[f"capability-{number}"], self[f"count-{number}"], self[f"own-{number}"]) for number in range(LINES)]

    def lines(self) -> list[NewLine]:
        """The lines that name a capability, in order."""
        values = self.cleaned_data
        return [
            NewLine(values[f"capability-{number}"], values[f"count-{number}"] or 1, values[f"own-{number}"])
            for number in range(LINES)
            if values[f"capability-{number}"]
        ]
