"""Alarms nobody answers go up a chain of those on duty; nobody off duty is paged, and the reason is kept."""

import importlib
import threading
from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from access.actors import Actor
from access.models import User
from alerts import channels, selectors, services
from alerts.handlers import send_page
from alerts.models import Alarm, AlarmRule, Escalation, Page, PageDelivery
from alerts.services import NewChain, NewStep
from journal.models import Entry
from kit.errors import NotFound
from resources import services as resources
from resources.models import Duty, Post, Shift
from resources.services import NewPost
from tests.alerts.conftest import Look, alarms

SYSTEM = Actor.system("test")


@pytest.fixture
def whole_day(db: None) -> Shift:
    return resources.add_shift(SYSTEM, code="all", name="全天", name_en="Whole day", begins=time(0), minutes=1440)


@pytest.fixture
def posts(fire, city, whole_day) -> dict[str, Post]:
    """A commander above a duty supervisor above a dispatch desk."""
    new = [NewPost("boss", "指挥长", "Commander", fire.pk, city.pk), NewPost("chief", "值班长", "Chief", fire.pk, city.pk, 1, "boss", True)]
    new.append(NewPost("desk", "调度席", "Desk", fire.pk, city.pk, 1, "chief"))
    return {post.code: resources.add_post(SYSTEM, post=post) for post in new}


@pytest.fixture
def chain(posts) -> None:
    steps = (NewStep(30, posts["desk"].pk), NewStep(45), NewStep(60))
    services.add_chain(SYSTEM, chain=NewChain("all", "全部", "All", steps, 4))


@pytest.fixture
def on(posts, now) -> Callable[[str, Actor], Duty]:
    """Put somebody on duty at a post for the hours around now."""

    def put(post: str, who: Actor) -> Duty:
        hours = timedelta(hours=6)
        return Duty.objects.create(post=posts[post], person_id=who.user_id, starts_at=now - hours, ends_at=now + hours)

    return put


@pytest.fixture
def grave(rules, engine_7, now) -> Callable[[], Alarm]:
    """Engine 7 calls for help: an alarm of level 1 once the watch has looked."""
    importlib.import_module("alerts.migrations.0004_default_paging_rule").fill(apps, None)

    def call() -> None:
        resources.press_key(SYSTEM, unit_id=engine_7.pk, key="0", source="BUTTON", now=now)

    return call


def paged() -> list[str]:
    return list(Page.objects.filter(state=Page.State.SENT).order_by("pk").values_list("person__username", flat=True))


def test_an_unanswered_alarm_goes_up_the_chain_step_by_step(dispatcher, supervisor, commander, chain, on, grave, look: Look, now) -> None:
    on("desk", dispatcher), on("chief", supervisor), on("boss", commander)
    grave()

    seen = []
    for seconds in (0, 59, 60, 89, 90, 134, 135, 194):
        look(now + timedelta(seconds=seconds))
        seen.append(len(paged()))

    assert seen == [0, 0, 1, 1, 2, 2, 3, 3]
    assert paged() == ["dispatcher", "supervisor", "commander"]


def test_who_is_off_duty_is_not_paged_and_the_reason_is_a_fact(dispatcher, supervisor, commander, chain, on, grave, look: Look, now) -> None:
    on("desk", dispatcher), on("chief", supervisor)
    resources.note_leave(
        SYSTEM, person_id=dispatcher.user_id, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=3), reason="x", now=now
    )
    grave()

    look(now)
    look(now + timedelta(seconds=60))

    withheld = Entry.objects.get(name="alerts.page_withheld")
    assert paged() == ["supervisor"]
    assert (withheld.data["person_id"], withheld.data["reason"]) == (dispatcher.user_id, "ON_LEAVE")
    assert Entry.objects.filter(name="alerts.post_empty").count() == 1


