"""`s UNIT... STATUS [: reason]`: the handles first, the status from the end."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from access.actors import Actor
from incidents.command_line import finding, words
from incidents.command_line.orders import Choice, Reading, SayOfUnits
from incidents.command_line.words import StatusWord
from incidents.models import Incident
from resources.models import Unit

REASON = re.compile(r"\s*[:]\s*")
MOST_UNITS = 50


def read(actor: Actor, tokens: list[str], chosen: Incident | None, verb: str) -> Reading:
    """What a line of status says."""
    line, *after = REASON.split(" ".join(tokens), maxsplit=1)
    parts, reason = line.split(), (after[0].strip() if after else "")
    if not parts:
        return Reading(_("Which unit? Its code, name or the initials of its name."))
    for cut in range(1, len(parts)):
        handles, status = parts[:cut], " ".join(parts[cut:])
        units = _units(actor, handles)
        if units is None:
            break
        known = words.status_words(finding.words_of_departments(units))
        found = _same_state(words.best(known, status))
        if found:
            return _of(units, found, reason, f"{verb} {' '.join(handles)}")
    return _incomplete(actor, parts, reason, verb)


def _units(actor: Actor, handles: list[str]) -> list[Unit] | None:
    """The units that these handles mean, each one exactly; a name of several words counts too. None: not decided."""
    whole = finding.units(actor, " ".join(handles))
    if len(handles) == 1 or len(whole) == 1:
        return whole if len(whole) == 1 or (whole and handles[0].endswith("*")) else None
    found: dict[int, Unit] = {}
    for handle in handles:
        units = finding.units(actor, handle)
        if len(units) != 1 and not (units and handle.endswith("*")):
            return None
        found |= {unit.pk: unit for unit in units}
    return list(found.values())[:MOST_UNITS]


def _same_state(found: list[StatusWord]) -> list[StatusWord]:
    """Words that differ only in whose they are (two departments call one state alike) are one answer."""
    return found[:1] if len({word.state.code for word in found}) == 1 and len({word.name for word in found}) == 1 else found


def _of(units: list[Unit], found: list[StatusWord], reason: str, so_far: str) -> Reading:
    codes = _(", ").join(unit.code for unit in units)
    if len(found) > 1:
        return Reading(_("%(units)s: which status?") % {"units": codes}, choices=_choices(found, so_far))
    word = found[0]
    if word.state.needs_reason and not reason:
        return Reading(_("%(status)s needs a reason: write it after a colon.") % {"status": word.name}, choices=(_colon(word, so_far),))
    labels = tuple(_label(unit, word) for unit in units)
    says = _("%(units)s → %(status)s") % {"units": codes, "status": word.name}
    if reason:
        says = f"{says}: {reason}"
    return Reading(says, SayOfUnits(tuple(unit.pk for unit in units), word.state.code, labels, reason))


def _label(unit: Unit, word: StatusWord) -> str:
    return word.label if word.label and word.department_id in (None, unit.department_id) else ""


def _colon(word: StatusWord, so_far: str) -> Choice:
    return Choice(f"{word.name}:", _("then the reason"), f"{so_far} {word.name}: ")


def _choices(found: Iterable[StatusWord], so_far: str) -> tuple[Choice, ...]:
    return tuple(Choice(word.name, _key(word), f"{so_far} {word.name}") for word in found)


def _key(word: StatusWord) -> str:
    key = words.KEY_CAPS.get(word.state.code, "")
    return _("key %(key)s") % {"key": key} if key else ""


def _incomplete(actor: Actor, parts: list[str], reason: str, verb: str) -> Reading:
    """What is missing: a unit nobody knows, one of several, the status, or a blank between the two."""
    for at, handle in enumerate(parts):
        units = finding.units(actor, handle)
        if len(units) == 1 or (units and handle.endswith("*")):
            continue
        before = " ".join([verb, *parts[:at]])
        if units:
            rest = " ".join(parts[at + 1 :])
            choices = tuple(Choice(unit.code, unit.name, f"{before} {unit.code} {rest}".strip() + ("" if rest else " ")) for unit in units)
            return Reading(_("Which unit is %(words)s?") % {"words": handle}, choices=choices)
        if at == 0:
            return _glued(actor, handle, " ".join(parts[1:]), reason, verb)
        return _unknown(actor, parts[:at], " ".join(parts[at:]), before)
    units_ = [unit for handle in parts for unit in finding.units(actor, handle)]
    known = words.status_words(finding.words_of_departments(units_))
    codes = _(", ").join(unit.code for unit in units_[:3])
    return Reading(_("%(units)s: which status?") % {"units": codes}, choices=_choices(known[:12], f"{verb} {' '.join(parts)}"))


def _glued(actor: Actor, word: str, rest: str, reason: str, verb: str) -> Reading:
    """People leave the blank out: the longest beginning that is a unit, with a status behind it."""
    if not rest:
        for cut in range(len(word) - 1, 1, -1):
            units = finding.units(actor, word[:cut])
            if len(units) == 1:
                found = _same_state(words.best(words.status_words(finding.words_of_departments(units)), word[cut:]))
                if found:
                    return _of(units, found, reason, f"{verb} {units[0].code}")
    return Reading(_("No unit is called %(words)s.") % {"words": word})


def _unknown(actor: Actor, handles: list[str], status: str, so_far: str) -> Reading:
    units = _units(actor, handles) or []
    known = words.status_words(finding.words_of_departments(units))
    says = _("%(words)s is neither a status nor a unit.") % {"words": status}
    return Reading(says, choices=_choices(known[:12], so_far))
