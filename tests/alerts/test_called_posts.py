"""A switch to emergency calls duty posts: told before, paged with it, held until it is over, and let go again."""

import importlib
from collections.abc import Callable
from datetime import datetime, time, timedelta
from itertools import pairwise

import pytest
from django.apps import apps
from django.db.models import QuerySet
from django.utils import translation

from access.actors import Actor
from access.models import Department, Region
from access.roles import Role
from alerts import selectors as alerts
from alerts import services
from alerts.handlers import page_called_post
from alerts.models import Escalation, Page
from incidents import modes
from incidents import services as incidents
from journal import selectors as journal
from journal.models import Entry
from resources import selectors
from resources import services as resources
from resources.models import Duty, Post, PostCall
from resources.services import NewPost
from tests.alerts.conftest import Look
from tests.conftest import Person

SYSTEM = Actor.system("test")
HOURS = timedelta(hours=6)


@pytest.fixture
def posts(fire: Department, city: Region, north: Region) -> dict[str, Post]:
    """A duty supervisor who is called by no emergency, a commander from level II, a flood desk from IV, and a post of the north from III."""
    new = [
        NewPost("chief", "值班长", "Chief", fire.pk, city.pk, is_supervisor=True),
        NewPost("boss", "指挥长", "Commander", fire.pk, city.pk, superior="chief", called_at=2),
        NewPost("flood", "防汛席", "Flood desk", fire.pk, city.pk, superior="chief", called_at=4),
        NewPost("north", "北区值班", "North desk", fire.pk, north.pk, superior="chief", called_at=3),
    ]
    return {post.code: resources.add_post(SYSTEM, post=post) for post in new}


@pytest.fixture
def on(posts: dict[str, Post], now: datetime) -> Callable[[str, Actor], Duty]:
    return lambda post, who: Duty.objects.create(post=posts[post], person_id=who.user_id, starts_at=now - HOURS, ends_at=now + HOURS)


def switch(actor: Actor, level: str, now: datetime, region: Region | None = None) -> int:
    mode = incidents.switch_mode(actor, region_id=region.pk if region else None, level=level, reason="暴雨", incident_id=None, now=now)
    react()
    return mode.pk


def react() -> None:
    """What the relay hands to this room, twice."""
    for entry in [*Entry.objects.filter(name="resources.post_called_in").order_by("pk")] * 2:
        page_called_post(entry)


def called() -> list[str]:
    return list(PostCall.objects.open().order_by("post__code").values_list("post__code", flat=True))


def paged() -> "QuerySet[Page, str | None]":
    return Page.objects.filter(state=Page.State.SENT).order_by("pk").values_list("person__username", flat=True)


def test_a_switch_says_first_whom_it_calls_then_pages_those_on_duty_there_once(
    supervisor: Actor, commander: Actor, dispatcher: Actor, posts: dict[str, Post], on: Callable[[str, Actor], Duty], now: datetime
) -> None:
    on("boss", commander), on("chief", supervisor)

    with translation.override("en"):
        said = modes.effects(supervisor, None, level="II", now=now).will
        before = modes.effects(supervisor, None, level="", now=now).will
    switch(supervisor, "II", now)

    assert any(f"Commander ({commander.label})" in each and "Flood desk (nobody on duty)" in each for each in said)
    assert any("Commander from level II" in each and "Flood desk from level IV" in each for each in before)
    assert called() == ["boss", "flood", "north"]
    assert sorted(map(str, paged())) == ["commander", "supervisor", "supervisor"]  # two posts stand empty: the duty supervisor hears of each
    entry = Entry.objects.filter(name="resources.post_called_in", about__contains=[f"post:{posts['boss'].pk}"]).get()
    with translation.override("en"):
        assert journal.sentence(entry).endswith("called Commander to duty: emergency, response level II (暴雨)")
    assert Entry.objects.filter(name="alerts.post_empty").count() == 2


def test_a_graver_level_calls_more_and_pages_nobody_anew_and_a_lesser_one_lets_go(
    supervisor: Actor, commander: Actor, on: Callable[[str, Actor], Duty], now: datetime
) -> None:
    on("boss", commander), on("flood", supervisor)

    steps = []
    for level in ("IV", "I", "IV"):
        switch(supervisor, level, now)
        steps.append((called(), list(paged())))

    assert steps == [
        (["flood"], ["supervisor"]),
        (["boss", "flood", "north"], ["supervisor", "commander"]),
        (["flood"], ["supervisor", "commander"]),
    ]
    assert Entry.objects.filter(name="resources.post_stood_down").count() == 2