def test_a_named_person_is_paged_only_while_on_duty(supervisor, commander, posts, on, grave, look: Look, now) -> None:
    steps = (NewStep(30, person_id=commander.user_id), NewStep(30, posts["chief"].pk))
    services.add_chain(SYSTEM, chain=NewChain("named", "指名", "Named", steps, 1))
    on("chief", supervisor)
    grave()

    look(now)
    look(now + timedelta(seconds=60))

    assert paged() == ["supervisor"]
    assert Page.objects.get(state=Page.State.WITHHELD).reason == "NOT_ROSTERED"


def test_who_may_not_know_of_the_alarm_is_not_paged(fire_chief_south, supervisor, chain, on, grave, look: Look, now) -> None:
    on("desk", fire_chief_south), on("chief", supervisor)
    grave()

    look(now)
    look(now + timedelta(seconds=60))

    assert paged() == ["supervisor"]
    assert Page.objects.get(state=Page.State.WITHHELD).reason == "NOT_ALLOWED"


def test_whoever_answers_first_ends_it_for_all(dispatcher, supervisor, chain, on, grave, look: Look, now) -> None:
    on("desk", dispatcher), on("chief", supervisor)
    grave()
    for seconds in (0, 60, 90):
        look(now + timedelta(seconds=seconds))
    first, second = Page.objects.order_by("pk")

    services.answer_page(supervisor, page_id=second.pk, now=now + timedelta(seconds=95))

    run = Escalation.objects.get()
    assert (run.state, run.answered_by) == ("ANSWERED", "Supervisor")
    assert [alarm.state for alarm in alarms()] == ["ACKED"]
    assert selectors.own_pages(dispatcher) == selectors.own_pages(supervisor) == []
    with pytest.raises(services.PageIsAnswered):
        services.answer_page(dispatcher, page_id=first.pk, now=now + timedelta(seconds=96))
    look(now + timedelta(seconds=300))
    assert len(paged()) == 1


def test_acknowledging_the_alarm_anywhere_ends_the_chain(dispatcher, supervisor, chain, on, grave, look: Look, now) -> None:
    on("desk", dispatcher)
    grave()
    look(now)
    look(now + timedelta(seconds=60))

    services.acknowledge_alarms(supervisor, alarm_ids=[alarms()[0].pk], now=now + timedelta(seconds=61))

    assert Escalation.objects.get().state == "ANSWERED"
    assert selectors.own_pages(dispatcher) == []


def test_an_alarm_that_is_over_pages_nobody_any_more(dispatcher, supervisor, chain, on, grave, engine_7, look: Look, now) -> None:
    on("desk", dispatcher), on("chief", supervisor)
    grave()
    look(now)
    look(now + timedelta(seconds=60))

    resources.end_distress(SYSTEM, unit_id=engine_7.pk, now=now)
    look(now + timedelta(seconds=120))

    assert Escalation.objects.get().state == "OVER"
    assert paged() == ["dispatcher"]


def test_nobody_left_calls_the_duty_supervisor_and_raises_an_alarm(supervisor, posts, on, grave, look: Look, now) -> None:
    services.add_chain(SYSTEM, chain=NewChain("desk", "席", "Desk", (NewStep(30, posts["desk"].pk),), 1))
    on("chief", supervisor)
    grave()

    look(now)
    look(now + timedelta(seconds=60))
    look(now + timedelta(seconds=61))

    run = Escalation.objects.get()
    assert run.state == "EXHAUSTED"
    assert paged() == ["supervisor"]
    assert [alarm.subject for alarm in alarms("nobody-answers")] == [f"escalation:{run.pk}"]
    services.acknowledge_alarms(supervisor, alarm_ids=[alarms("nobody-answers")[0].pk], now=now + timedelta(seconds=62))
    look(now + timedelta(seconds=64))
    assert Escalation.objects.get().state == "ANSWERED"
    assert alarms("nobody-answers") == []


def test_the_alarm_that_nobody_answers_starts_no_chain_of_its_own(chain, grave, look: Look, now) -> None:
    grave()

    for seconds in (0, 60, 61, 200, 400, 700):
        look(now + timedelta(seconds=seconds))

    assert Escalation.objects.count() == 1
    assert len(alarms("nobody-answers")) == 1


