"""Plans, response levels and the state of the city through the API."""

from datetime import datetime

from access.actors import Actor
from access.models import Region
from incidents import services
from incidents.models import Incident
from incidents.services.plans import NewItem
from tests.api.conftest import ProgramOf


def test_a_program_reads_what_a_plan_will_do_sets_it_in_motion_and_stands_it_down(
    program: ProgramOf, supervisor: Actor, admin: Actor, northern_fire: Incident, now: datetime
) -> None:
    items = [NewItem("疏散同楼人员", due_minutes=10), NewItem("保障供水", due_minutes=15)]
    services.save_plan(admin, type_id=northern_fire.type_id, level="II", name="火灾预案", name_en="", items=items, note="", based_on=0, now=now)
    room, address = program(supervisor), f"incidents/{northern_fire.number}/plans/"

    known = room.get("plans/").json()
    choice = next(each for each in room.get(address).json() if each["level"] == "II")
    assert (choice["plan_id"], [each["is_given"] for each in choice["effects"]]) == (known[0]["id"], [False, False])
    begun = room.post(address, {"plan": choice["plan_id"], "reason": "二楼有人"})

    assert (begun.status_code, begun.json()["level"], begun.json()["reason"]) == (201, "II", "二楼有人")
    assert room.get(f"incidents/{northern_fire.number}/").json()["response_level"] == "II"
    again = room.post(address, {"plan": choice["plan_id"], "reason": "二楼有人"})
    assert (again.status_code, again.json()["code"]) == (409, "plan_runs")
    ended = room.post(f"plan-activations/{begun.json()['id']}/stand-down/")
    assert ended.status_code == 200 and ended.json()["ended_at"]
    assert northern_fire.tasks.filter(state="CANCELLED").count() == 2
    assert room.post(address, {"plan": 4711, "reason": "x"}).status_code == 422


def test_a_program_switches_a_district_to_emergency_and_back_and_a_dispatcher_may_not(
    program: ProgramOf, supervisor: Actor, dispatcher: Actor, northern_fire: Incident, north: Region
) -> None:
    room = program(supervisor)
    effects = room.get("mode/effects/?region=110101", Accept_Language="en").json()
    assert any("1 emergency" in each for each in effects["will"]) and effects["will_not"]

    switched = room.post("mode/", {"region": "110101", "level": "II", "reason": "大火", "incident": northern_fire.number})

    assert (switched.status_code, switched.json()["region"]["code"], switched.json()["incident"]) == (201, "110101", northern_fire.number)
    assert [each["level"] for each in program(dispatcher).get("mode/").json()] == ["II"]
    assert program(dispatcher).post("mode/", {"level": "I", "reason": "x"}).status_code == 403
    twice = room.post("mode/", {"region": "110101", "level": "II", "reason": "大火"})
    assert (twice.status_code, twice.json()["code"]) == (409, "emergency_holds")
    address = f"mode/{switched.json()['id']}"
    unread = room.post(f"{address}/end/", {"reason": "已扑灭"})
    assert (unread.status_code, unread.json()["code"]) == (409, "not_looked_through")
    looked = {each["code"]: each["count"] for each in room.get(f"{address}/hand-back/").json()}
    assert room.post(f"{address}/end/", {"reason": "已扑灭", "looked": looked}).json()["end_reason"] == "已扑灭"
    assert room.get("mode/").json() == []
