"""An emergency ends with a list of what to look through, and keeps what was heard while it holds."""

from datetime import datetime, timedelta
from uuid import uuid4

from access.actors import Actor
from incidents import modes, services
from incidents.models import DeskCall, Incident
from incidents.services.calls import Heard
from incidents.services.plans import NewItem


def test_what_is_left_standing_is_told_with_numbers_before_going_back(  # type: ignore[no-untyped-def]
    desk, supervisor: Actor, admin: Actor, northern_fire: Incident, southern_pipe: Incident, now: datetime
):
    items = [NewItem("疏散同楼人员")]
    plan = services.save_plan(admin, type_id=northern_fire.type_id, level="II", name="预案", name_en="", items=items, note="", based_on=0, now=now)
    services.activate_plan(supervisor, incident_id=northern_fire.pk, plan_id=plan.pk, reason="大火", now=now)
    services.switch_mode(supervisor, region_id=None, level="II", reason="大火", incident_id=None, now=now)

    page = desk(supervisor).get("/mode/").content.decode()

    assert "1 service request waited" in page and "1 emergency is still open" in page and "1 plan is in motion" in page
    assert page.count('name="looked"') == 3 and "mutual aid is open" not in page
    north_only = services.switch_mode(supervisor, region_id=northern_fire.region_id, level="I", reason="大火", incident_id=None, now=now)
    assert not any("service request" in each for each in modes.hand_back(supervisor, north_only))


def test_nothing_that_was_heard_is_forgotten_while_an_emergency_holds(call_taker: Actor, supervisor: Actor, city: object, now: datetime):
    key, long_ago, system = uuid4(), now - timedelta(hours=30), Actor.system("calls")
    services.save_call(call_taker, key=key, heard=Heard({"words": "无声电话"}, 0, long_ago), now=long_ago)
    services.discard_call(call_taker, key=key, reason="SILENT", now=long_ago)
    mode = services.switch_mode(supervisor, region_id=None, level="III", reason="暴雨", incident_id=None, now=now)

    assert services.forget_ended_calls(system, now=now) == 0
    assert DeskCall.objects.get().heard == {"words": "无声电话"}
    services.end_mode(supervisor, mode_id=mode.pk, reason="雨停", now=now)
    assert services.forget_ended_calls(system, now=now) == 1
