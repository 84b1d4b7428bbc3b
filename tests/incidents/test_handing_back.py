"""An emergency ends with a list of what to look through, and keeps what was heard while it holds."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from access.actors import Actor
from incidents import modes, services
from incidents.models import DeskCall, Incident
from incidents.services.calls import Heard
from incidents.services.modes import NotLookedThrough
from incidents.services.plans import NewItem
from journal.models import Entry


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
    assert not any("service request" in each.sentence for each in modes.hand_back(supervisor, north_only))


def test_an_emergency_does_not_end_before_all_it_leaves_standing_was_looked_through(  # type: ignore[no-untyped-def]
    desk, supervisor: Actor, northern_fire: Incident, southern_pipe: Incident, now: datetime
):
    mode = services.switch_mode(supervisor, region_id=None, level="II", reason="大火", incident_id=None, now=now)

    for looked in ({}, {"WAITING": 1}, {"WAITING": 1, "GRAVE": 0}):
        with pytest.raises(NotLookedThrough) as refusal:
            services.end_mode(supervisor, mode_id=mode.pk, reason="已扑灭", looked=looked, now=now)
        assert "1 emergency is still open" in refusal.value.sentence
    again = desk(supervisor).post(f"/mode/{mode.pk}/end/", {"reason": "已扑灭", "looked": ["WAITING:1", "GRAVE:x", "?"]})
    assert again.status_code == 422 and "Look through this first" in again.content.decode()
    assert again.content.decode().count("required checked") == 1 and 'value="已扑灭"' in again.content.decode()
    services.end_mode(supervisor, mode_id=mode.pk, reason="已扑灭", looked={"WAITING": 1, "GRAVE": 1}, now=now)

    assert modes.in_force() == []
    assert Entry.objects.get(name="incidents.mode_ended").data["left"] == {"WAITING": 1, "GRAVE": 1}


def test_nothing_that_was_heard_is_forgotten_while_an_emergency_holds(call_taker: Actor, supervisor: Actor, city: object, now: datetime):
    key, long_ago, system = uuid4(), now - timedelta(hours=30), Actor.system("calls")
    services.save_call(call_taker, key=key, heard=Heard({"words": "无声电话"}, 0, long_ago), now=long_ago)
    services.discard_call(call_taker, key=key, reason="SILENT", now=long_ago)
    mode = services.switch_mode(supervisor, region_id=None, level="III", reason="暴雨", incident_id=None, now=now)

    assert services.forget_ended_calls(system, now=now) == 0
    assert DeskCall.objects.get().heard == {"words": "无声电话"}
    services.end_mode(supervisor, mode_id=mode.pk, reason="雨停", looked={}, now=now)
    assert services.forget_ended_calls(system, now=now) == 1
