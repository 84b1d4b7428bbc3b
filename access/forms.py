"""The shape of what people enter about themselves and others."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from access import roles, selectors
from kit.errors import Refused
from kit.naming import called


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=settings.LANGUAGES)


class LayoutForm(forms.Form):
    """The size of a part of the screen on desks of a kind."""

    desk = forms.RegexField(r"^[1-9]\d{2,4}x[1-9]\d{2,4}$")
    part = forms.RegexField(r"^[a-z-]{1,30}$")
    size = forms.IntegerField(required=False, min_value=50, max_value=8000)


class FilterForm(forms.Form):
    """A filter to be kept: the query part of a list's address, under a name."""

    page = forms.RegexField(r"^[a-z_]{1,40}$", widget=forms.HiddenInput)
    query = forms.CharField(max_length=500, widget=forms.HiddenInput)
    name = forms.CharField(max_length=60, label=_("Name"))
    is_shared = forms.BooleanField(required=False, label=_("For everybody of my department"))


class PlaceOfAuthority(forms.Form):
    """A department and a region, either of them open."""

    department_id = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, label=_("Department"))
    region_id = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, label=_("Region"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = [(each.pk, called(each)) for each in selectors.departments()]
        regions = [(each.pk, "\u3000" * (each.depth - 1) + called(each)) for each in selectors.regions_below(None).defer("geometry")]
        self.fields["department_id"].choices = [("", _("Any department")), *departments]  # type: ignore[attr-defined]
        self.fields["region_id"].choices = [("", _("Any region")), *regions]  # type: ignore[attr-defined]


class GlassForm(PlaceOfAuthority):
    """Authority taken for a short time."""

    role = forms.ChoiceField(label=_("Role"), choices=[(role.value, roles.LABELS[role]) for role in (*roles.ROOM, roles.Role.LIAISON)])
    reason = forms.CharField(label=_("Reason"), min_length=10, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    field_order = ("role", "department_id", "region_id", "reason")


class MembershipForm(PlaceOfAuthority):
    """A role given to a person."""

    role = forms.ChoiceField(label=_("Role"), choices=[(role.value, roles.LABELS[role]) for role in roles.Role])
    until = forms.DateTimeField(required=False, label=_("Until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))

    field_order = ("role", "department_id", "region_id", "until")


class PersonForm(forms.Form):
    """A person who can sign in."""

    username = forms.CharField(max_length=150, label=_("User name"))
    name = forms.CharField(max_length=80, label=_("Name"))
    password = forms.CharField(label=_("First password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    department_id = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, label=_("Department"))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = [(each.pk, called(each)) for each in selectors.departments()]
        self.fields["department_id"].choices = [("", "—"), *departments]  # type: ignore[attr-defined]


def refused(form: forms.Form, refusal: Refused) -> None:
    """Put a service's reason where the person looks: beside the field it names, else at the top."""
    fields = getattr(refusal, "fields", {})
    for name, reason in fields.items():
        form.add_error(name if name in form.fields else None, str(reason))
    if not fields:
        form.add_error(None, refusal.sentence)
