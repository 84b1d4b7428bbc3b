"""The kinds of reference data that administrators keep, each with its columns, its fields and who may edit it."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from access import permissions as access_permissions
from access.models import Department, Region
from alerts import permissions as alert_permissions
from alerts.models import AlarmRule, Chain, ChainStep
from incidents import permissions as incident_permissions
from incidents.models import Disposition, Hazard, IncidentType, KeyQuestion, Neighbour, Plan, RunCard, TypeRule, Weighing
from insight import permissions as insight_permissions
from insight.models import Clock
from kit.geo import Position
from resources import permissions as resource_permissions
from resources.models import Capability, LocalStatus, Post, Shift, Station, TalkGroup, Unit, UnitType

PLACES = _("Places and people")
UNITS = _("Units and stations")
INCIDENTS = _("Incidents")
ALARMS = _("Alarms")
DUTY = _("Duty")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One kind of reference data. `columns` are shown in the list, `fields` in the form, `found_by` searched; `page` is its own page instead."""

    slug: str
    label: str | Promise
    group: str | Promise
    model: type[Model]
    action: str
    columns: tuple[str, ...]
    fields: tuple[str, ...]
    found_by: tuple[str, ...] = ("code", "name", "name_en")
    related: tuple[str, ...] = ()
    may_add: bool = True
    has_point: bool = False
    page: str = ""

    def rows(self, words: str, *, with_retired: bool) -> QuerySet[Any]:
        """The rows that hold these words; those out of use only when asked for."""
        found = self.model._default_manager.select_related(*self.related) if self.related else self.model._default_manager.all()
        if words:
            condition = Q()
            for field in self.found_by:
                condition |= Q(**{f"{field}__icontains": words})
            found = found.filter(condition)
        if not with_retired and "is_active" in self.fields:
            found = found.filter(is_active=True)
        if self.model is Region:
            return found.defer("geometry").order_by("path")
        return found.order_by(*(self.model._meta.ordering or ["pk"]), "pk")

    def form_class(self) -> "type[ReferenceForm]":
        """The form of one row."""
        base = PointForm if self.has_point else ReferenceForm
        made: type[ReferenceForm] = forms.modelform_factory(self.model, form=base, fields=self.fields)  # type: ignore[assignment]
        return made


class ReferenceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form whose labels are the words of the settings, and whose save is a service's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = str(LABELS.get(name, field.label) or "")
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 5

    def links(self) -> dict[str, list[Any]]:
        """The many-to-many values, set by the service after the row is saved."""
        names = [field.name for field in self._meta.model._meta.many_to_many]
        return {name: list(self.cleaned_data[name]) for name in names if name in self.cleaned_data}


