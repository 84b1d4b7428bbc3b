"""What a city has prepared for the day it needs it: run cards, and neighbours to ask; what is there already stays."""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from access import selectors as access_selectors
from access.actors import Actor
from incidents import selectors as incidents_selectors
from incidents import services as incidents
from incidents.services.aid import NewNeighbour
from incidents.services.alarms import NewLine

HERE = Path(__file__).parent


@cache
def run_cards() -> dict[str, list[dict[str, Any]]]:
    """For each type what each alarm adds, the first alarm first."""
    return dict(json.loads((HERE / "run_cards.json").read_text(encoding="utf-8"))["cards"])


@cache
def neighbours() -> list[dict[str, Any]]:
    """Whom the city may ask for help."""
    return list(json.loads((HERE / "run_cards.json").read_text(encoding="utf-8"))["neighbours"])


def prepare(actor: Actor, *, now: datetime) -> None:
    """Make the run cards and the neighbours. Types, capabilities and departments must be there."""
    _run_cards(actor, now)
    _neighbours(actor)


def _neighbours(actor: Actor) -> None:
    known = incidents_selectors.neighbour_codes()
    departments = {department.code: department.pk for department in access_selectors.departments()}
    for one in neighbours():
        if one["code"] not in known:
            new = NewNeighbour(
                code=one["code"],
                name=one["name"],
                name_en=one["name_en"],
                lon=one["point"][0],
                lat=one["point"][1],
                phone=one["phone"],
                department_id=departments[one["department"]] if "department" in one else None,
                capability_codes=tuple(one["capabilities"]),
            )
            incidents.add_neighbour(actor, neighbour=new)


def _run_cards(actor: Actor, now: datetime) -> None:
    known = {(card.type.code, card.alarm) for card in incidents_selectors.cards_in_force()}
    types = {type_.code: type_.pk for type_ in incidents_selectors.incident_types()}
    for code, alarms in run_cards().items():
        for alarm, card in enumerate(alarms, start=1):
            if code in types and (code, alarm) not in known:
                incidents.save_run_card(
                    actor,
                    type_id=types[code],
                    alarm=alarm,
                    lines=[NewLine(*line) for line in card["lines"]],
                    from_severity=card.get("from_severity"),
                    note="",
                    based_on=0,
                    now=now,
                )
