"""Search over everything: one text, and what it may mean among incidents, units, places, commands, people and settings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from access import permissions as access_permissions
from access import policy
from access import selectors as access
from access.actors import Actor
from command_center.catalogues import CATALOGUES
from command_center.keys import KEYS
from command_center.templatetags.city import named
from gis import selectors as gis
from gis.selectors import Found
from incidents import finding
from incidents import permissions as incident_permissions
from incidents.command_line import reading
from incidents.command_line.words import verbs
from incidents.models import Incident
from incidents.models.incidents import State
from kit.geo import Position
from resources import board as unit_board
from resources import permissions as unit_permissions
from resources import selectors as resources
from resources.handles import plain, ways_to_say
from resources.models import Unit

EACH = 5
ALONE = 20
MOST_TEXT = 120


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that was found. `url` leads to it; `dialog` opens it over the page; `command` is a key of the registry to press instead.

    `line` is a line of the command line that is carried out when it is taken, `fill` one that is written into the field to go on from.
    """

    label: str
    note: str = ""
    url: str = ""
    dialog: str = ""
    command: str = ""
    incident_id: int | None = None
    severity: int | None = None
    position: Position | None = None
    caps: Sequence[str] = ()
    line: str = ""
    fill: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind."""

    name: str
    label: str | Promise
    options: list[Option]


@dataclass(frozen=True, slots=True)
class _Asked:
    actor: Actor
    words: str
    near: Position | None
    limit: int
    now: datetime


def find(actor: Actor, text: str, *, near: Position | None, incident_id: int | None, now: datetime) -> list[Group]:
    """What a typed text may mean, in groups of at most five; a first sign (`#`, `>`, `@`, `:`) asks for one group of at most twenty.

    Each group holds only what the actor may see. `near` (WGS-84) orders places of one name. A line of the command line (`s f011 on scene`)
    is understood as one; `incident_id` is the incident chosen on the screen, which it may leave out.
    """
    ordered = _command_line(actor, text, incident_id)
    if ordered is not None:
        return [ordered]
    words = text.strip()[:MOST_TEXT]
    sign, rest = (words[:1], words[1:].strip()) if words[:1] in SIGNS else ("", words)
    if not rest and sign != ">":
        return []
    asked = _Asked(actor, rest, near, ALONE if sign else EACH, now)
    kinds = [kind for kind in KINDS if not sign or kind.sign == sign]
    groups = [Group(kind.name, kind.label, kind.look(asked)) for kind in kinds if policy.can(actor, kind.action, None)]
    return [group for group in groups if group.options]


def _command_line(actor: Actor, text: str, incident_id: int | None) -> Group | None:
    """What a line that begins with a verb says: to be carried out, or what is missing with the ways to go on."""
    line = text.strip()[:MOST_TEXT].removeprefix(">").strip()
    verb, _blank, rest = line.partition(" ")
    if not rest.strip() or verb.removeprefix("/").casefold() not in verbs() or not policy.can(actor, incident_permissions.VIEW, None):
        return None
    understood = reading.read(actor, line, incident_id=incident_id)
    if understood.order is not None:
        options = [Option(label=understood.says, line=line, caps=("Enter",))]
    else:
        ways_on = [Option(label=each.name, note=each.note, fill=each.line) for each in understood.choices]
        options = [Option(label=understood.says, fill=line), *ways_on]
    return Group("line", gettext_lazy("Command line"), options)


def may_find(actor: Actor) -> bool:
    """Whether there is anything that the actor could find."""
    return any(policy.can(actor, kind.action, None) for kind in KINDS)


def incident_option(incident: Incident) -> Option:
    """An incident as something to be gone to."""
    return Option(
        label=f"{incident.number.rpartition('-')[2]} {named(incident.type)}",
        note=" · ".join(filter(None, [incident.address, str(State(incident.state).label)])),  # type: ignore[attr-defined]
        url=reverse("incident", args=[incident.number]),
        incident_id=incident.pk,
        severity=incident.severity,
    )


def unit_option(unit: Unit) -> Option:
    """A unit as something to be gone to."""
    note = " · ".join([unit_board.type_name(unit), unit_board.state_label(unit)])
    return Option(label=unit.code, note=note, dialog=reverse("unit", args=[unit.pk]), url=f"{reverse('ops')}?{urlencode({'unit': unit.pk})}")


def _incidents(asked: _Asked) -> list[Option]:
    return [incident_option(each) for each in finding.find_incidents(asked.actor, asked.words, limit=asked.limit, now=asked.now)]


def _units(asked: _Asked) -> list[Option]:
    return [unit_option(each) for each in resources.find_units(asked.actor, asked.words, limit=asked.limit)]


def _places(asked: _Asked) -> list[Option]:
    return [_place(each) for each in gis.find_places(asked.words, near=asked.near, limit=asked.limit)]


def _place(place: Found) -> Option:
    at = f"{place.position.lon:.6f},{place.position.lat:.6f}"
    note = place.address if place.address != place.name else ""
    return Option(label=place.name, note=note, url=f"{reverse('ops')}?{urlencode({'at': at})}", position=place.position)


def _commands(asked: _Asked) -> list[Option]:
    """Keys of the registry by what they do; the page leaves out those that do nothing on it."""
    found = [key for key in KEYS if key.name not in WITHOUT_COMMAND and _sounds_like(str(key.label), asked.words)]
    return [Option(label=str(key.label), note=str(key.group), command=key.name, caps=key.caps) for key in found[: 2 * asked.limit]]


def _people(asked: _Asked) -> list[Option]:
    found = [each for each in access.people()[:MOST_PEOPLE] if _sounds_like(each.name, asked.words) or _sounds_like(each.username, asked.words)]
    return [Option(label=str(each), note=str(each.department or ""), url=reverse("settings_person", args=[each.pk])) for each in found[: asked.limit]]


def _settings(asked: _Asked) -> list[Option]:
    found = [each for each in CATALOGUES if policy.can(asked.actor, each.action, None) and _sounds_like(str(each.label), asked.words)]
    return [Option(label=str(each.label), note=_("Settings"), url=reverse("settings_list", args=[each.slug])) for each in found[: asked.limit]]


def _sounds_like(name: str, words: str) -> bool:
    wanted = plain(words)
    return not wanted or any(wanted in way for way in ways_to_say(name))


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    sign: str
    label: str | Promise
    action: str
    look: Callable[[_Asked], list[Option]]


KINDS = (
    _Kind("incidents", "#", gettext_lazy("Incidents"), incident_permissions.VIEW, _incidents),
    _Kind("units", "#", gettext_lazy("Units"), unit_permissions.VIEW, _units),
    _Kind("commands", ">", gettext_lazy("Commands"), incident_permissions.VIEW, _commands),
    _Kind("places", ":", gettext_lazy("Places"), incident_permissions.REPORT, _places),
    _Kind("people", "@", pgettext_lazy("search", "People"), access_permissions.MANAGE_PEOPLE, _people),
    _Kind("settings", ">", gettext_lazy("Settings"), access_permissions.MANAGE_REFERENCE, _settings),
)
SIGNS = {kind.sign for kind in KINDS}
MOST_PEOPLE = 5000
# Keys that mean something only where the focus is, or that would open what is open already.
WITHOUT_COMMAND = {"find", "find_slash", "submit", "undo", "back", "unit", "attach", "take_type", "enter", "next", "previous", "first", "last"}
