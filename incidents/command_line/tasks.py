"""`o [INCIDENT] DEPARTMENT WORDS [MINUTES]`: give a department a task."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access.actors import Actor
from access.models import Department
from incidents.command_line import finding, words
from incidents.command_line.orders import Choice, GiveTask, Reading
from incidents.models import Incident


def read(actor: Actor, tokens: list[str], chosen: Incident | None, verb: str) -> Reading:
    """What a line of order says; the incident is the one chosen on the screen unless a number stands first."""
    incident, rest = chosen, list(tokens)
    if rest and finding.NUMBER.match(rest[0]):
        number = rest.pop(0)
        incident = next(iter(finding.incidents(actor, number)), None)
        if incident is None:
            return Reading(_("No open incident is called %(words)s.") % {"words": number})
    if incident is None:
        return Reading(_("For which incident? Write its number first, or choose one."))
    so_far = f"{verb} {incident.number}"
    if not rest:
        return Reading(_("Which department?"))
    found = finding.departments(rest[0])
    if len(found) != 1:
        words_ = " ".join(rest[1:])
        choices = tuple(Choice(_called(each), each.code, f"{so_far} {each.code} {words_}".strip() + " ") for each in found)
        says = _("Which department is %(words)s?") if found else _("No department is called %(words)s.")
        return Reading(says % {"words": rest[0]}, choices=choices)
    return _task(incident, found[0], rest[1:])


def _task(incident: Incident, department: Department, said: list[str]) -> Reading:
    minutes = words.minutes(said[-1]) if len(said) > 1 else None
    title = " ".join(said[:-1] if minutes else said)
    name = _called(department)
    if not title:
        return Reading(_("%(department)s: what is to be done?") % {"department": name})
    says = _("Task for %(department)s at %(number)s: %(title)s") % {"department": name, "number": incident.number, "title": title}
    if minutes:
        says = _("%(task)s, within %(n)s min") % {"task": says, "n": minutes}
    return Reading(says, GiveTask(incident.pk, incident.number, department.pk, title, minutes))


def _called(department: Department) -> str:
    english = (get_language() or "").startswith("en")
    return department.name_en if english and department.name_en else department.name
