"""What a closed tablet is told, by a push service that really listens: taken, put off, refused, gone, silent, leading elsewhere."""

import json
import threading
import time
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.actors import Actor
from access.models import Department, Membership
from chat import services as chat
from chat.models import Addressee
from chat.models import Message as Said
from chat.services import NewMessage, NewOrder
from incidents import services as incidents
from incidents.models import Incident, Plan, PlanItem
from incidents.services.common import Moment
from incidents.services.work import NewTask
from journal.models import Entry
from push import services
from push.audience import News
from push.models import Message, Subscription
from push.services.sending import AGAIN, Outgoing
from push.tasks import Round, _key, send_messages, tidy
from resources.models import Unit
from tests.pages.conftest import desk as desk
from tests.push.conftest import Tablet, go_out, react
from tests.push.service_peer import Peer

Job = Any


@pytest.fixture
def send(dispatcher: Actor, now: datetime) -> Any:
    """The dispatcher sends a unit: `send(northern_fire, engine_7)`."""

    def dispatch(incident: Incident, unit: Unit) -> Job:
        return incidents.dispatch_unit(dispatcher, incident_id=incident.pk, unit_id=unit.pk, moment=Moment(at=now), now=now)

    return dispatch


@pytest.fixture
def room(northern_fire: Incident, now: datetime) -> Any:
    return chat.follow_incident(Actor.system("chat"), incident_id=northern_fire.pk, now=now)


def order(actor: Actor, room: Any, now: datetime, *to: str) -> Said:
    return chat.give_order(actor, room_id=room.pk, order=NewOrder(NewMessage("关阀两处，从北门进"), to, None), now=now)


def due() -> None:
    """Let the time pass until what waits is tried again."""
    Message.objects.filter(state="QUEUED").update(next_at=datetime.now().astimezone())
    for name in cache.get(_key("known"), ()):
        cache.delete(_key(f"silent:{name}"))


def test_the_tablet_of_a_unit_is_told_of_its_job_and_nothing_that_a_lock_screen_should_not_say(
    tablet: Tablet, service: Peer, send: Any, crew: Actor, northern_fire: Incident, engine_7: Unit
) -> None:
    row = tablet(crew, engine_7)
    send(northern_fire, engine_7)

    assert go_out() == 1

    (got,) = service.got
    assert got.said["to"] == str(row.key) and got.said["go"] == f"#incident/{northern_fire.number}"
    assert got.said["title"] == f"E7 已出动 · {northern_fire.number}" and got.said["body"].endswith("建筑火灾 · 2 重大")
    everything = json.dumps(got.said, ensure_ascii=False)
    assert not any(each in everything for each in ("莲花池", "张女士", "13800", "冒烟", "116.4"))
    assert (got.headers["urgency"], got.claims["sub"]) == ("high", "mailto:duty@city.example") and 200 < int(got.headers["ttl"]) <= 300
    assert northern_fire.number not in str(got.headers) and got.headers["user-agent"] == "city-command"
    assert (Message.objects.get().state, Message.objects.get().status) == ("SENT", 201)
    assert go_out() == 0 and service.asked == 1  # told once, also when its news comes twice
    assert not Entry.objects.filter(name__startswith="push.").exclude(name="push.subscribed").exists()


def test_it_speaks_the_language_of_its_person(tablet: Tablet, service: Peer, send: Any, crew: Actor, northern_fire: Incident, engine_7: Unit) -> None:
    tablet(crew, engine_7).person.__class__.objects.filter(pk=crew.user_id).update(language="en")
    send(northern_fire, engine_7)

    go_out()

    assert service.said[0]["title"].startswith("E7 is sent") and "Building fire" in service.said[0]["body"] and service.said[0]["lang"] == "en"


