"""Duty by programs: posts, the roster, who is on duty now, exchanges, and a watch handed over."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from access.actors import Actor
from access.models import Department, Region
from access.roles import Role
from resources import services as resources
from resources.models import Duty, Post
from resources.services import NewPost
from tests.api.conftest import ProgramOf
from tests.conftest import Person

SYSTEM = Actor.system("test")


@pytest.fixture
def chief(fire: Department, city: Region) -> Post:
    """The duty supervisor's post, held around the clock in two shifts."""
    for code, name, hour in (("day", "白班", 8), ("night", "夜班", 20)):
        resources.add_shift(SYSTEM, code=code, name=name, name_en=code.title(), begins=time(hour), minutes=720)
    new = NewPost("chief", "值班长", "Duty supervisor", fire.pk, city.pk, is_supervisor=True, called_at=2, shift_codes=("day", "night"))
    return resources.add_post(SYSTEM, post=new)


@pytest.fixture
def anna(person: Person, city: Region) -> Actor:
    return person("anna", (Role.SUPERVISOR, None, city))


@pytest.fixture
def ben(person: Person, city: Region) -> Actor:
    return person("ben", (Role.SUPERVISOR, None, city))


def test_a_program_fills_a_roster_lets_two_exchange_and_reads_who_is_on_duty(
    program: ProgramOf, supervisor: Actor, call_taker: Actor, anna: Actor, ben: Actor, chief: Post
) -> None:
    room, today = program(supervisor), timezone.localdate()
    first, second = (today + timedelta(days=n) for n in (2, 3))
    lines = [{"post": "chief", "shift": "day", "day": str(day), "person": who} for day, who in ((first, "anna"), (second, "ben"))]

    assert room.post("roster/", {"lines": lines}).json() == {"added": 2, "known": 0}
    assert room.post("roster/", {"lines": lines}).json() == {"added": 0, "known": 2}
    wrong = room.post("roster/", {"lines": [{**lines[0], "person": "nobody"}]})
    assert (wrong.status_code, wrong.json()["code"], list(wrong.json()["fields"])) == (422, "roster_refused", ["1"])

    mine, theirs = room.get(f"duties/?first={first}&days=2").json()
    assert (mine["person"]["username"], mine["post"], mine["shift"]) == ("anna", "chief", "day")
    swapped = room.post(f"duties/{mine['id']}/exchange/", {"with_duty": theirs["id"], "reason": "家中有事"}).json()
    assert [each["person"]["username"] for each in swapped] == ["ben", "anna"]
    stand_in = room.post(f"duties/{mine['id']}/stand-ins/", {"person": "supervisor", "reason": "看病"})
    assert (stand_in.status_code, stand_in.json()["stands_in_for"]) == (201, mine["id"])

    at = timezone.make_aware(datetime.combine(first, time(9)))
    now = {each["post"]["code"]: each for each in program(call_taker).get(f"duties/now/?at={at.isoformat().replace('+', '%2B')}").json()}
    assert [each["person"]["username"] for each in now["chief"]["held"]] == ["supervisor"]
    assert (now["chief"]["is_gap"], now["chief"]["called"], now["chief"]["post"]["called_at"]) == (False, None, 2)
    assert room.get(f"duties/gaps/?first={first}&days=1").json()[0]["post"] == "chief"
    assert room.post(f"duties/{stand_in.json()['id']}/cancel/", {"reason": "不用了"}).status_code == 200
    assert program(call_taker).post("duties/", {**lines[0], "person": "ben"}).status_code == 403


def test_a_program_notes_leave_and_puts_somebody_else_in(program: ProgramOf, supervisor: Actor, anna: Actor, ben: Actor, chief: Post) -> None:
    room, day = program(supervisor), timezone.localdate() + timedelta(days=2)
    line = {"post": "chief", "shift": "day", "day": str(day), "person": "anna"}
    put = room.post("duties/", line)
    again = room.post("duties/", {**line, "shift": "day", "post": "chief"})
    begin = timezone.make_aware(datetime.combine(day, time(6)))

    end = begin + timedelta(days=1)
    away = room.post("leaves/", {"person": "anna", "starts_at": begin.isoformat(), "ends_at": end.isoformat(), "reason": "病假"})

    assert (put.status_code, again.status_code, again.json()["code"]) == (201, 409, "person_busy")
    assert away.status_code == 201 and [each["person"]["username"] for each in room.get(f"leaves/?first={day}&days=1").json()] == ["anna"]
    assert room.get(f"duties/gaps/?first={day}&days=1").json()[1]["away"] == [str(anna.label)]
    assert room.post(f"leaves/{away.json()['id']}/cancel/").json()["cancelled_at"] is not None
    assert room.get(put.headers["Location"]).json()["person"]["username"] == "anna"


def test_a_watch_is_handed_over_by_programs_as_by_the_page(
    program: ProgramOf, supervisor: Actor, anna: Actor, ben: Actor, chief: Post, now: datetime
) -> None:
    hours = timedelta(hours=8)
    Duty.objects.create(post=chief, person_id=anna.user_id, starts_at=now - hours, ends_at=now + timedelta(minutes=10))
    Duty.objects.create(post=chief, person_id=ben.user_id, starts_at=now + timedelta(minutes=10), ends_at=now + hours)

    written = program(anna).post("watch-reports/", {"words": "三号泵在修"})
    address = f"watch-reports/{written.json()['id']}/"

    assert (written.status_code, written.json()["words"], written.json()["content"]["version"]) == (201, "三号泵在修", 1)
    assert program(supervisor).post(f"{address}sign/").json()["code"] == "not_the_next"
    signed = program(ben).post(f"{address}sign/").json()
    assert (signed["signed_by"], signed["digest"]) == ("ben", written.json()["digest"])
    assert program(anna).post("watch-reports/", {}).json()["code"] in {"report_is_signed", "nothing_to_hand_over"}
    listed = program(ben).get("watch-reports/").json()["items"]
    assert [(each["post"], each["written_by"], each["signed_by"]) for each in listed] == [("chief", "anna", "ben")]
    held = program(ben).get("duties/now/").json()
    assert [each["person"]["username"] for post in held for each in post["held"]] == ["ben"]