def test_the_narrowest_chain_is_taken(dispatcher, supervisor, commander, fire, rules, posts, on, grave, look: Look, now) -> None:
    on("desk", dispatcher), on("chief", supervisor), on("boss", commander)
    for code, post, more in (("wide", "desk", {}), ("ours", "chief", {"department_id": fire.pk})):
        services.add_chain(SYSTEM, chain=NewChain(code, code, code, (NewStep(30, posts[post].pk),), 4, **more))
    grave()

    look(now)
    look(now + timedelta(seconds=60))

    assert paged() == ["supervisor"]


def test_a_dispatcher_pages_a_post_in_words_and_who_comes_is_known(dispatcher, supervisor, posts, on, now) -> None:
    on("chief", supervisor)

    run = services.call_post(dispatcher, post_id=posts["chief"].pk, words="请到大厅", level=2, now=now)
    services.answer_page(supervisor, page_id=selectors.own_pages(supervisor)[0].page.pk, now=now)

    run.refresh_from_db()
    assert (run.state, run.answered_by) == ("ANSWERED", "Supervisor")


def test_a_post_that_stands_empty_calls_the_supervisor_at_once(dispatcher, supervisor, posts, on, now) -> None:
    on("chief", supervisor)

    services.call_post(dispatcher, post_id=posts["desk"].pk, words="来人", level=2, now=now)

    assert paged() == ["supervisor"]
    assert Escalation.objects.get().state == "EXHAUSTED"


def test_nobody_answers_for_another(dispatcher, supervisor, posts, on, now) -> None:
    on("chief", supervisor)
    services.call_post(dispatcher, post_id=posts["chief"].pk, words="x", level=2, now=now)

    with pytest.raises(NotFound):
        services.answer_page(dispatcher, page_id=Page.objects.get().pk, now=now)


class Pager:
    """A way that fails once, then works."""

    name = "pager"

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.fails = 1

    def reaches(self, person: User) -> bool:
        return True

    def send(self, page: channels.OutgoingPage) -> str:
        if self.fails:
            self.fails -= 1
            raise channels.PageFailed("busy")
        self.sent.append(page.text)
        return "r1"


def test_a_way_outside_the_console_gets_each_page_once_also_when_it_fails_first(dispatcher, supervisor, posts, on, settings, now) -> None:
    pager = Pager()
    channels.register(pager)
    settings.PAGE_CHANNELS = ["pager", "gone"]
    on("chief", supervisor)
    services.call_post(dispatcher, post_id=posts["chief"].pk, words="请到大厅", level=2, now=now)
    entry = Entry.objects.get(name="alerts.person_paged")

    with pytest.raises(channels.PageFailed):
        send_page(entry)
    send_page(entry)
    send_page(entry)

    assert pager.sent == ["请到大厅"]
    assert PageDelivery.objects.get().receipt == "r1"


@pytest.mark.django_db(transaction=True)
def test_two_watches_and_two_answers_at_once_double_nothing(dispatcher, supervisor, chain, on, grave, rules: dict[str, AlarmRule], now) -> None:
    on("desk", dispatcher)
    grave()
    watch = Actor.system("watch")
    services.look_around(watch, now=now, took_ms=0.0)
    came: list[object] = []

    def run(work: Callable[[], object]) -> None:
        try:
            came.append(work())
        except services.PageIsAnswered:
            came.append("late")
        finally:
            connection.close()

    def at_once(*work: Callable[[], object]) -> None:
        threads = [threading.Thread(target=run, args=(each,)) for each in work]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

    later: datetime = now + timedelta(seconds=60)
    at_once(*[lambda: services.look_around(watch, now=later, took_ms=0.0)] * 2)
    page = Page.objects.get()
    at_once(*[lambda: services.answer_page(dispatcher, page_id=page.pk, now=timezone.now())] * 2)

    assert Escalation.objects.get().state == "ANSWERED"
    assert Entry.objects.filter(name="alerts.page_answered").count() == 1
    assert "late" not in came
