"""What a city has prepared for the day it needs it: run cards, and neighbours to ask; what is there already stays."""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from access.actors import Actor
from incidents import selectors as incidents_selectors
from incidents import services as incidents
from incidents.services.alarms import NewLine

HERE = Path(__file__).parent


@cache
def run_cards() -> dict[str, list[dict[str, Any]]]:
    """For each type what each alarm adds, the first alarm first."""
    return dict(json.loads((HERE / "run_cards.json").read_text(encoding="utf-8"))["cards"])


def prepare(actor: Actor, *, now: datetime) -> None:
    """Make the run cards. Types and capabilities must be there."""
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
