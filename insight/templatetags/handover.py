"""How a kept hand-over is read: names, times and codes of its content."""

from datetime import datetime
from typing import Any

from django import template
from django.utils.translation import gettext_lazy

from insight import report_sheet

register = template.Library()

COUNTED = {
    "incidents.incident_opened": gettext_lazy("Incidents opened"),
    "incidents.unit_dispatched": gettext_lazy("Units sent"),
    "incidents.incident_closed": gettext_lazy("Incidents closed"),
    "alerts.alarm_raised": gettext_lazy("Alarms raised"),
    "incidents.incident_reopened": gettext_lazy("Incidents reopened"),
}


@register.filter
def kept_name(thing: Any) -> str:
    """The name in the reader's language."""
    return report_sheet.named(thing)


@register.filter
def kept_at(text: str) -> datetime | None:
    """A time as a moment."""
    return datetime.fromisoformat(text) if text else None


@register.filter
def kept_state(code: str) -> str:
    """The state of an incident in words."""
    return report_sheet.state(code)


@register.filter
def kept_activity(code: str) -> str:
    """What a unit does, in words."""
    return report_sheet.activity(code)


@register.filter
def counted(name: str) -> str:
    """What was counted."""
    return str(COUNTED.get(name, name))
