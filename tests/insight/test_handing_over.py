"""A watch is handed over: written as it stands, read and signed by who comes next, kept as it was."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from access.actors import Actor
from access.roles import Role
from incidents import services as incidents
from insight import handing_over, services
from insight.models import WatchReport
from insight.watch_reports import digest_of, watch_report
from journal.models import Entry
from kit.errors import NotFound
from resources import selectors as resources_selectors
from resources import services as resources
from resources.models import Duty, Post
from resources.services import NewPost
from tests.conftest import user_of

SYSTEM = Actor.system("test")


@pytest.fixture
def post(fire, city) -> Post:
    return resources.add_post(SYSTEM, post=NewPost("chief", "值班长", "Duty supervisor", fire.pk, city.pk, is_supervisor=True))


@pytest.fixture
def leaving(supervisor, post, now) -> Duty:
    return Duty.objects.create(post=post, person_id=supervisor.user_id, starts_at=now - timedelta(hours=8), ends_at=now + timedelta(minutes=10))


@pytest.fixture
def relief(person, city) -> Actor:
    return person("relief", (Role.SUPERVISOR, None, city))


@pytest.fixture
def coming(relief, post, leaving) -> Duty:
    return Duty.objects.create(post=post, person_id=relief.user_id, starts_at=leaving.ends_at, ends_at=leaving.ends_at + timedelta(hours=8))


def reader(actor: Actor, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(user_of(actor))
    return client


def test_the_report_says_what_stands_and_what_happened(supervisor, commander, leaving, northern_fire, southern_pipe, engine_7, now) -> None:
    resources.set_unit_status(
        SYSTEM, unit_id=engine_7.pk, availability="NOT_AVAILABLE", activity="OUT_OF_SERVICE", label_code="", source="COMMAND", now=now
    )
    incidents.set_response_level(commander, incident_id=northern_fire.pk, level="III", reason="x", now=now)

    found = watch_report(supervisor, duty=leaving, now=now + timedelta(seconds=1))

    assert found["incidents"]["total"] == 2
    assert {row["number"] for row in found["incidents"]["rows"]} == {northern_fire.number, southern_pipe.number}
    assert [row["code"] for row in found["units"]["rows"]] == ["E7"]
    assert ["incidents.incident_opened", 2] in found["events"]["counts"]
    assert any("III" in row["name_en"] for row in found["events"]["rows"])


def test_it_holds_no_caller_and_none_of_the_callers_words(supervisor, leaving, northern_fire, now) -> None:
    text = str(watch_report(supervisor, duty=leaving, now=now + timedelta(seconds=1)))

    assert "13800002201" not in text
    assert "张女士" not in text
    assert "二楼冒烟" not in text


def test_who_comes_reads_signs_and_has_the_post(supervisor, relief, post, leaving, coming, now) -> None:
    written = services.write_report(supervisor, words="两台泵在修", now=now)

    signed = services.sign_report(relief, report_id=written.pk, now=now)

    assert (signed.signed_by_id, signed.words) == (relief.user_id, "两台泵在修")
    assert [duty.person_id for duty in resources_selectors.on_duty(post, now + timedelta(seconds=1))] == [relief.user_id]
    assert resources_selectors.why_off_duty(supervisor.user_id, now + timedelta(seconds=1)) == "RELIEVED"
    entry = Entry.objects.get(name="insight.watch_report_signed")
    assert entry.data["digest"] == written.digest == digest_of(signed.content, signed.words)


def test_what_was_written_stays_whatever_happens_after(supervisor, relief, leaving, coming, northern_fire, dispatcher, now) -> None:
    written = services.write_report(supervisor, words="", now=now)
    incidents.cancel_incident(dispatcher, incident_id=northern_fire.pk, reason="误报", now=now)

    page = reader(relief).get(f"/duty/reports/{written.pk}/").content.decode()

    assert northern_fire.number in page
    assert "This is not what was written." not in page
    WatchReport.objects.filter(pk=written.pk).update(words="changed")
    assert "This is not what was written." in reader(relief).get(f"/duty/reports/{written.pk}/").content.decode()


def test_only_who_comes_next_can_sign(supervisor, commander, dispatcher, relief, leaving, coming, fire_chief_south, now) -> None:
    written = services.write_report(supervisor, words="", now=now)

    for other in (supervisor, commander, dispatcher):
        with pytest.raises(services.NotTheNext):
            services.sign_report(other, report_id=written.pk, now=now)
    with pytest.raises(NotFound):
        services.sign_report(fire_chief_south, report_id=written.pk + 1_000, now=now)


def test_who_is_off_duty_has_nothing_to_hand_over(dispatcher, now) -> None:
    with pytest.raises(services.NothingToHandOver):
        services.write_report(dispatcher, words="", now=now)


def test_who_stayed_on_after_the_end_can_still_hand_over(supervisor, relief, leaving, coming, now) -> None:
    late = leaving.ends_at + timedelta(minutes=20)

    written = services.write_report(supervisor, words="", now=late)
    services.sign_report(relief, report_id=written.pk, now=late)

    assert handing_over.duty_to_hand_over(supervisor, now=late) is None


def test_written_anew_the_old_one_is_withdrawn_and_cannot_be_signed(supervisor, relief, leaving, coming, now) -> None:
    first = services.write_report(supervisor, words="1", now=now)
    second = services.write_report(supervisor, words="2", now=now + timedelta(minutes=1))

    with pytest.raises(services.ReportWithdrawn):
        services.sign_report(relief, report_id=first.pk, now=now)

    services.sign_report(relief, report_id=second.pk, now=now)
    with pytest.raises(services.NothingToHandOver):
        services.write_report(supervisor, words="3", now=now + timedelta(minutes=2))


def test_the_way_through_the_pages(supervisor, relief, leaving, coming, northern_fire) -> None:
    leaver, comer = reader(supervisor), reader(relief)
    draft = leaver.get("/duty/hand-over/").content.decode()
    written = leaver.post("/duty/hand-over/", {"words": "两台泵在修"})
    waiting = comer.get("/duty/").content.decode()
    page = comer.get(written.url).content.decode()
    signed = comer.post(f"{written.url}sign/")
    sheet = comer.get(f"{written.url}export.csv").content.decode("utf-8-sig")

    assert northern_fire.number in draft
    assert "The hand-over of Duty supervisor by Supervisor waits to be signed." in waiting
    assert "I have read it and take over" in page
    assert signed.status_code == 204
    assert "两台泵在修" in sheet
    assert northern_fire.number in sheet
    assert Entry.objects.filter(name="insight.watch_report_exported").count() == 1
    assert "I have read it and take over" not in comer.get(written.url).content.decode()
    assert "交接班" in reader(relief, "zh-hans").get("/duty/reports/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_who_come_at_once_one_signs(supervisor, relief, person, city, post, leaving, coming, now: datetime) -> None:
    other = person("other", (Role.SUPERVISOR, None, city))
    Duty.objects.create(post=post, person_id=other.user_id, starts_at=coming.starts_at, ends_at=coming.ends_at)
    written = services.write_report(supervisor, words="", now=now)
    came: list[str] = []
    start = threading.Barrier(2, timeout=20)

    def sign(actor: Actor) -> None:
        try:
            start.wait()
            services.sign_report(actor, report_id=written.pk, now=now)
            came.append("signed")
        except services.ReportIsSigned:
            came.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=sign, args=(actor,)) for actor in (relief, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(came) == ["late", "signed"]
