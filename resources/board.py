"""How a unit is drawn and named: the shape of its arrow, its state in words, its type in the reader's language."""

from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from resources.models import Unit, UnitType
from resources.positions.codes import CODES, DISTRESS_CODE, state_code

Activity = Unit.Activity

SHAPES = {
    Activity.ON_RADIO: "hollow",
    Activity.AT_STATION: "hollow",
    Activity.RETURNING: "hollow",
    Activity.ASSIGNED: "half",
    Activity.EN_ROUTE: "half",
    Activity.TRANSPORTING: "half",
    Activity.STAGED: "solid",
    Activity.ON_SCENE: "solid",
    Activity.AT_DESTINATION: "solid",
    Activity.MEAL: "crossed",
    Activity.TRAINING: "crossed",
    Activity.OUT_OF_SERVICE: "crossed",
    Activity.OFF_DUTY: "crossed",
}

LEGEND: tuple[tuple[str, str | Promise], ...] = (
    ("hollow", _("Available")),
    ("half", _("On the way")),
    ("solid", _("On scene")),
    ("crossed", _("Out of service")),
    ("lost", _("Contact lost")),
    ("distress", _("Emergency call")),
)


def shapes() -> dict[int, str]:
    """The shape of each state code."""
    return {code: SHAPES[activity] for code, activity in enumerate(CODES)} | {DISTRESS_CODE: "distress"}


def shape(unit: Unit) -> str:
    """How the unit is drawn now."""
    return "distress" if unit.distress_at else SHAPES[Activity(unit.activity)]


def on_map(unit: Unit) -> dict[str, Any]:
    """A unit for the map (longitude and latitude WGS-84); one that never reported stands at its station."""
    fix = getattr(unit, "last_position", None)
    home = unit.station.point if unit.station else None
    lon, lat = (fix.lon, fix.lat) if fix else (home.x, home.y) if home else (None, None)
    is_lost = fix is not None and fix.lost_at is not None
    return {
        "id": unit.pk,
        "code": unit.code,
        "title": type_name(unit),
        "state": state_code(unit.activity, is_in_distress=unit.distress_at is not None, is_lost=is_lost),
        "label": state_label(unit),
        "lon": lon,
        "lat": lat,
        "heading": fix.heading if fix else None,
        "at": int(fix.at.timestamp() * 1000) if fix else None,
    }


def state_label(unit: Unit) -> str:
    """The unit's state in its department's word, else in the city's."""
    if unit.status_label is None:
        return str(unit.get_activity_display())
    english = unit.status_label.name_en if (get_language() or "").startswith("en") else ""
    return english or unit.status_label.name


def tally(units: Iterable[Unit]) -> dict[str, Any]:
    """How many units of each type are available, at work and out of service."""
    rows: dict[int, dict[str, Any]] = {}
    for unit in units:
        row = rows.setdefault(unit.type_id, {"type": unit.type, "free": 0, "busy": 0, "out": 0, "all": 0})
        row["all"] += 1
        row["free" if unit.is_available() else "out" if shape(unit) == "crossed" else "busy"] += 1
    for row in rows.values():
        row["percent"] = round(100 * row["free"] / row["all"])
    ordered = sorted(rows.values(), key=lambda row: _code(row["type"]))
    return {"rows": ordered, "free": sum(row["free"] for row in ordered), "all": sum(row["all"] for row in ordered)}


def _code(unit_type: UnitType) -> str:
    return unit_type.code


def type_name(unit: Unit) -> str:
    """The unit's type in the reader's language."""
    english = unit.type.name_en if (get_language() or "").startswith("en") else ""
    return english or unit.type.name
