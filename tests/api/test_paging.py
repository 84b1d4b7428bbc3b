"""Paging by programs: one's own pages, the answer to one, who was paged for an alarm, and a call to a post."""

from datetime import timedelta

import pytest

from access.actors import Actor
from access.models import Department, Region
from alerts import services as alerts
from alerts.models import Alarm, AlarmRule, Page
from alerts.services import NewChain, NewStep
from resources import services as resources
from resources.models import Duty, Post
from resources.services import NewPost
from tests.api.conftest import ProgramOf
from tests.conftest import NewUnitMaker

SYSTEM = Actor.system("test")


@pytest.fixture
def desk(fire: Department, city: Region, dispatcher: Actor, now) -> Post:
    """The dispatch desk, held by the dispatcher, and the first to be paged."""
    post = resources.add_post(SYSTEM, post=NewPost("desk", "调度席", "Dispatch desk", fire.pk, city.pk, is_supervisor=True))
    Duty.objects.create(post=post, person_id=dispatcher.user_id, starts_at=now - timedelta(hours=6), ends_at=now + timedelta(hours=6))
    alerts.add_chain(SYSTEM, chain=NewChain("all", "全部", "All", (NewStep(60, post.pk),), 4))
    return post


@pytest.fixture
def paged_for(desk: Post, new_unit: NewUnitMaker, now) -> Alarm:
    """An emergency call of a crew that nobody has acknowledged for a minute."""
    rule = {"name": "遇险呼叫", "watch": "DISTRESS", "seconds": 0, "level": 1, "response": "核实"}
    AlarmRule.objects.update_or_create(code="distress", defaults=rule)
    unit = new_unit("E7")
    resources.press_key(SYSTEM, unit_id=unit.pk, key="0", source="BUTTON", now=now)
    for seconds in (2, 70):
        alerts.look_around(SYSTEM, now=now + timedelta(seconds=seconds), took_ms=0.0)
    return Alarm.objects.get(rule__code="distress")


def test_a_program_reads_the_pages_of_its_person_and_answers_one(program: ProgramOf, dispatcher: Actor, supervisor: Actor, paged_for: Alarm) -> None:
    mine, theirs = program(dispatcher), program(supervisor)

    page = mine.get("pages/").json()[0]
    assert (page["about"], page["alarm"], page["unit"], page["post"], page["level"]) == ("遇险呼叫", paged_for.pk, "E7", "desk", 1)
    assert theirs.get("pages/").json() == []
    assert theirs.post(f"pages/{page['id']}/answer/").status_code == 404

    answered = mine.post(f"pages/{page['id']}/answer/").json()
    assert (answered["state"], answered["answered_by"]) == ("ANSWERED", dispatcher.label)
    assert mine.post(f"pages/{page['id']}/answer/").json() == answered
    assert mine.get("pages/").json() == []
    paged_for.refresh_from_db()
    assert paged_for.state == "ACKED"

    told = theirs.get(f"alarms/{paged_for.pk}/pages/").json()
    assert [(each["post"], each["person"], each["state"], each["reason"]) for each in told] == [("desk", "dispatcher", "ANSWERED", "")]


def test_a_program_calls_a_post_and_is_told_who_was_paged_and_that_nobody_is_there(
    program: ProgramOf, dispatcher: Actor, auditor: Actor, desk: Post, fire: Department, city: Region
) -> None:
    empty = resources.add_post(SYSTEM, post=NewPost("night", "夜班席", "Night desk", fire.pk, city.pk))
    room, words = program(dispatcher), {"words": "请到大厅", "level": 2}

    held = room.post(f"posts/{desk.pk}/call/", words)
    alone = room.post(f"posts/{empty.pk}/call/", words)

    assert held.status_code == 201
    assert [(each["person"], each["state"]) for each in held.json()["pages"]] == [("dispatcher", "SENT")]
    nobody = alone.json()["pages"][0]
    assert (nobody["post"], nobody["person"], nobody["reason"]) == ("night", None, "POST_EMPTY")
    assert room.get("pages/").json()[0]["about"] == "请到大厅"
    assert room.post(f"posts/{desk.pk}/call/", {"words": " ", "level": 2}).status_code == 422
    assert program(auditor).post(f"posts/{desk.pk}/call/", words).status_code == 403
    assert not Page.objects.filter(person_id=auditor.user_id).exists()
