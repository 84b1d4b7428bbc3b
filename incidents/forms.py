"""The shape of what people enter about incidents."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from access import selectors as access
from access.forms import refused as refused
from incidents import selectors
from incidents.models import Incident, Report, WeakPin
from incidents.models.plans import LEVELS
from incidents.models.reference import Severity
from incidents.services.editing import IncidentChanges
from incidents.services.reporting import NewReport
from kit.geo import Position
from kit.naming import called


class PlaceMixin(forms.Form):
    """A point in two hidden fields, WGS-84."""

    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)

    def position(self) -> Position | None:
        lon, lat = self.cleaned_data.get("lon"), self.cleaned_data.get("lat")
        return None if lon is None or lat is None else Position(lon, lat)


def answers_of(values: Mapping[str, str]) -> dict[int, str]:
    """What was answered, by the question's id: fields are called answer-12."""
    numbers = ((name.removeprefix("answer-"), value) for name, value in values.items() if name.startswith("answer-"))
    return {int(number): value.strip()[:20] for number, value in numbers if number.isascii() and number.isdigit() and len(number) < 10}


class CallForm(PlaceMixin):
    """A call: what, where, and the caller's words."""

    call = forms.UUIDField(required=False)
    place_typed = forms.CharField(required=False, max_length=200)
    place_taken = forms.CharField(required=False, max_length=200)
    type = forms.IntegerField(error_messages={"required": _("Choose a type from the list.")})
    type_words = forms.CharField(required=False)
    place = forms.CharField(max_length=200, label=_("Place"), error_messages={"required": _("Say where it is: words or a point on the map.")})
    words = forms.CharField(required=False, max_length=5000, label=_("Words of the caller"), widget=forms.Textarea(attrs={"rows": 3}))
    caller_name = forms.CharField(required=False, max_length=80, label=_("Caller"))
    caller_phone = forms.CharField(required=False, max_length=40, label=_("Number"), widget=forms.TextInput(attrs={"inputmode": "tel"}))
    is_confidential = forms.BooleanField(required=False, label=_("Confidential"))
    is_at_place = forms.BooleanField(required=False, label=_("Caller is at the place"))
    language = forms.ChoiceField(required=False, choices=[("", _("As the city")), *settings.LANGUAGES], label=_("Language"))
    received_at = forms.DateTimeField(required=False)
    answered_at = forms.DateTimeField(required=False)
    severity = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, choices=[("", ""), *Severity.choices])

    def report(self, *, now: datetime) -> NewReport:
        """The call as a report: what was typed for the place before one of the list was taken stays beside what was taken."""
        values = self.cleaned_data
        is_taken = bool(values["place_typed"]) and values["place_taken"] == values["place"]
        return NewReport(
            source=Report.Source.PHONE,
            type_id=values["type"],
            place_words=values["place_typed"] if is_taken else values["place"],
            address=values["place"],
            geocoder_answer={"name": values["place"], "chosen": True} if is_taken else {},
            received_at=values["received_at"] or now,
            answered_at=values["answered_at"] or values["received_at"],
            position=self.position(),
            words=values["words"],
            caller_name=values["caller_name"],
            caller_phone=values["caller_phone"],
            is_confidential=values["is_confidential"],
            is_at_place=values["is_at_place"],
            language=values["language"],
            severity=values["severity"],
            answers=answers_of(self.data),
        )


class HeardForm(PlaceMixin):
    """A call as far as it has been heard: nothing is needed, so that it can be compared, or added to an incident, at any moment."""

    call = forms.UUIDField(required=False)
    type = forms.IntegerField(required=False)
    place = forms.CharField(required=False, max_length=200, label=_("Place"))
    words = forms.CharField(required=False, max_length=5000, label=_("Words of the caller"))
    caller_name = forms.CharField(required=False, max_length=80, label=_("Caller"))
    caller_phone = forms.CharField(required=False, max_length=40, label=_("Number"))
    is_confidential = forms.BooleanField(required=False)
    is_at_place = forms.BooleanField(required=False)
    language = forms.ChoiceField(required=False, choices=[("", ""), *settings.LANGUAGES])
    received_at = forms.DateTimeField(required=False)


class PinForm(PlaceMixin):
    """What became of a place that was not sure."""

    outcome = forms.ChoiceField(choices=WeakPin.Outcome.choices)


