"""Talking about an incident: whom to ring, its conference, its radio talk groups."""

from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings

from access.actors import Actor
from access.models import Department, User
from incidents import services, talking
from incidents.contacts import contacts
from incidents.models import Disposition, Incident, TalkGroupUse
from incidents.services.common import IncidentClosed, Moment
from incidents.services.talking import MOST_TALK_GROUPS, NoConference
from incidents.services.work import NewTask
from journal.models import Entry
from journal.selectors import sentence
from kit.errors import Forbidden, Invalid, NotFound
from resources.models import Duty, Post, TalkGroup, Unit


@pytest.fixture
def fire_1(fire: Department) -> TalkGroup:
    """The fire brigade's first talk group."""
    return TalkGroup.objects.create(code="fire-1", name="消防一组", name_en="Fire 1", system="PDT", number="8001", department=fire)


@pytest.fixture
def mutual(db: None) -> TalkGroup:
    """One that everybody's radios have."""
    return TalkGroup.objects.create(code="city-1", name="全市一组", number="1", is_shared=True)


def test_a_dispatcher_gives_a_talk_group_and_a_second_press_gives_no_second(
    dispatcher: Actor, northern_fire: Incident, fire_1: TalkGroup, now: datetime
) -> None:
    first = services.give_talk_group(dispatcher, incident_id=northern_fire.pk, code="fire-1", now=now)
    again = services.give_talk_group(dispatcher, incident_id=northern_fire.pk, code="fire-1", now=now)

    assert first.pk == again.pk
    assert [use.group for use in talking.talk_groups(northern_fire.pk)] == [fire_1]
    assert Entry.objects.filter(name="incidents.talk_group_given").count() == 1


def test_one_that_another_incident_speaks_on_is_offered_last_and_says_where(
    dispatcher: Actor, northern_fire: Incident, southern_pipe: Incident, fire_1: TalkGroup, mutual: TalkGroup, now: datetime
) -> None:
    services.give_talk_group(dispatcher, incident_id=southern_pipe.pk, code="fire-1", now=now)

    rows = talking.offered(northern_fire.pk, northern_fire.department_ids)

    assert [(row.group, row.used_by) for row in rows] == [(mutual, []), (fire_1, [southern_pipe.number])]


def test_a_closed_incident_speaks_on_none_and_gets_none(
    dispatcher: Actor, northern_fire: Incident, fire_1: TalkGroup, done: Disposition, now: datetime
) -> None:
    use = services.give_talk_group(dispatcher, incident_id=northern_fire.pk, code="fire-1", now=now)

    services.close_incident(dispatcher, incident_id=northern_fire.pk, disposition="done", at=now, now=now)

    use.refresh_from_db()
    assert use.freed_at == now
    with pytest.raises(IncidentClosed):
        services.give_talk_group(dispatcher, incident_id=northern_fire.pk, code="fire-1", now=now)


def test_a_call_that_was_none_or_is_merged_frees_its_groups_too(
    supervisor: Actor, northern_fire: Incident, southern_pipe: Incident, fire_1: TalkGroup, now: datetime
) -> None:
    for incident in (northern_fire, southern_pipe):
        services.give_talk_group(supervisor, incident_id=incident.pk, code="fire-1", now=now)

    services.cancel_incident(supervisor, incident_id=southern_pipe.pk, reason="误报", now=now)

    assert list(TalkGroupUse.objects.open().values_list("incident", flat=True)) == [northern_fire.pk]


def test_a_group_out_of_use_an_unknown_one_and_too_many_are_refused(
    dispatcher: Actor, northern_fire: Incident, fire_1: TalkGroup, now: datetime
) -> None:
    TalkGroup.objects.filter(pk=fire_1.pk).update(is_active=False)
    for code in ("fire-1", "nothing", ""):
        with pytest.raises(Invalid):
            services.give_talk_group(dispatcher, incident_id=northern_fire.pk, code=code, now=now)
    for number in range(MOST_TALK_GROUPS + 1):
        TalkGroup.objects.create(code=f"g-{number}", name=str(number))
    for number in range(MOST_TALK_GROUPS):
        services.give_talk_group(dispatcher, incident_id=northern_fire.pk, code=f"g-{number}", now=now)

    with pytest.raises(Invalid):
        services.give_talk_group(dispatcher, incident_id=northern_fire.pk, code=f"g-{MOST_TALK_GROUPS}", now=now)