class PointForm(ReferenceForm):
    """A row that stands somewhere, WGS-84."""

    lon = forms.FloatField(min_value=-180, max_value=180, label=_("Longitude"))
    lat = forms.FloatField(min_value=-90, max_value=90, label=_("Latitude"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        point = getattr(self.instance, "point", None)
        if point:
            self.initial = {**self.initial, "lon": point.x, "lat": point.y}

    def clean(self) -> dict[str, Any] | None:
        values = super().clean()
        if values is not None and values.get("lon") is not None and values.get("lat") is not None:
            self.instance.point = Position(values["lon"], values["lat"]).as_point()
        return values


LABELS: dict[str, str | Promise] = {
    "code": _("Code"),
    "name": _("Name"),
    "name_en": _("English name"),
    "phone": _("Telephone"),
    "is_active": _("In use"),
    "capabilities": _("Capabilities"),
    "system": _("Radio network"),
    "number": _("Number"),
    "is_shared": _("Shared"),
    "speed_kmh": _("Speed (km/h)"),
    "address": _("Address"),
    "department": _("Department"),
    "region": _("Region"),
    "type": _("Type"),
    "station": _("Station"),
    "crew_size": _("Crew"),
    "availability": _("Availability"),
    "activity": _("Activity"),
    "key": _("Crew key"),
    "group": _("Call group"),
    "kind": _("Kind"),
    "severity": _("Level"),
    "dispatch_seconds": _("Dispatch clock (s)"),
    "arrival_seconds": _("Arrival clock (s)"),
    "words": _("Words (Chinese)"),
    "words_en": _("Words (English)"),
    "excludes": _("Not in"),
    "weight": _("Points"),
    "order": _("Place in the order"),
    "text": _("Question"),
    "text_en": _("Question (English)"),
    "from_number": _("Yes from"),
    "weight_no": _("Points for no"),
    "level": _("Level"),
    "is_approximate": _("Approximate"),
    "source": _("Source"),
    "warning": _("Warning"),
    "warning_en": _("Warning (English)"),
    "radius_m": _("Told within (m)"),
    "valid_from": _("Valid from"),
    "valid_until": _("Valid until"),
    "span": _("Span"),
    "seconds": _("Seconds"),
    "watch": _("Watches"),
    "response": _("What to do"),
    "response_en": _("What to do (English)"),
    "types": _("Incident types"),
    "worst_severity": _("Level or graver"),
    "suppressed_by": _("Kept back by"),
    "hold_seconds": _("Over for (s)"),
    "escalate_seconds": _("Supervisor after (s)"),
    "percent": _("Per cent in time"),
    "begins": _("Begins"),
    "worst_level": _("Level or graver"),
    "rules": _("Alarm rules"),
    "chain": _("Chain"),
    "post": _("Post"),
    "person": _("Person"),
    "minutes": _("Minutes"),
    "seats": _("Seats"),
    "shifts": _("Held in shifts"),
    "superior": _("Superior post"),
    "called_at": _("Called in emergencies from level"),
    "is_supervisor": _("Duty supervisor"),
    "answer_minutes": _("Answer within (min)"),
    "weighs_from_severity": _("Weigh rest and cover from level"),
    "turnout_seconds": _("Turnout (s)"),
    "rest_window_hours": _("Work counted over (h)"),
    "rest_after_minutes": _("Tired after (min)"),
    "rest_seconds": _("Tired: add (s)"),
    "cover_target_seconds": _("Cover within (s)"),
    "cover_percent": _("Beyond it: add (%)"),
    "conditional_seconds": _("Conditionally available: add (s)"),
    "lost_seconds": _("Not heard: add (s)"),
}

CATALOGUES: tuple[Catalogue, ...] = (
    Catalogue("departments", _("Departments"), PLACES, Department, access_permissions.MANAGE_REFERENCE,
              ("code", "name", "name_en", "phone", "is_active"), ("code", "name", "name_en", "phone", "is_active")),
    Catalogue("regions", _("Regions"), PLACES, Region, access_permissions.MANAGE_REFERENCE,
              ("code", "name", "name_en", "level", "is_approximate", "source"), ("name", "name_en"), may_add=False),
    Catalogue("units", _("Units"), UNITS, Unit, resource_permissions.MANAGE,
              ("code", "type", "station", "department", "crew_size", "activity", "is_active"),
              ("code", "name", "type", "capabilities", "station", "department", "region", "crew_size", "is_active"),
              found_by=("code", "name", "type__name", "station__name"), related=("type", "station", "department")),
    Catalogue("talk-groups", _("Radio talk groups"), UNITS, TalkGroup, resource_permissions.MANAGE,
              ("code", "name", "system", "number", "department", "is_shared", "is_active"),
              ("code", "name", "name_en", "system", "number", "department", "is_shared", "is_active"),
              found_by=("code", "name", "name_en", "system", "number"), related=("department",)),
    Catalogue("stations", _("Stations"), UNITS, Station, resource_permissions.MANAGE,
              ("code", "name", "address", "department", "region", "is_active"),
              ("code", "name", "name_en", "address", "phone", "department", "region", "is_active"),
              found_by=("code", "name", "name_en", "address"), related=("department", "region"), has_point=True),
    Catalogue("unit-types", _("Unit types"), UNITS, UnitType, resource_permissions.MANAGE,
              ("code", "name", "name_en", "speed_kmh"), ("code", "name", "name_en", "capabilities", "speed_kmh")),
    Catalogue("capabilities", _("Capabilities"), UNITS, Capability, resource_permissions.MANAGE,
              ("code", "name", "name_en"), ("code", "name", "name_en")),
    Catalogue("statuses", _("Local statuses"), UNITS, LocalStatus, resource_permissions.MANAGE,
              ("code", "name", "department", "availability", "activity", "key"),
              ("code", "name", "name_en", "department", "availability", "activity", "key"), related=("department",)),
    Catalogue("incident-types", _("Incident types"), INCIDENTS, IncidentType, incident_permissions.MANAGE_TYPES,
              ("code", "name", "kind", "severity", "department", "dispatch_seconds", "arrival_seconds", "is_active"),
              ("code", "name", "name_en", "group", "kind", "severity", "department", "capabilities", "dispatch_seconds", "arrival_seconds",
               "is_active"),
              related=("department",)),
    Catalogue("type-rules", _("Words for types"), INCIDENTS, TypeRule, incident_permissions.MANAGE_TYPES,
              ("type", "words", "words_en", "excludes", "weight", "is_active"), ("type", "words", "words_en", "excludes", "weight", "is_active"),
              found_by=("type__code", "type__name", "type__name_en", "words", "words_en"), related=("type",)),
    Catalogue("key-questions", _("Key questions"), INCIDENTS, KeyQuestion, incident_permissions.MANAGE_TYPES,
              ("type", "order", "text", "text_en", "kind", "weight", "weight_no", "is_active"),
              ("type", "order", "text", "text_en", "kind", "from_number", "weight", "weight_no", "is_active"),
              found_by=("type__code", "type__name", "type__name_en", "text", "text_en"), related=("type",)),
    Catalogue("dispositions", _("Dispositions"), INCIDENTS, Disposition, incident_permissions.MANAGE_TYPES,
              ("code", "name", "name_en", "is_active"), ("code", "name", "name_en", "is_active")),
    Catalogue("hazards", _("Hazards"), INCIDENTS, Hazard, incident_permissions.MANAGE_TYPES,
              ("code", "kind", "name", "warning", "radius_m", "valid_until", "source", "is_active"),
              ("code", "kind", "name", "warning", "warning_en", "radius_m", "valid_from", "valid_until", "source", "is_active"),
              found_by=("code", "name", "warning", "warning_en", "source"), has_point=True),
    Catalogue("run-cards", _("Run cards"), INCIDENTS, RunCard, incident_permissions.MANAGE_CARDS, ("type", "alarm", "version"), (),
              found_by=("type__code",), may_add=False, page="settings_run_cards"),
    Catalogue("plans", _("Plans"), INCIDENTS, Plan, incident_permissions.MANAGE_PLANS, ("type", "level", "version"), (),
              found_by=("type__code", "name", "name_en"), may_add=False, page="settings_plans"),
    Catalogue("neighbours", _("Neighbours for mutual aid"), INCIDENTS, Neighbour, incident_permissions.MANAGE_CARDS,
              ("code", "name", "name_en", "phone", "department", "region", "answer_minutes", "is_active"),
              ("code", "name", "name_en", "phone", "department", "region", "capabilities", "answer_minutes", "is_active"),
              related=("department", "region"), has_point=True),
    Catalogue("weighing", _("Weighing of units"), INCIDENTS, Weighing, incident_permissions.MANAGE_CARDS,
              ("weighs_from_severity", "turnout_seconds", "rest_after_minutes", "rest_seconds", "cover_target_seconds", "cover_percent"),
              ("weighs_from_severity", "turnout_seconds", "rest_window_hours", "rest_after_minutes", "rest_seconds", "cover_target_seconds",
               "cover_percent", "conditional_seconds", "lost_seconds"),
              found_by=(), may_add=False),
    Catalogue("clocks", _("Clocks"), INCIDENTS, Clock, insight_permissions.SET_CLOCK,
              ("span", "group", "seconds", "percent", "source"), ("span", "group", "seconds", "percent", "source"),
              found_by=("span", "group", "source")),
    Catalogue("shifts", _("Shifts"), DUTY, Shift, resource_permissions.MANAGE_POSTS,
              ("code", "name", "begins", "minutes", "is_active"), ("code", "name", "name_en", "begins", "minutes", "is_active")),
    Catalogue("posts", _("Posts"), DUTY, Post, resource_permissions.MANAGE_POSTS,
              ("code", "name", "department", "region", "seats", "superior", "called_at", "is_supervisor", "is_active"),
              ("code", "name", "name_en", "department", "region", "seats", "shifts", "superior", "called_at", "is_supervisor",
               "is_active"),
              related=("department", "region", "superior")),
    Catalogue("alarm-rules", _("Alarm rules"), ALARMS, AlarmRule, alert_permissions.MANAGE_RULES,
              ("code", "name", "watch", "seconds", "level", "response", "source", "escalate_seconds", "is_active"),
              ("code", "name", "name_en", "watch", "seconds", "level", "response", "response_en", "types", "worst_severity", "suppressed_by",
               "source", "hold_seconds", "escalate_seconds", "is_active"),
              found_by=("code", "name", "name_en", "response", "response_en")),
    Catalogue("chains", _("Escalation chains"), ALARMS, Chain, alert_permissions.MANAGE_CHAINS,
              ("code", "name", "worst_level", "department", "is_active"),
              ("code", "name", "name_en", "worst_level", "department", "rules", "is_active"), related=("department",)),
    Catalogue("chain-steps", _("Steps of chains"), ALARMS, ChainStep, alert_permissions.MANAGE_CHAINS,
              ("chain", "order", "kind", "post", "person", "seconds"), ("chain", "order", "kind", "post", "person", "seconds"),
              found_by=("chain__code", "chain__name", "chain__name_en"), related=("chain", "post", "person")),
)  # fmt: skip

BY_SLUG = {each.slug: each for each in CATALOGUES}


def shown(row: Any, column: str) -> Any:
    """A cell of the list: choices in words, everything else as it is."""
    words = getattr(row, f"get_{column}_display", None)
    value = words() if words else getattr(row, column)
    english = getattr(value, "name_en", "") if isinstance(value, Model) and (get_language() or "").startswith("en") else ""
    return english or value