def test_back_to_routine_lets_every_post_go_and_nobody_needs_to_answer(
    supervisor: Actor, commander: Actor, posts: dict[str, Post], on: Callable[[str, Actor], Duty], look: Look, now: datetime
) -> None:
    on("boss", commander)
    mode_id = switch(supervisor, "II", now)
    empty = {gap.post.code for gap in selectors.gaps(supervisor, since=now, until=now + timedelta(hours=1))}
    shown = {each.post.code: (each.is_gap, each.called is not None) for each in selectors.watch_at(supervisor, now)}

    incidents.end_mode(supervisor, mode_id=mode_id, reason="雨停", looked={"POSTS": 3}, now=now)
    look(now + timedelta(seconds=1))

    assert empty == {"flood", "north"}
    assert shown == {"chief": (False, False), "boss": (False, True), "flood": (True, True), "north": (True, True)}
    assert called() == [] and selectors.gaps(supervisor, since=now, until=now + timedelta(hours=1)) == []
    assert set(Escalation.objects.values_list("state", flat=True)) == {Escalation.State.OVER}
    react()
    assert Escalation.objects.count() == 3


def test_an_emergency_of_the_north_calls_the_posts_of_the_north_by_who_has_authority_there(
    person: Person, posts: dict[str, Post], north: Region, now: datetime
) -> None:
    chief = person("district_supervisor", (Role.SUPERVISOR, None, north))

    switch(chief, "I", now, north)

    assert called() == ["north"]


def test_whoever_answers_has_it_and_the_post_is_held_between_its_shifts_too(
    supervisor: Actor, commander: Actor, posts: dict[str, Post], on: Callable[[str, Actor], Duty], now: datetime
) -> None:
    night = resources.add_shift(SYSTEM, code="night", name="夜班", name_en="Night", begins=time(20), minutes=720)
    posts["boss"].shifts.add(night)
    on("boss", commander)
    switch(supervisor, "II", now)

    services.answer_page(commander, page_id=Page.objects.get(person__username="commander").pk, now=now)

    assert Escalation.objects.get(post=posts["boss"]).state == Escalation.State.ANSWERED
    gaps = [gap for gap in selectors.gaps(supervisor, since=now, until=now + timedelta(days=2)) if gap.post == posts["boss"]]
    assert {gap.shift.code if gap.shift else "" for gap in gaps} == {"", "night"}
    assert all(a.ends_at <= b.starts_at for a, b in pairwise(gaps))


def test_posts_that_stand_empty_raise_one_alarm_that_names_them_and_are_one_page_with_one_answer(
    supervisor: Actor, commander: Actor, posts: dict[str, Post], on: Callable[[str, Actor], Duty], look: Look, now: datetime
) -> None:
    importlib.import_module("alerts.migrations.0004_default_paging_rule").fill(apps, None)
    on("chief", supervisor), on("boss", commander)
    for code in ("east", "west"):
        resources.add_post(SYSTEM, post=NewPost(code, code, code.title(), posts["chief"].department_id, posts["chief"].region_id, called_at=2))
    switch(supervisor, "II", now)

    look(now + timedelta(seconds=1))

    with translation.override("en"):
        shown = [line.lead for line in alerts.strip(supervisor, now=now).lines]
        paged_now = alerts.own_pages(supervisor)
    assert [each.told_of for each in shown] == [
        "Emergency, response level II: 暴雨 · East, Flood desk, West",
        "Emergency, response level II: 暴雨 · North desk",
    ]
    pages = {tuple(post.code for post in each.posts): each.page.pk for each in paged_now}
    assert set(pages) == {("east", "flood", "west"), ("north",)}

    services.answer_page(supervisor, page_id=pages["east", "flood", "west"], now=now + timedelta(seconds=2))
    look(now + timedelta(seconds=3))

    assert [each.posts[0].code for each in alerts.own_pages(supervisor)] == ["north"]
    assert [line.lead.pk for line in alerts.strip(supervisor, now=now).lines if line.lead.is_standing] == [shown[1].pk]
    services.acknowledge_alarms(supervisor, alarm_ids=[shown[1].pk], now=now + timedelta(seconds=4))
    assert set(Escalation.objects.values_list("state", flat=True)) == {Escalation.State.ANSWERED, Escalation.State.RUNNING}