class EditForm(PlaceMixin):
    """What is known of an incident, and the version it was read at."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    type_id = forms.TypedChoiceField(coerce=int, label=_("Type"))
    severity = forms.TypedChoiceField(coerce=int, choices=Severity.choices, label=_("Level"))
    address = forms.CharField(max_length=200, label=_("Place"))
    summary = forms.CharField(required=False, max_length=200, label=_("Summary"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type_id"].choices = [(each.pk, called(each)) for each in selectors.incident_types()]  # type: ignore[attr-defined]

    def changes(self) -> IncidentChanges:
        values = self.cleaned_data
        return IncidentChanges(
            type_id=values["type_id"],
            severity=values["severity"],
            address=values["address"],
            summary=values["summary"],
            position=self.position(),
        )


ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV", "\u2160": "I", "\u2161": "II", "\u2162": "III", "\u2163": "IV"}


class NoteForm(forms.Form):
    words = forms.CharField(max_length=4000, label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}))


class TaskForm(forms.Form):
    title = forms.CharField(max_length=200, label=_("Task"))
    department_id = forms.TypedChoiceField(coerce=int, label=_("Department"))
    due_minutes = forms.IntegerField(required=False, min_value=1, max_value=10_080, label=_("Due in minutes"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department_id"].choices = [(each.pk, called(each)) for each in access.departments()]  # type: ignore[attr-defined]


class TaskStateForm(forms.Form):
    """How far a task has come; some states need a reason."""

    state = forms.ChoiceField(label=_("New status"))
    reason = forms.CharField(required=False, max_length=300, label=_("Reason"))
    evidence = forms.IntegerField(required=False, label=_("Evidence"))

    def __init__(self, *args: Any, states: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = states  # type: ignore[attr-defined]


class GroupForm(forms.Form):
    """Another incident by its number, and what to do with it: merge into it, or be put under it."""

    target = forms.CharField(max_length=24, error_messages={"required": _("Choose an incident.")})
    verb = forms.ChoiceField(required=False, choices=[("merge", ""), ("link", "")])


class CloseForm(forms.Form):
    disposition = forms.ChoiceField(label=_("Disposition"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["disposition"].choices = [(each.code, each) for each in selectors.dispositions()]  # type: ignore[attr-defined]


class StatusForm(forms.Form):
    """One step of an incident's life; some need a reason, a day or a department."""

    verb = forms.ChoiceField(widget=forms.RadioSelect, label=_("New status"))
    reason = forms.CharField(required=False, max_length=300, label=_("Reason"))
    review_on = forms.DateField(required=False, label=_("Look again on"), widget=forms.DateInput(attrs={"type": "date"}))
    department_id = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, label=_("New department"))
    level = forms.ChoiceField(required=False, label=_("Response level"))

    def __init__(self, *args: Any, verbs: list[tuple[str, Any]], levels: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verb"].choices = verbs  # type: ignore[attr-defined]
        self.fields["department_id"].choices = [("", "—"), *((each.pk, called(each)) for each in access.departments())]  # type: ignore[attr-defined]
        self.fields["level"].choices = levels  # type: ignore[attr-defined]


class ResponseForm(forms.Form):
    """A response level and why."""

    level = forms.ChoiceField(label=_("Response level"), widget=forms.RadioSelect)
    reason = forms.CharField(max_length=300, label=_("Reason"))

    def __init__(self, *args: Any, levels: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = levels  # type: ignore[attr-defined]


class ModeForm(forms.Form):
    """A switch to emergency: where, how grave, why; `typed` is the level once more, written by hand."""

    region_id = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, label=_("Where"))
    level = forms.ChoiceField(label=_("Response level"), choices=[(level.value, level.label) for level in reversed(LEVELS)], widget=forms.RadioSelect)
    incident_id = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, label=_("On account of"))
    reason = forms.CharField(max_length=300, label=_("Reason"))
    typed = forms.CharField(max_length=4, label=_("Type the level once more (1 to 4) to confirm"))

    def __init__(self, *args: Any, regions: list[Any], incidents: list[Incident], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region_id"].choices = [("", _("The whole city")), *((each.pk, called(each)) for each in regions)]  # type: ignore[attr-defined]
        basis = [(each.pk, f"{each.number} {called(each.type)} {each.address}"[:80]) for each in incidents]
        self.fields["incident_id"].choices = [("", "—"), *basis]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        typed = str(values.get("typed", "")).strip().upper()
        if values.get("level") and typed and ROMAN.get(typed, typed) != values["level"]:
            self.add_error("typed", _("This is not the level chosen above."))
        return values


class ModeEndForm(forms.Form):
    """Why an emergency ends, and what was looked through before: `looked` holds a code and how many were shown, as GRAVE:2."""

    reason = forms.CharField(max_length=300, label=_("Reason"))

    def looked(self) -> dict[str, int]:
        """How many of each code were looked through."""
        pairs = (each.partition(":") for each in self.data.getlist("looked"))  # type: ignore[attr-defined]
        return {code: int(count) for code, _colon, count in pairs if count.isascii() and count.isdigit() and len(count) < 10}


class TogetherForm(StatusForm):
    """One change to several incidents: a step of their life, a note, or an end."""

    words = forms.CharField(required=False, max_length=4000, label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}))
    disposition = forms.ChoiceField(required=False, label=_("Disposition"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["disposition"].choices = [(each.code, called(each)) for each in selectors.dispositions()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("verb") == "note" and not values.get("words", "").strip():
            self.add_error("words", _("Write something."))
        return values


class FilterForm(forms.Form):
    """The list of incidents, narrowed."""

    q = forms.CharField(required=False, label=_("Number, place or words"), max_length=80)
    status = forms.ChoiceField(required=False, label=_("Status"))
    severity = forms.ChoiceField(required=False, label=_("Level"), choices=[("", _("All")), *Severity.choices])
    type = forms.ChoiceField(required=False, label=_("Type"))
    since = forms.DateField(required=False, label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, statuses: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [("", _("All")), ("open", _("Open")), *statuses]  # type: ignore[attr-defined]
        self.fields["type"].choices = [("", _("All")), *((each.code, called(each)) for each in selectors.incident_types())]  # type: ignore[attr-defined]
