"""Who is on duty: shifts over midnight, leave, stand-ins, exchanges, and the gaps that must have a name."""

import threading
from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from access.actors import Actor
from access.models import Department, Region, User
from access.roles import Role
from journal.models import Entry
from kit.errors import Forbidden, Invalid, NotFound
from resources import selectors, services
from resources.models import Duty, Leave, Post, Shift
from resources.services import NewPost, RosterLine

MONDAY = date(2027, 3, 1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


NOW = at(MONDAY, 7)


@pytest.fixture
def day_shift(db: None) -> Shift:
    return services.add_shift(Actor.system("test"), code="day", name="白班", name_en="Day", begins=time(8), minutes=720)


@pytest.fixture
def night_shift(db: None) -> Shift:
    return services.add_shift(Actor.system("test"), code="night", name="夜班", name_en="Night", begins=time(20), minutes=720)


@pytest.fixture
def chief(fire: Department, city: Region, day_shift: Shift, night_shift: Shift) -> Post:
    post = NewPost("chief", "值班长", "Duty supervisor", fire.pk, city.pk, is_supervisor=True, shift_codes=("day", "night"))
    return services.add_post(Actor.system("test"), post=post)


@pytest.fixture
def anna(person, city: Region) -> Actor:
    return person("anna", (Role.DISPATCHER, None, city))


@pytest.fixture
def ben(person, city: Region) -> Actor:
    return person("ben", (Role.DISPATCHER, None, city))


def put(actor: Actor, post: Post, shift: Shift, who: Actor, day: date = MONDAY, now: datetime = NOW) -> Duty:
    return services.roster_duty(actor, post_id=post.pk, shift_id=shift.pk, day=day, person_id=who.user_id, now=now)


def names(post: Post, moment: datetime) -> list[str]:
    return [duty.person.username for duty in selectors.on_duty(post, moment)]


def test_a_night_shift_is_held_over_midnight(supervisor: Actor, chief: Post, day_shift: Shift, night_shift: Shift, anna: Actor, ben: Actor) -> None:
    put(supervisor, chief, day_shift, anna)
    put(supervisor, chief, night_shift, ben)

    assert names(chief, at(MONDAY, 7, 59)) == []
    assert names(chief, at(MONDAY, 8)) == names(chief, at(MONDAY, 19, 59)) == ["anna"]
    assert names(chief, at(MONDAY, 20)) == names(chief, at(MONDAY + timedelta(days=1), 7, 59)) == ["ben"]
    assert names(chief, at(MONDAY + timedelta(days=1), 8)) == []


def test_nobody_stands_at_two_posts_at_a_time(supervisor, chief, fire, city, day_shift, anna) -> None:
    other = services.add_post(Actor.system("test"), post=NewPost("desk", "席位", "Desk", fire.pk, city.pk))
    put(supervisor, chief, day_shift, anna)

    with pytest.raises(services.PersonBusy) as refused:
        put(supervisor, other, day_shift, anna)

    assert {key: str(value) for key, value in refused.value.values.items()} == {"person": "Anna", "post": "值班长"}
    assert Duty.objects.count() == 1


def test_leave_takes_a_person_off_duty_and_the_gap_says_who_is_away(supervisor, chief, day_shift, night_shift, anna, ben) -> None:
    put(supervisor, chief, day_shift, anna)
    put(supervisor, chief, night_shift, ben)
    leave = services.note_leave(supervisor, person_id=anna.user_id, starts_at=at(MONDAY, 12), ends_at=at(MONDAY, 14), reason="看病", now=NOW)

    found = selectors.gaps(supervisor, since=at(MONDAY, 8), until=at(MONDAY + timedelta(days=1), 8))

    assert names(chief, at(MONDAY, 13)) == []
    assert selectors.why_off_duty(anna.user_id, at(MONDAY, 13)) == "ON_LEAVE"
    assert [(gap.starts_at, gap.ends_at, gap.missing, gap.away) for gap in found] == [(at(MONDAY, 12), at(MONDAY, 14), 1, ("Anna",))]
    services.cancel_leave(supervisor, leave_id=leave.pk, now=NOW)
    assert names(chief, at(MONDAY, 13)) == ["anna"]


def test_a_stand_in_replaces_for_a_part_of_the_duty_and_no_longer(supervisor, chief, day_shift, anna, ben) -> None:
    duty = put(supervisor, chief, day_shift, anna)

    services.name_stand_in(
        supervisor, duty_id=duty.pk, person_id=ben.user_id, starts_at=at(MONDAY, 10), ends_at=at(MONDAY, 12), reason="开会", now=NOW
    )

    assert [names(chief, at(MONDAY, hour)) for hour in (9, 10, 11, 12)] == [["anna"], ["ben"], ["ben"], ["anna"]]
    assert selectors.why_off_duty(anna.user_id, at(MONDAY, 11)) == "STOOD_IN"
    assert Entry.objects.filter(name="resources.stand_in_named", about__contains=[f"post:{chief.pk}"]).count() == 1


def test_a_stand_in_outside_the_duty_or_beside_another_is_refused(supervisor, chief, day_shift, anna, ben, person, city) -> None:
    carl = person("carl", (Role.DISPATCHER, None, city))
    duty = put(supervisor, chief, day_shift, anna)
    part = {"duty_id": duty.pk, "person_id": ben.user_id, "reason": "x", "now": NOW}
    services.name_stand_in(supervisor, **part, starts_at=at(MONDAY, 10), ends_at=at(MONDAY, 12))

    with pytest.raises(Invalid, match="starts_at"):
        services.name_stand_in(supervisor, **part | {"person_id": carl.user_id}, starts_at=at(MONDAY, 19), ends_at=at(MONDAY, 21))
    with pytest.raises(Invalid, match="starts_at"):
        services.name_stand_in(supervisor, **part | {"person_id": carl.user_id}, starts_at=at(MONDAY, 11), ends_at=at(MONDAY, 13))
    with pytest.raises(Invalid, match="person_id"):
        services.name_stand_in(supervisor, **part | {"person_id": anna.user_id}, starts_at=at(MONDAY, 14), ends_at=at(MONDAY, 15))


def test_two_people_change_duties_also_those_of_the_same_hours(supervisor, chief, fire, city, day_shift, anna, ben) -> None:
    desk = services.add_post(Actor.system("test"), post=NewPost("desk", "席位", "Desk", fire.pk, city.pk))
    mine, theirs = put(supervisor, chief, day_shift, anna), put(supervisor, desk, day_shift, ben)

    services.swap_duties(supervisor, duty_id=mine.pk, with_duty_id=theirs.pk, reason="换班", now=NOW)

    assert names(chief, at(MONDAY, 9)) == ["ben"]
    assert names(desk, at(MONDAY, 9)) == ["anna"]


def test_a_swap_that_would_put_somebody_in_two_places_is_refused(supervisor, chief, fire, city, day_shift, night_shift, anna, ben) -> None:
    desk = services.add_post(Actor.system("test"), post=NewPost("desk", "席位", "Desk", fire.pk, city.pk))
    mine, theirs = put(supervisor, chief, day_shift, anna), put(supervisor, desk, night_shift, ben)
    put(supervisor, desk, night_shift, anna)

    with pytest.raises(services.PersonBusy):
        services.swap_duties(supervisor, duty_id=mine.pk, with_duty_id=theirs.pk, reason="换班", now=NOW)

    assert names(chief, at(MONDAY, 9)) == ["anna"]


def test_a_duty_that_is_taken_back_leaves_a_gap(supervisor, chief, day_shift, anna) -> None:
    duty = put(supervisor, chief, day_shift, anna)

    services.cancel_duty(supervisor, duty_id=duty.pk, reason="排错", now=NOW)

    assert names(chief, at(MONDAY, 9)) == []
    assert selectors.why_off_duty(anna.user_id, at(MONDAY, 9)) == "NOT_ROSTERED"
    assert [gap.shift.code for gap in selectors.gaps(supervisor, since=at(MONDAY, 8), until=at(MONDAY, 22))] == ["day", "night"]


def test_a_roster_file_is_taken_in_once_however_often_it_is_sent(supervisor, chief, day_shift, night_shift, anna, ben) -> None:
    lines = [RosterLine(2, "chief", "day", MONDAY, "anna"), RosterLine(3, "chief", "night", MONDAY, "ben")]

    first = services.import_roster(supervisor, lines=lines, now=NOW)
    again = services.import_roster(supervisor, lines=lines, now=NOW)

    assert (first.added, first.known, again.added, again.known) == (2, 0, 0, 2)
    assert Entry.objects.filter(name="resources.roster_imported").count() == 1


def test_a_file_with_wrong_lines_is_refused_whole_and_says_each(supervisor, chief, day_shift, night_shift, anna) -> None:
    lines = [
        RosterLine(2, "chief", "day", MONDAY, "anna"),
        RosterLine(3, "chief", "dawn", MONDAY, "anna"),
        RosterLine(4, "nowhere", "day", MONDAY, "anna"),
        RosterLine(5, "chief", "night", MONDAY, "nobody"),
    ]

    with pytest.raises(services.RosterRefused) as refused:
        services.import_roster(supervisor, lines=lines, now=NOW)

    assert list(refused.value.fields) == ["3", "4", "5"]
    assert "nobody" in refused.value.in_full
    assert not Duty.objects.exists()


def test_who_may_not_keep_the_roster_cannot(dispatcher, fire_chief_south, chief, day_shift, anna, now) -> None:
    with pytest.raises(Forbidden):
        put(dispatcher, chief, day_shift, anna)
    with pytest.raises(NotFound):
        put(fire_chief_south, chief, day_shift, anna)
    with pytest.raises(Forbidden):
        services.note_leave(dispatcher, person_id=anna.user_id, starts_at=NOW, ends_at=NOW + timedelta(days=1), reason="x", now=NOW)
    assert not Leave.objects.exists()


def test_who_comes_early_is_on_duty_and_who_was_relieved_is_not(supervisor, chief, day_shift, night_shift, anna, ben) -> None:
    leaving, coming = put(supervisor, chief, day_shift, anna), put(supervisor, chief, night_shift, ben)

    services.take_over(ben, leaving_id=leaving.pk, coming_id=coming.pk, now=at(MONDAY, 19, 40))

    assert names(chief, at(MONDAY, 19, 39)) == ["anna"]
    assert names(chief, at(MONDAY, 19, 41)) == ["ben"]
    assert selectors.why_off_duty(anna.user_id, at(MONDAY, 19, 50)) == "RELIEVED"
    assert selectors.gaps(supervisor, since=at(MONDAY, 8), until=at(MONDAY + timedelta(days=1), 8)) == []


def test_nobody_takes_over_what_is_not_the_own_next_duty(supervisor, chief, day_shift, night_shift, anna, ben) -> None:
    leaving, coming = put(supervisor, chief, day_shift, anna), put(supervisor, chief, night_shift, ben)

    with pytest.raises(services.NotTheSamePost):
        services.take_over(supervisor, leaving_id=leaving.pk, coming_id=coming.pk, now=at(MONDAY, 19))
    with pytest.raises(services.NotTheSamePost):
        services.take_over(ben, leaving_id=leaving.pk, coming_id=coming.pk, now=at(MONDAY, 7))


@pytest.mark.django_db(transaction=True)
def test_two_rosters_at_once_put_nobody_in_two_places(supervisor, chief, fire, city, day_shift, anna) -> None:
    desk = services.add_post(Actor.system("test"), post=NewPost("desk", "席位", "Desk", fire.pk, city.pk))
    came: list[str] = []
    start = threading.Barrier(2, timeout=20)

    def one(post: Post) -> None:
        try:
            start.wait()
            put(supervisor, post, day_shift, anna)
            came.append("put")
        except services.PersonBusy:
            came.append("busy")
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(post,)) for post in (chief, desk)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(came) == ["busy", "put"]
    assert Duty.objects.filter(person=User.objects.get(pk=anna.user_id)).count() == 1
