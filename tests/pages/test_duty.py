"""The pages of who is on duty and of the roster."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from access.actors import Actor
from resources import services
from resources.models import Duty, Leave, Post, Shift
from resources.services import NewPost
from tests.conftest import user_of

DAY = date(2099, 3, 2)


def reader(actor: Actor) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user_of(actor))
    return client


@pytest.fixture
def whole_day(db: None) -> Shift:
    return services.add_shift(Actor.system("test"), code="all", name="全天", name_en="Whole day", begins=time(0), minutes=1440)


@pytest.fixture
def post(fire, city, whole_day) -> Post:
    new = NewPost("desk", "调度席", "Dispatch desk", fire.pk, city.pk, shift_codes=("all",))
    return services.add_post(Actor.system("test"), post=new)


@pytest.fixture
def duty(supervisor, dispatcher, post, whole_day, now) -> Duty:
    ids = {"post_id": post.pk, "shift_id": whole_day.pk, "person_id": dispatcher.user_id}
    return services.roster_duty(supervisor, **ids, day=DAY, now=now)


def test_a_dispatcher_sees_who_is_on_duty_and_where_nobody_is(dispatcher, supervisor, post, whole_day, now) -> None:
    for day in (timezone.localdate(now), timezone.localdate(now) + timedelta(days=1)):
        services.roster_duty(supervisor, post_id=post.pk, shift_id=whole_day.pk, day=day, person_id=dispatcher.user_id, now=now)

    page = reader(dispatcher).get("/duty/").content.decode()

    assert "You hold: Dispatch desk" in page
    assert "Gaps in the next seven days" in page
    assert '<b>Dispatch desk</b> Whole day <span class="num">' in page
    assert "Not fully held" not in page


def test_an_empty_post_is_named_as_such_and_a_stranger_to_the_roster_is_told(dispatcher, post, outsider) -> None:
    page = reader(dispatcher).get("/duty/").content.decode()

    assert "Not fully held" in page
    assert "You are not on duty." in page
    assert reader(outsider).get("/duty/").status_code == 403


def test_a_supervisor_fills_a_gap_from_the_roster(supervisor, dispatcher, post, whole_day) -> None:
    client = reader(supervisor)
    page = client.get(f"/duty/roster/?from={DAY}").content.decode()
    address = f"/duty/roster/posts/{post.pk}/"

    answer = client.post(address, {"person_id": dispatcher.user_id, "shift_id": whole_day.pk, "day": DAY})

    assert f"{address}?day={DAY}&amp;shift={whole_day.pk}" in page
    assert answer.status_code == 204
    assert "Dispatcher" in client.get(f"/duty/roster/?from={DAY}").content.decode()


def test_a_supervisor_names_a_stand_in_and_the_roster_shows_both(supervisor, commander, duty) -> None:
    client = reader(supervisor)
    values = {"person_id": commander.user_id, "starts_at": f"{DAY}T10:00", "ends_at": f"{DAY}T12:00", "reason": "training"}

    answer = client.post(f"/duty/roster/{duty.pk}/stand-in/", values)

    stand_in = Duty.objects.get(stands_in_for=duty)
    assert answer.status_code == 204
    assert (timezone.localtime(stand_in.starts_at).hour, timezone.localtime(stand_in.ends_at).hour) == (10, 12)
    assert "for Dispatcher" in client.get(f"/duty/roster/?from={DAY}").content.decode()


def test_a_stand_in_from_the_form_as_it_opens_takes_the_whole_duty(supervisor, commander, duty) -> None:
    client = reader(supervisor)
    form = client.get(f"/duty/roster/{duty.pk}/stand-in/").context["form"]
    values = {"person_id": commander.user_id, "starts_at": form["starts_at"].value(), "ends_at": form["ends_at"].value(), "reason": "x"}

    client.post(f"/duty/roster/{duty.pk}/stand-in/", values | {"starts_at": f"{DAY}T00:00"})

    stand_in = Duty.objects.get(stands_in_for=duty)
    assert (stand_in.starts_at, stand_in.ends_at) == (duty.starts_at, duty.ends_at)


def test_two_duties_are_changed_and_one_is_taken_off(supervisor, dispatcher, commander, post, whole_day, duty, now) -> None:
    client = reader(supervisor)
    ids = {"post_id": post.pk, "shift_id": whole_day.pk, "person_id": commander.user_id}
    other = services.roster_duty(supervisor, **ids, day=DAY + timedelta(days=1), now=now)

    swapped = client.post(f"/duty/roster/{duty.pk}/swap/", {"with_duty_id": other.pk, "reason": "x"})
    taken_off = client.post(f"/duty/roster/{duty.pk}/cancel/", {"reason": "x"})

    # Duties so far away are not offered for an exchange: the form says so, and nothing moved.
    assert swapped.status_code == 422
    assert taken_off.status_code == 204
    assert not Duty.objects.planned().filter(pk=duty.pk).exists()


def test_leave_is_noted_and_taken_back(supervisor, dispatcher, post) -> None:
    client = reader(supervisor)
    values = {"person_id": dispatcher.user_id, "starts_at": f"{DAY}T08:00", "ends_at": f"{DAY}T18:00", "reason": "ill"}

    noted = client.post("/duty/roster/leave/", values)
    leave = Leave.objects.get()
    taken_back = client.post(f"/duty/roster/leave/{leave.pk}/cancel/")

    assert (noted.status_code, taken_back.status_code) == (204, 204)
    assert Leave.objects.get().cancelled_at is not None


def test_a_roster_goes_out_as_csv_and_comes_in_again(supervisor, duty) -> None:
    client = reader(supervisor)
    sheet = client.get(f"/duty/roster/?from={DAY}&format=csv")
    Duty.objects.all().delete()

    came = client.post("/duty/roster/import/", {"file": SimpleUploadedFile("roster.csv", sheet.content)})

    assert sheet.content.decode("utf-8-sig").splitlines() == ["post,shift,day,person", f"desk,all,{DAY},dispatcher"]
    assert came.status_code == 204
    assert Duty.objects.get().starts_at == timezone.make_aware(datetime.combine(DAY, time(0)))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"post,shift,day\n", "The first line must name these columns: post, shift, day, person."),
        (b"post,shift,day,person\ndesk,all,tomorrow,dispatcher\n", "Line 2: “tomorrow” is no day (YYYY-MM-DD)."),
        (b"post,shift,day,person\ndesk,all,2099-03-02,nobody\n", "Line 2: there is nobody called nobody"),
        (b"post,shift,day,person\n", "The file has no lines."),
        (b"\xff\xfe\x00", "The file is not UTF-8."),
        (b'post,shift,day,person\n"desk', "The file is not CSV"),
    ],
)
def test_a_file_that_cannot_be_is_refused_in_words(supervisor, post, content: bytes, why: str) -> None:
    answer = reader(supervisor).post("/duty/roster/import/", {"file": SimpleUploadedFile("roster.csv", content)})

    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not Duty.objects.exists()