def test_a_recall_takes_the_place_of_what_was_told_and_is_not_told_of_what_never_went_out(
    tablet: Tablet, service: Peer, send, dispatcher: Actor, crew: Actor, northern_fire: Incident, engine_7: Unit, engine_8: Unit, now: datetime
) -> None:
    tablet(crew, engine_7)
    tablet(crew, engine_8, name="second")
    told = send(northern_fire, engine_7)
    go_out()
    untold = send(northern_fire, engine_8)
    react()
    for job in (told, untold):
        incidents.cancel_assignment(dispatcher, assignment_id=job.pk, reason="误派", now=now)

    go_out()

    first, second = service.got
    assert second.said["recall"] and not first.said["recall"] and "E7" in second.said["title"]
    assert first.said["tag"] == second.said["tag"] and first.headers["topic"] == second.headers["topic"]
    assert list(Message.objects.filter(subscription__unit=engine_8).values_list("state", "reason")) == [("SKIPPED", "replaced")]


def test_a_task_is_for_its_person_or_for_the_people_of_its_department(
    tablet: Tablet, service: Peer, dispatcher: Actor, liaison: Actor, crew: Actor, northern_fire: Incident, water: Department, now: datetime
) -> None:
    for each in (liaison, crew):
        tablet(each)
    for title, person in (("关阀", None), ("供水", liaison.user_id), ("绘图", crew.user_id)):
        incidents.issue_task(dispatcher, incident_id=northern_fire.pk, task=NewTask(title, water.pk, None, person), now=now)

    go_out()

    assert sorted((str(each.subscription.person), each.state) for each in Message.objects.select_related("subscription__person")) == [
        ("Crew", "SENT"), ("Liaison", "SENT"), ("Liaison", "SENT"),
    ]  # fmt: skip
    assert all("关阀" not in each["title"] + each["body"] for each in service.said)


def test_a_plan_of_many_tasks_is_one_message_and_standing_it_down_another(
    tablet: Tablet, service: Peer, supervisor: Actor, liaison: Actor, northern_fire: Incident, water: Department, now: datetime
) -> None:
    tablet(liaison)
    plan = Plan.objects.create(type=northern_fire.type, level="II", name="建筑火灾预案", version=1, saved_at=now, saved_by="x")
    for number in range(5):
        PlanItem.objects.create(plan=plan, order=number, title=f"第 {number} 步", department=water)
    active = incidents.activate_plan(supervisor, incident_id=northern_fire.pk, plan_id=plan.pk, reason="火势大", now=now)
    go_out()
    incidents.stand_down_plan(supervisor, activation_id=active.pk, now=now)

    go_out()

    assert [(each["tag"], each["recall"]) for each in service.said] == [(f"plan:{active.pk}", False), (f"plan:{active.pk}", True)]


def test_an_order_to_a_unit_a_post_a_department_or_a_person_finds_their_tablets_without_its_words(
    tablet: Tablet, service: Peer, dispatcher: Actor, liaison: Actor, crew: Actor, room, water: Department, engine_7: Unit, now: datetime
) -> None:
    tablet(liaison)
    tablet(crew, engine_7)
    order(dispatcher, room, now, f"unit:{engine_7.pk}")
    order(dispatcher, room, now, f"department:{water.pk}")
    order(dispatcher, room, now, f"user:{liaison.user_id}")

    go_out()

    assert len(service.said) == 3 and not any("北门" in json.dumps(each, ensure_ascii=False) for each in service.said)
    assert Addressee.objects.exclude(step="SENT").count() == 0  # nobody counts as reached by it


def test_an_order_that_is_withdrawn_or_already_accepted_is_not_told(
    tablet: Tablet, service: Peer, dispatcher: Actor, liaison: Actor, room, now: datetime
) -> None:
    tablet(liaison)
    withdrawn = order(dispatcher, room, now, f"user:{liaison.user_id}")
    order(dispatcher, room, now, f"user:{liaison.user_id}")
    chat.withdraw_order(dispatcher, room_id=room.pk, seq=withdrawn.seq, now=now)
    accepted = Addressee.objects.latest("pk")
    chat.advance_order(liaison, addressee_id=accepted.pk, step="ACCEPTED", reason="", moment=Moment(at=now), now=now)

    assert go_out() == 0 and service.asked == 0


