"""Understand a line of the command line, without doing anything: what it says, what is missing, what could be meant."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from access.actors import Actor
from incidents import selectors
from incidents.command_line import finding, sending, statuses, tasks, words
from incidents.command_line.orders import Choice, OpenIncident, OpenUnit, Reading
from incidents.models import Incident
from kit import text

LONGEST = 300

Reader = Callable[[Actor, list[str], Incident | None, str], Reading]

READERS: dict[str, Reader] = {"status": statuses.read, "dispatch": sending.read, "order": tasks.read}


def read(actor: Actor, line: str, *, incident_id: int | None) -> Reading:
    """What a line says to this actor; `incident_id` is the incident chosen on the screen, which a line may leave out."""
    tokens = text.tidy(line[:LONGEST]).split()
    if tokens and tokens[0].startswith("/"):
        tokens = [part for part in (tokens[0][1:], *tokens[1:]) if part]
    if not tokens:
        return Reading(_("s unit status · d incident units · o department words · or a number or unit to open"))
    verb = words.verbs().get(tokens[0].casefold())
    chosen = selectors.incidents(actor).filter(pk=incident_id).first() if incident_id is not None else None
    if verb is None:
        return _read_alone(actor, " ".join(tokens))
    return READERS[verb](actor, tokens[1:], chosen, tokens[0])


def _read_alone(actor: Actor, words_: str) -> Reading:
    """No verb: whatever has this name is opened."""
    incidents = finding.incidents(actor, words_)
    units = [] if finding.NUMBER.match(words_) and incidents else finding.units(actor, words_)
    if len(incidents) == 1 and not units:
        return _open(incidents[0])
    if len(units) == 1 and not incidents:
        return Reading(_("Open %(unit)s") % {"unit": units[0].code}, OpenUnit(units[0].pk))
    choices = [Choice(each.number, f"{each.type.name} {each.address}", each.number) for each in incidents]
    choices += [Choice(unit.code, unit.name, unit.code) for unit in units]
    if choices:
        return Reading(_("Which one?"), choices=tuple(choices[: finding.MOST]))
    closed = finding.closed_incident(actor, words_)
    if closed is not None:
        return _open(closed)
    return Reading(_("Nothing is called %(words)s. Commands begin with s, d or o.") % {"words": words_})


def _open(incident: Incident) -> Reading:
    return Reading(_("Open %(number)s") % {"number": incident.number}, OpenIncident(incident.number))