def test_a_crew_and_a_chief_of_another_district_give_none(
    crew: Actor, fire_chief_south: Actor, northern_fire: Incident, fire_1: TalkGroup, now: datetime
) -> None:
    with pytest.raises(Forbidden):
        services.give_talk_group(crew, incident_id=northern_fire.pk, code="fire-1", now=now)
    with pytest.raises(NotFound):
        services.give_talk_group(fire_chief_south, incident_id=northern_fire.pk, code="fire-1", now=now)


@pytest.fixture
def numbers(northern_fire: Incident, fire: Department, engine_7: Unit, dispatcher: Actor, liaison: Actor, now: datetime) -> Incident:
    """The fire brigade has a number, an engine of a station with a number is sent, and a person with a number has a task and a post."""
    Department.objects.filter(pk=fire.pk).update(phone="010-119 00")
    assert engine_7.station
    engine_7.station.phone = "8119"
    engine_7.station.save()
    person = User.objects.get(pk=liaison.user_id)
    person.phone = "+86 138 0013 8000"
    person.save()
    post = Post.objects.create(code="chief", name="值班长", department=fire, department_ids=[fire.pk], region=northern_fire.region)
    Duty.objects.create(post=post, person=person, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1))
    services.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)
    services.issue_task(dispatcher, incident_id=northern_fire.pk, task=NewTask("疏散", fire.pk, person_id=person.pk), now=now)
    return northern_fire


def test_whom_to_ring_is_each_once_its_department_first(dispatcher: Actor, numbers: Incident, liaison: Actor, engine_7: Unit, now: datetime) -> None:
    rows = contacts(dispatcher, [numbers], at=now)[numbers.pk]

    assert [row.key for row in rows] == [f"department:{numbers.department_id}", f"person:{liaison.user_id}", f"station:{engine_7.station_id}"]
    assert str(rows[1].role) == "值班长"


def test_a_dispatcher_rings_a_contact_and_the_timeline_says_whom_without_the_number(
    dispatcher: Actor, numbers: Incident, liaison: Actor, settings: LazySettings, now: datetime
) -> None:
    settings.CALL_URL = "sip:{number}@pbx.example"

    address = services.call_contact(dispatcher, incident_id=numbers.pk, key=f"person:{liaison.user_id}", now=now)

    entry = Entry.objects.get(name="incidents.contact_called")
    assert address == "sip:+8613800138000@pbx.example"
    assert "13800138000" not in str(entry.data).replace(" ", "")
    assert str(User.objects.get(pk=liaison.user_id)) in sentence(entry)


def test_nobody_is_rung_who_has_nothing_to_do_with_the_incident(dispatcher: Actor, numbers: Incident, supervisor: Actor, now: datetime) -> None:
    User.objects.filter(pk=supervisor.user_id).update(phone="1")
    for key in (f"person:{supervisor.user_id}", "person:0", "", "120"):
        with pytest.raises(NotFound):
            services.call_contact(dispatcher, incident_id=numbers.pk, key=key, now=now)


def test_everybody_comes_to_the_same_conference_and_another_incident_has_another(
    dispatcher: Actor, supervisor: Actor, northern_fire: Incident, southern_pipe: Incident, settings: LazySettings, now: datetime
) -> None:
    settings.CONFERENCE_URL = "https://meet.example/{room}#config"

    mine = services.join_conference(dispatcher, incident_id=northern_fire.pk, now=now)

    assert mine.startswith(f"https://meet.example/{northern_fire.number}-") and mine.endswith("#config")
    assert mine == services.join_conference(supervisor, incident_id=northern_fire.pk, now=now)
    other = services.join_conference(dispatcher, incident_id=southern_pipe.pk, now=now)
    assert mine.partition("-")[2].partition("-")[2] != other.partition("-")[2].partition("-")[2]
    assert Entry.objects.filter(name="incidents.conference_joined").count() == 3


def test_without_a_server_it_is_said_that_there_is_none(dispatcher: Actor, northern_fire: Incident, settings: LazySettings, now: datetime) -> None:
    settings.CONFERENCE_URL = ""

    with pytest.raises(NoConference):
        services.join_conference(dispatcher, incident_id=northern_fire.pk, now=now)