def test_who_did_it_is_not_told(tablet: Tablet, service: Peer, dispatcher: Actor, crew: Actor, northern_fire: Incident, engine_7: Unit, send) -> None:
    tablet(dispatcher, engine_7)
    send(northern_fire, engine_7)

    assert go_out() == 0 and Message.objects.count() == 0


def test_who_may_not_see_the_incident_any_more_when_it_is_sent_is_not_told(
    tablet: Tablet, service: Peer, crew: Actor, northern_fire: Incident, engine_7: Unit, send, south
) -> None:
    tablet(crew, engine_7)
    send(northern_fire, engine_7)
    react()
    Membership.objects.filter(user=crew.user_id).update(region=south)

    assert send_messages() == 0

    assert service.asked == 0 and Message.objects.get().state == "SKIPPED" and Subscription.objects.get().ended_at is None


def test_a_unit_its_person_speaks_for_no_more_is_not_told(
    tablet: Tablet, service: Peer, crew: Actor, northern_fire: Incident, engine_7: Unit, send, water: Department
) -> None:
    tablet(crew, engine_7)
    send(northern_fire, engine_7)
    react()
    Unit.objects.filter(pk=engine_7.pk).update(department=water, department_ids=[water.pk])

    assert send_messages() == 0 and service.asked == 0


def test_what_happened_long_ago_is_not_told(
    tablet: Tablet, service: Peer, crew: Actor, engine_7: Unit, northern_fire: Incident, now: datetime
) -> None:
    """The history of another system comes in with thousands of old jobs."""
    tablet(crew, engine_7)
    news = News("assignment", 1, northern_fire.pk, 1, now - timedelta(minutes=6), None, False)

    assert services.tell(Actor.system("push"), news=news, now=now) == 0


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_took_it_back_is_asked_nothing_again(
    tablet: Tablet, service: Peer, crew: Actor, northern_fire: Incident, engine_7: Unit, send, status: int
) -> None:
    tablet(crew, engine_7)
    service.says(status)
    send(northern_fire, engine_7)

    assert go_out() == 0

    row = Subscription.objects.get()
    assert (row.ended, row.endpoint, row.auth) == ("GONE", "", "") and Message.objects.get().state == "SKIPPED"
    assert Entry.objects.filter(name="push.subscription_ended").count() == 1


@pytest.mark.parametrize("status", [400, 401, 403, 413, 301, 307])
def test_what_a_service_refuses_is_given_up_with_its_reason(
    tablet: Tablet, service: Peer, crew: Actor, northern_fire: Incident, engine_7: Unit, send, desk, admin: Actor, status: int
) -> None:
    tablet(crew, engine_7)
    service.says(status, Location=f"{service.origin}/inside")
    send(northern_fire, engine_7)

    assert go_out() == 0

    message = Message.objects.get()
    assert (message.state, message.attempts, message.status) == ("FAILED", 1, status) and str(status) in message.reason
    assert service.asked == 1 and service.elsewhere == []  # nothing was followed
    assert Entry.objects.filter(name="push.message_given_up").count() == 1
    page = desk(admin).get("/push/").content.decode()
    assert message.reason.split()[0] in page and service.origin in page and northern_fire.number not in page


def test_a_service_that_is_busy_is_asked_when_it_said(tablet: Tablet, service: Peer, crew: Actor, northern_fire, engine_7, send, now) -> None:
    tablet(crew, engine_7)
    service.says(429, 201, Retry_After="45")
    send(northern_fire, engine_7)

    assert go_out() == 0

    message = Message.objects.get()
    assert message.state == "QUEUED" and 40 < (message.next_at - datetime.now(message.next_at.tzinfo)).total_seconds() <= 45
    due()
    assert send_messages() == 1 and Message.objects.get().attempts == 2


