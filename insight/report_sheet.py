"""A hand-over as rows of a sheet: one line for each thing, with its section."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from incidents.models.incidents import State
from insight.models import WatchReport
from resources.models import Unit


def named(thing: Any) -> str:
    """The name of a thing, or of what a report kept of one, in the reader's language."""
    chinese, english = (thing["name"], thing["name_en"]) if isinstance(thing, dict) else (thing.name, thing.name_en)
    return str(english if english and (get_language() or "").startswith("en") else chinese)


def state(code: str) -> str:
    """The state of an incident in words."""
    return str(State(code).label) if code in State.values else code


def activity(code: str) -> str:
    """What a unit does, in words."""
    return str(Unit.Activity(code).label) if code in Unit.Activity.values else code


def rows(report: WatchReport) -> Iterator[tuple[Any, ...]]:
    """The report line by line; the first row names the columns."""
    found = report.content
    yield (_("Section"), _("Level"), _("What"), _("Who or where"), _("Since"), _("Remark"))
    yield (_("Hand-over"), "", named(report.post), str(report.written_by), at(report.written_at.isoformat()), report.words)
    for one in found["incidents"]["rows"]:
        yield (_("Open incidents"), one["severity"], f"{one['number']} {named(one)}", one["address"], at(one["since"]), state(one["state"]))
    for one in found["overdue"]["rows"]:
        yield (_("Overdue clocks"), one["level"], named(one), one["unit"] or one["number"], at(one["due_at"]), one["number"])
    for one in [*found["alarms"]["standing"], *found["alarms"]["shelved"]]:
        yield (_("Alarms"), one["level"], named(one), one["unit"] or one["number"], at(one["since"]), one.get("reason") or one["by"])
    for one in found["units"]["rows"]:
        yield (_("Units out of service"), "", one["code"], named(one), at(one["since"]), one["label"] or activity(one["activity"]))
    for one in found["calls"]["rows"]:
        yield (_("Parked calls"), "", named(one), one["taker"], at(one["since"]), one["number"])
    for one in found["plans"]["rows"]:
        yield (_("Plans in force"), one["level"], named(one), one["number"], at(one["since"]), f"{one['done']}/{one['all']}")
    for one in found["modes"]:
        yield (_("Emergencies in force"), one["level"], named(one) or _("The whole city"), one["by"], at(one["since"]), one["reason"])
    for one in found["gaps"]["rows"]:
        yield (_("Posts not held"), "", named(one), ", ".join(one["away"]), at(one["starts_at"]), at(one["ends_at"]))
    for one in found["events"]["rows"]:
        yield (_("What happened"), "", named(one), "", at(one["at"]), "")


def at(text: str) -> str:
    """A time of the report by the city's clocks."""
    return f"{timezone.localtime(datetime.fromisoformat(text)):%Y-%m-%d %H:%M:%S}" if text else ""
