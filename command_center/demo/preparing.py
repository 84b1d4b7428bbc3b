"""What a city has prepared for the day it needs it: run cards, plans, and neighbours to ask; what is there already stays."""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from access import selectors as access_selectors
from access.actors import Actor
from incidents import plans as incidents_plans
from incidents import selectors as incidents_selectors
from incidents import services as incidents
from incidents.services.aid import NewNeighbour
from incidents.services.alarms import NewLine
from incidents.services.plans import NewItem

HERE = Path(__file__).parent


@cache
def run_cards() -> dict[str, list[dict[str, Any]]]:
    """For each type what each alarm adds, the first alarm first."""
    return dict(json.loads((HERE / "run_cards.json").read_text(encoding="utf-8"))["cards"])


@cache
def neighbours() -> list[dict[str, Any]]:
    """Whom the city may ask for help."""
    return list(json.loads((HERE / "run_cards.json").read_text(encoding="utf-8"))["neighbours"])


@cache
def plans() -> dict[str, dict[str, dict[str, Any]]]:
    """For each type ("any": for those without one of their own) and response level what is done."""
    return dict(json.loads((HERE / "plans.json").read_text(encoding="utf-8"))["plans"])


def prepare(actor: Actor, *, now: datetime) -> None:
    """Make the run cards, the plans and the neighbours. Types, capabilities and departments must be there."""
    _run_cards(actor, now)
    _plans(actor, now)
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


def _plans(actor: Actor, now: datetime) -> None:
    known = {(plan.type_id, plan.level) for plan in incidents_plans.plans_in_force()}
    types: dict[str, int | None] = {"any": None, **{type_.code: type_.pk for type_ in incidents_selectors.incident_types()}}
    departments = {department.code: department.pk for department in access_selectors.departments()}
    for code, levels in plans().items():
        for level, plan in levels.items():
            if code not in types or (types[code], level) in known:
                continue
            items = [
                NewItem(title, title_en, departments[department] if department else None, minutes, needs_evidence)
                for title, title_en, department, minutes, needs_evidence in plan["tasks"]
            ]
            incidents.save_plan(
                actor, type_id=types[code], level=level, name=plan["name"], name_en=plan["name_en"], items=items, note="", based_on=0, now=now
            )


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