def test_a_service_that_names_a_time_of_day_or_one_that_is_too_late(tablet: Tablet, service: Peer, crew, northern_fire, engine_7, send, now) -> None:
    tablet(crew, engine_7)
    service.says(503, 503, Retry_After=format_datetime(now + timedelta(seconds=90)))
    send(northern_fire, engine_7)
    go_out()
    assert 80 < (Message.objects.get().next_at - now).total_seconds() < 100
    due()
    service.says(503, Retry_After="100000")

    send_messages()

    assert Message.objects.get().state == "FAILED"


def test_a_service_with_a_fault_is_asked_again_until_the_time_is_over(
    tablet: Tablet, service: Peer, crew, northern_fire, engine_7, send, now
) -> None:
    tablet(crew, engine_7)
    service.says(500)
    send(northern_fire, engine_7)
    react()
    for wait in AGAIN:
        send_messages()
        next_at = Message.objects.get().next_at
        assert abs((next_at - datetime.now(next_at.tzinfo)) - wait) < timedelta(seconds=3)
        due()
    Message.objects.update(until=now)

    assert send_messages() == 0

    message = Message.objects.get()
    assert (message.state, message.attempts) == ("FAILED", 4) and "500" in message.reason
    assert Entry.objects.filter(name="push.message_given_up").count() == 1


