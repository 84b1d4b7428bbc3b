"""The shape of a plan as it is edited: rows of task, department, minutes and evidence; empty rows are left out."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access import selectors as access
from incidents.models import Plan
from incidents.models.plans import MOST_MINUTES
from incidents.services.plans import NewItem
from kit.naming import called

ROWS = 14


class PlanForm(forms.Form):
    """A plan; `based_on` is the version that the editor saw."""

    based_on = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    name = forms.CharField(max_length=80, label=_("Name"))
    name_en = forms.CharField(required=False, max_length=120, label=_("English name"))
    note = forms.CharField(required=False, max_length=200, label=_("Why it was changed"))

    def __init__(self, data: Any = None, *, plan: Plan | None) -> None:
        items = list(plan.items.all()) if plan is not None and plan.is_current else []
        first = {"based_on": plan.version if plan else 0, "name": plan.name if plan else "", "name_en": plan.name_en if plan else ""}
        super().__init__(data, initial=first)
        self.numbers = range(max(ROWS, len(items) + 4))
        departments = [("", _("The responsible one")), *((each.pk, called(each)) for each in access.departments())]
        for number in self.numbers:
            item = items[number] if number < len(items) else None
            self.fields[f"title-{number}"] = forms.CharField(required=False, max_length=200, initial=item.title if item else "", label=_("Task"))
            self.fields[f"title_en-{number}"] = forms.CharField(
                required=False, max_length=200, initial=item.title_en if item else "", label=_("English name")
            )
            self.fields[f"department-{number}"] = forms.TypedChoiceField(
                required=False, coerce=int, empty_value=None, choices=departments, initial=item.department_id if item else "", label=_("Department")
            )
            self.fields[f"minutes-{number}"] = forms.IntegerField(
                required=False, min_value=1, max_value=MOST_MINUTES, initial=item.due_minutes if item else None, label=_("Due in minutes")
            )
            self.fields[f"evidence-{number}"] = forms.BooleanField(
                required=False, initial=item.needs_evidence if item else False, label=_("Evidence")
            )

    def rows(self) -> list[list[Any]]:
        """The five fields of each task, for the page."""
        return [[self[f"{name}-{number}"] for name in ("title", "title_en", "department", "minutes", "evidence")] for number in self.numbers]

    def items(self) -> list[NewItem]:
        """The tasks that say what is to be done, in order."""
        values = self.cleaned_data
        return [
            NewItem(
                title=values[f"title-{number}"],
                title_en=values[f"title_en-{number}"],
                department_id=values[f"department-{number}"],
                due_minutes=values[f"minutes-{number}"],
                needs_evidence=values[f"evidence-{number}"],
            )
            for number in self.numbers
            if values[f"title-{number}"].strip()
        ]
