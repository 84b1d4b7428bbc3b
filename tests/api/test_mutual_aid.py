"""Greater alarms, run cards and mutual aid through the API."""

from datetime import datetime

from access.actors import Actor
from incidents import services
from incidents.models import Incident
from incidents.services.aid import NewNeighbour
from incidents.services.alarms import NewLine
from resources.models import Unit
from tests.api.conftest import ProgramOf


def test_a_program_strikes_an_alarm_and_reads_what_the_cards_ask_for(
    program: ProgramOf, dispatcher: Actor, admin: Actor, northern_fire: Incident, engine_7: Unit, engine_8: Unit, now: datetime
) -> None:
    for alarm in (1, 2):
        services.save_run_card(
            admin, type_id=northern_fire.type_id, alarm=alarm, lines=[NewLine("pump", 1)], from_severity=None, note="", based_on=0, now=now
        )
    desk, address = program(dispatcher), f"incidents/{northern_fire.number}/"

    struck = desk.post(f"{address}alarm/", {"alarm": 2})

    assert struck.status_code == 200
    advice = desk.get(f"{address}recommendation/").json()
    assert (advice["alarm"], [need["alarm"] for need in advice["needs"]]) == (2, [1, 2])
    assert [unit["is_first"] for unit in advice["units"]] == [True, True]
    assert advice["units"][0]["eta_seconds"] == advice["units"][0]["turnout_seconds"] + advice["units"][0]["seconds"]
    again = desk.post(f"{address}alarm/", {"alarm": 2})
    assert (again.status_code, again.json()["code"]) == (409, "alarm_not_greater")
    assert [(card["alarm"], card["lines"][0]["count"]) for card in desk.get("run-cards/").json()] == [(1, 1), (2, 1)]
    assert desk.post(f"{address}withdraw-alarm/", {"alarm": 2}).status_code == 200


def test_a_program_asks_for_help_and_notes_the_answer(program: ProgramOf, dispatcher: Actor, admin: Actor, northern_fire: Incident) -> None:
    services.add_neighbour(admin, neighbour=NewNeighbour("beyond", "邻市", "Next city", 116.6, 39.9, capability_codes=("pump",)))
    desk, address = program(dispatcher), f"incidents/{northern_fire.number}/aid/"

    asked = desk.post(address, {"neighbour": "beyond", "capability": "pump", "asked": 2})
    assert (asked.status_code, asked.json()["state"]) == (201, "REQUESTED")
    own = asked["Location"].removeprefix("/api/v1/")
    assert desk.post(address, {"neighbour": "beyond", "capability": "pump"}).json()["code"] == "already_asked"

    assert desk.post(f"{own}advance/", {"state": "DECLINED"}).json()["code"] == "reason_missing"
    said = desk.post(f"{own}advance/", {"state": "COMMITTED", "committed": 1})
    assert (said.status_code, said.json()["committed"]) == (200, 1)
    assert [row["id"] for row in desk.get("aid-requests/").json()] == [asked.json()["id"]]
    assert desk.get(address).json()[0]["state"] == "COMMITTED"
    assert desk.get(own).json()["neighbour"]["code"] == "beyond"