def test_a_silent_service_holds_up_no_other_and_is_left_alone_for_a_while(
    tablet: Tablet, service: Peer, other_service: Peer, crew: Actor, liaison: Actor, northern_fire: Incident, engine_7: Unit, water, send, dispatcher,
    now, monkeypatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("push.delivering.ANSWER_SECONDS", 2.0)
    service.silent = threading.Event()
    tablet(crew, engine_7)
    tablet(liaison, peer=other_service)
    send(northern_fire, engine_7)
    for _each in range(5):
        incidents.issue_task(dispatcher, incident_id=northern_fire.pk, task=NewTask("关阀", water.pk), now=now)
    react()
    began = datetime.now().astimezone()

    assert send_messages() == 5 == len(other_service.got)

    assert all(each.ended_at - began < timedelta(seconds=1.5) for each in Message.objects.filter(state="SENT"))
    assert service.asked == 1 and Message.objects.get(state="QUEUED").reason == "no answer"
    Message.objects.filter(state="QUEUED").update(next_at=now)
    assert send_messages() == 0 and service.asked == 1  # left alone
    due()
    service.silent.set()
    service.silent = None
    assert send_messages() == 1


def test_what_comes_while_a_service_is_silent_goes_out_to_the_others_meanwhile(
    tablet: Tablet, service: Peer, other_service: Peer, crew: Actor, liaison: Actor, northern_fire: Incident, engine_7: Unit, water, send, dispatcher,
    now, monkeypatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("push.delivering.ANSWER_SECONDS", 4.0)
    service.silent = threading.Event()
    tablet(crew, engine_7)
    tablet(liaison, peer=other_service)
    send(northern_fire, engine_7)
    react()
    looks = Round._look
    seen: list[int] = []

    def look(self: Round) -> None:
        if len(seen) == 2:  # some seconds later there is more news
            incidents.issue_task(dispatcher, incident_id=northern_fire.pk, task=NewTask("关阀", water.pk), now=now)
            react()
        seen.append(len(other_service.got))
        looks(self)

    monkeypatch.setattr(Round, "_look", look)

    assert send_messages() == 1

    told, silent = Message.objects.get(state="SENT"), Message.objects.get(state="QUEUED")
    assert silent.attempts == 1 and told.ended_at - told.created_at < timedelta(seconds=1.5)


def test_a_service_that_drips_is_left_after_ten_seconds(tablet: Tablet, service: Peer, crew, northern_fire, engine_7, send, monkeypatch) -> None:
    monkeypatch.setattr("push.delivering.SECONDS", 1.0)
    service.silent = threading.Event()
    tablet(crew, engine_7)
    send(northern_fire, engine_7)
    began = time.monotonic()

    assert go_out() == 0

    assert time.monotonic() - began < 3 and Message.objects.get().reason == "no answer"


def test_two_workers_do_not_send_the_same(
    tablet: Tablet, service: Peer, crew: Actor, northern_fire: Incident, engine_7: Unit, send, now: datetime
) -> None:
    tablet(crew, engine_7)
    send(northern_fire, engine_7)
    react()
    system = Actor.system("push")

    first: list[Outgoing] = services.claim(system, passing_over=(), most=10, now=datetime.now().astimezone())
    second = services.claim(system, passing_over=(), most=10, now=datetime.now().astimezone())

    assert (len(first), second) == (1, [])
    later = datetime.now().astimezone() + timedelta(seconds=61)  # the first one died
    assert [each.message_id for each in services.claim(system, passing_over=(), most=10, now=later)] == [first[0].message_id]


def test_sending_holds_one_worker_for_the_outside_world_and_leaves_the_other_to_mail_and_webhooks(
    tablet: Tablet, service: Peer, crew: Actor, dispatcher: Actor, northern_fire: Incident, engine_7: Unit, fire, send, now: datetime, monkeypatch
) -> None:
    monkeypatch.setattr("push.delivering.ANSWER_SECONDS", 1.0)
    service.silent = threading.Event()
    tablet(crew, engine_7)
    send(northern_fire, engine_7)
    react()
    asks, second = Round._ask, []

    def ask(self: Round) -> None:
        asks(self)
        if not second:  # the clock rings again while the first one waits, and there is more to say
            second.append(None)
            incidents.issue_task(dispatcher, incident_id=northern_fire.pk, task=NewTask("关阀", fire.pk), now=now)
            react()
            began = time.monotonic()
            second[:] = [(send_messages(), time.monotonic() - began)]

    monkeypatch.setattr(Round, "_ask", ask)

    send_messages()

    assert second[0][0] == 0 and second[0][1] < 0.5
    assert service.asked == 1
    service.silent.set()


def test_a_tablet_that_is_away_for_long_is_told_the_last_things_only(
    tablet: Tablet, service: Peer, liaison: Actor, dispatcher: Actor, northern_fire: Incident, water: Department, now: datetime
) -> None:
    tablet(liaison)
    for number in range(25):
        incidents.issue_task(dispatcher, incident_id=northern_fire.pk, task=NewTask(f"第 {number} 件", water.pk), now=now)
    react()

    assert Message.objects.filter(state="QUEUED").count() == 20
    assert Message.objects.filter(state="SKIPPED", reason="crowded").count() == 5


def test_rows_are_forgotten_after_two_weeks(tablet: Tablet, service: Peer, crew: Actor, northern_fire: Incident, engine_7: Unit, send, now) -> None:
    row = tablet(crew, engine_7)
    send(northern_fire, engine_7)
    go_out()
    services.unsubscribe(crew, key=row.key, why="SWITCHED_OFF", now=now)
    assert tidy() == 0
    Message.objects.update(created_at=now - timedelta(days=15))
    Subscription.objects.update(ended_at=now - timedelta(days=15))

    assert tidy() == 2 and Subscription.objects.count() == 0


def test_the_list_of_what_was_given_up_is_for_those_who_look_after_it(desk: Any, supervisor: Actor, crew: Actor, service: Peer) -> None:
    assert "None was given up." in desk(supervisor).get("/push/").content.decode()
    assert desk(crew).get("/push/").status_code == 403


def test_a_dispatch_knows_nothing_of_it(
    tablet: Tablet, service: Peer, crew: Actor, northern_fire: Incident, engine_7: Unit, engine_8: Unit, send, settings
) -> None:
    """As many questions to the database with a silent service as without any push, and none to the service."""
    settings.PUSH_CONTACT = ""
    with CaptureQueriesContext(connection) as without:
        send(northern_fire, engine_8)
    settings.PUSH_CONTACT = "mailto:duty@city.example"
    service.silent = threading.Event()
    tablet(crew, engine_7)

    with CaptureQueriesContext(connection) as with_it:
        send(northern_fire, engine_7)

    assert len(with_it) == len(without) and not any("push_" in (each["sql"] or "") for each in with_it.captured_queries)
    assert service.asked == 0 and Message.objects.count() == 0
