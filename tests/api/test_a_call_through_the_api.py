"""One call from report to closed, by programs."""

from access.actors import Actor
from incidents.models import Disposition, Incident, IncidentType
from journal.models import Entry
from resources.models import Station, Unit, UnitType
from tests.api.conftest import ProgramOf

CALL = {
    "source": "PHONE",
    "type": "building-fire",
    "place_words": "莲花池东路 12 号",
    "point": [116.40, 39.95],
    "words": "二楼冒烟",
    "caller_name": "张女士",
    "caller_phone": "13800002201",
}


def test_a_call_is_taken_dispatched_followed_and_closed(
    program: ProgramOf,
    call_taker: Actor,
    dispatcher: Actor,
    crew: Actor,
    building_fire: IncidentType,
    north: object,
    engine_7: Unit,
    done: Disposition,
) -> None:
    taker, desk, engine = program(call_taker), program(dispatcher), program(crew)

    taken = taker.post("reports/", CALL)
    assert taken.status_code == 201, taken.content
    address = taken["Location"]
    assert desk.post(f"{address}triage/").json()["status"] == "TRIAGE"
    assert desk.post(f"{address}validate/").json()["status"] == "PENDING"
    sent = desk.post(f"{address}assignments/", {"unit": engine_7.pk})
    assert sent.status_code == 201, sent.content
    for step in ("ACKNOWLEDGED", "EN_ROUTE", "ON_SCENE"):
        answer = engine.post(f"assignments/{sent.json()['id']}/advance/", {"step": step, "source": "BUTTON"})
        assert answer.status_code == 200, answer.content
    detail = taker.get(address)
    assert detail.status_code == 200, detail.content
    assert (detail.json()["state"], detail.json()["assignments"][0]["step"]) == ("ON_SCENE", "ON_SCENE")
    assert engine.post(f"assignments/{sent.json()['id']}/advance/", {"step": "CLEARED"}).status_code == 200
    assert desk.post(f"{address}resolve/").json()["status"] == "RESOLVED"
    closed = desk.post(f"{address}close/", {"disposition": "done"})

    assert closed.json()["status"] == "CLOSED", closed.content
    assert Entry.objects.filter(name="incidents.incident_closed", actor_label="Dispatcher").count() == 1
    listed = desk.get("incidents/?open=false")
    assert [row["number"] for row in listed.json()["items"]] == [detail.json()["number"]], listed.content


def test_an_administrator_adds_a_unit(program: ProgramOf, admin: Actor, dispatcher: Actor, engine_type: UnitType, station_north: Station) -> None:
    added = program(admin).post("units/", {"code": "E9", "type": "engine", "department": "fire", "station": "S1", "region": "110101"})

    assert added.status_code == 201, added.content
    assert program(dispatcher).get(added["Location"]).json()["code"] == "E9"
    assert [row["code"] for row in program(dispatcher).get("units/").json()["items"]] == ["E9"]


def test_the_same_report_of_a_partner_is_one_incident(program: ProgramOf, partner: Actor, building_fire: IncidentType, north: object) -> None:
    system = program(partner)

    first = system.post("reports/", {**CALL, "source": "PARTNER", "external_id": "P-1"})
    again = system.post("reports/", {**CALL, "source": "PARTNER", "external_id": "P-1"})

    assert (first.status_code, again.status_code) == (201, 200), again.content
    assert first.json()["number"] == again.json()["number"]
    assert Incident.objects.count() == 1
