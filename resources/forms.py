"""Shape of what people enter about the roster."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _now_said
from django.utils.translation import gettext_lazy as _

from access.models import User
from kit.errors import Refused
from kit.naming import called
from resources.models import Duty, Shift
from resources.services import RosterLine

COLUMNS = ("post", "shift", "day", "person")
LARGEST_FILE = 1_000_000
MOST_LINES = 5_000
AT = "%Y-%m-%dT%H:%M"


def refused(form: forms.Form, refusal: Refused) -> None:
    """Put a service's reason where the person looks: beside the field it names, else at the top."""
    fields = getattr(refusal, "fields", {})
    for name, reason in fields.items():
        form.add_error(name if name in form.fields else None, str(reason))
    if not fields:
        form.add_error(None, refusal.sentence)


class _At(forms.DateTimeField):
    """A minute of the city's clocks."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=AT)


class PersonForm(forms.Form):
    """Somebody of those whom a roster may name."""

    person_id = forms.TypedChoiceField(coerce=int, label=_("Person"))

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["person_id"].choices = [("", "—"), *((each.pk, str(each)) for each in people)]


class PutForm(PersonForm):
    """Who stands where in which shift of a day."""

    shift_id = forms.TypedChoiceField(coerce=int, label=_("Shift"))
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, shifts: Sequence[Shift], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["shift_id"].choices = [(each.pk, f"{called(each)} {each.begins:%H:%M}") for each in shifts]


class StandInForm(PersonForm):
    """Who stands in, from when to when, and why."""

    starts_at = _At(label=_("From"))
    ends_at = _At(label=_("Until"))
    reason = forms.CharField(max_length=200, label=_("Reason"))


class SwapForm(forms.Form):
    """With which duty of another, and why."""

    with_duty_id = forms.TypedChoiceField(coerce=int, label=_("Changed with"))
    reason = forms.CharField(max_length=200, label=_("Reason"))

    def __init__(self, *args: Any, duties: Sequence[tuple[Duty, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["with_duty_id"].choices = [("", "—"), *((each.pk, text) for each, text in duties)]


class CancelForm(forms.Form):
    """Why a line is taken back."""

    reason = forms.CharField(max_length=200, label=_("Reason"))


class LeaveForm(PersonForm):
    """Who is away, from when to when, and why."""

    starts_at = _At(label=_("From"))
    ends_at = _At(label=_("Until"))
    reason = forms.CharField(max_length=200, label=_("Reason"))


class RosterFileForm(forms.Form):
    """A roster as CSV: post, shift, day (YYYY-MM-DD), person (user name), with these names in its first line."""

    file = forms.FileField(label=_("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))

    def clean_file(self) -> list[RosterLine]:
        """The lines of the file; each that cannot be read is told with its number."""
        sent = self.cleaned_data["file"]
        if sent.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 1 MB."))
        try:
            text = sent.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(_("The file is not UTF-8.")) from None
        try:
            rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
            missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
            if missing:
                raise forms.ValidationError(_now_said("The first line must name these columns: %(columns)s.") % {"columns": ", ".join(COLUMNS)})
            found = [_line(number, row) for number, row in enumerate(rows, start=2) if number <= MOST_LINES + 2]
        except csv.Error as error:
            raise forms.ValidationError(_now_said("The file is not CSV: %(why)s") % {"why": str(error)[:100]}) from None
        if not found:
            raise forms.ValidationError(_("The file has no lines."))
        return found


def _line(number: int, row: dict[str, Any]) -> RosterLine:
    values = {name: str(row.get(name) or "").strip() for name in COLUMNS}
    return RosterLine(number, values["post"], values["shift"], _day(number, values["day"]), values["person"])


def _day(number: int, text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  (a day has no zone)
    except ValueError:
        raise forms.ValidationError(_now_said("Line %(n)s: “%(day)s” is no day (YYYY-MM-DD).") % {"n": number, "day": text[:20]}) from None
