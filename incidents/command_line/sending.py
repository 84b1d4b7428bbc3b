"""`d INCIDENT [UNIT...]`: send units, or without units ask which to send."""

from django.utils.translation import gettext as _

from access.actors import Actor
from incidents.command_line import finding
from incidents.command_line.orders import Choice, Reading, Recommend, SendUnits
from incidents.models import Incident
from resources.models import Unit

CHOSEN = (".", "#")


def read(actor: Actor, tokens: list[str], chosen: Incident | None, verb: str) -> Reading:
    """What a line of dispatch says; the incident may be left out when one is chosen on the screen."""
    incident, rest, unsure = _incident(actor, tokens, chosen, verb)
    if unsure is not None:
        return unsure
    if incident is None:
        return Reading(_("To which incident? Its number, type or place; or choose one first."))
    if not rest:
        says = _("Units recommended for %(number)s %(place)s") % {"number": incident.number, "place": incident.address}
        return Reading(says, Recommend(incident.number))
    before = f"{verb} {incident.number}"
    units: dict[int, Unit] = {}
    for at, word in enumerate(rest):
        found = finding.units(actor, word)
        if not found:
            return Reading(_("No unit is called %(words)s.") % {"words": word})
        if len(found) > 1 and not word.endswith("*"):
            typed = " ".join([before, *rest[:at]])
            others = " ".join(rest[at + 1 :])
            choices = tuple(Choice(unit.code, _free(unit), f"{typed} {unit.code} {others}".strip()) for unit in found)
            return Reading(_("Which unit is %(words)s?") % {"words": word}, choices=choices)
        units |= {unit.pk: unit for unit in found}
    codes = _(", ").join(_described(unit) for unit in units.values())
    says = _("Send %(units)s to %(number)s %(place)s") % {"units": codes, "number": incident.number, "place": incident.address}
    return Reading(says, SendUnits(incident.pk, incident.number, tuple(units)))


def _incident(actor: Actor, tokens: list[str], chosen: Incident | None, verb: str) -> tuple[Incident | None, list[str], Reading | None]:
    """The incident, what stands behind it, and where it is not decided a reading that asks."""
    if not tokens or tokens[0] in CHOSEN:
        return chosen, tokens[1:], None
    found = finding.incidents(actor, tokens[0])
    if len(found) == 1:
        return found[0], tokens[1:], None
    if chosen is not None and len(finding.units(actor, tokens[0])) == 1:
        return chosen, tokens, None
    if found:
        rest = " ".join(tokens[1:])
        choices = tuple(Choice(each.number, f"{each.type.name} {each.address}", f"{verb} {each.number} {rest}".strip()) for each in found)
        return None, [], Reading(_("Which incident is %(words)s?") % {"words": tokens[0]}, choices=choices)
    if chosen is not None:
        return chosen, tokens, None
    return None, [], Reading(_("No open incident is called %(words)s.") % {"words": tokens[0]})


def _described(unit: Unit) -> str:
    return unit.code if unit.is_available() else _("%(unit)s (%(state)s)") % {"unit": unit.code, "state": unit.get_activity_display()}


def _free(unit: Unit) -> str:
    return " · ".join(part for part in (unit.name, str(unit.get_activity_display())) if part)
