"""What the city gives away, as those see it who get it and those who gave: a report outside, a room next door, the first look, a mail given up."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from access.actors import Actor
from access.models import Department, Membership, User
from access.sharing import verbs
from access.sharing.verbs import Terms
from chat import services as chat
from chat.services import NewMessage
from chat.sharing.keeping import KIND as ROOM
from files import checking
from files import services as files
from files.services import Captured
from incidents import services
from incidents.models import Handout
from incidents.services.handouts import Recipient
from incidents.tasks import mail_handouts
from tests.browser.axe import faults
from tests.files import material
from tests.sharing import smtp_peer

pytestmark = pytest.mark.patient

HOUR = timedelta(hours=1)
PHONE = {"width": 390, "height": 844}
NOTHING_BESIDE = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture
def waterman(city: Any, django_db_blocker: Any) -> Department:
    """Zhou Shui of the water company, who has no part in fires."""
    with django_db_blocker.unblock():
        water = Department.objects.get_or_create(code="water", defaults={"name": "自来水集团", "name_en": "Water company"})[0]
        user = User.objects.get_or_create(username="waterman", defaults={"name": "周水"})[0]
        begins = timezone.now() - timedelta(days=1)
        Membership.objects.get_or_create(user=user, role="liaison", department=water, defaults={"starts_at": begins})
    city.people["waterman"] = user
    return water


@pytest.fixture
def give(city: Any, fire_at: Callable[..., Any], django_db_blocker: Any) -> Callable[..., tuple[Handout, str]]:
    """The supervisor gives a report of a fire, with a film and a letter that go unchanged."""

    def hand_out(**recipient: Any) -> tuple[Handout, str]:
        fire = fire_at("莲花池东路 12 号")
        with django_db_blocker.unblock():
            owner, now, ids = Actor.of_user(city.people["supervisor"]), timezone.now(), []
            for name, body in (("北门外的视频-" * 8 + ".mp4", material.video()), ("名单.docx", material.letter())):
                file = files.begin_file(owner, name=name, size=len(body), captured=Captured(), now=now)
                files.append_bytes(owner, key=file.key, offset=0, data=body, checksum=None)
                files.finish_file(owner, key=file.key, now=now)
                ids.append(services.attach_upload(owner, incident_id=fire.pk, file_key=file.key, now=now).pk)
                checking.check(file.key, now=now)
            who = Recipient(**({"name": "王芳", "email": "", "language": "zh-hans"} | recipient))
            return services.hand_out(owner, incident_id=fire.pk, recipient=who, level="SITUATION", until=now + 3 * HOUR, unchanged_ids=ids, now=now)

    return hand_out


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_who_is_outside_gets_report_and_files_on_a_telephone(
    sit: Any, give: Callable[..., tuple[Handout, str]], django_db_blocker: Any, language: str
):
    made, secret = give()
    page = sit(None, f"/outside/{secret}/", size=PHONE, language=language)
    assert "莲花池" not in page.content() and ".mp4" not in page.content()
    assert faults(sit, page) == [] and page.evaluate(NOTHING_BESIDE)

    page.locator('button[value="files"]').click()

    expect(page.locator(".outside-file")).to_have_count(2)
    expect(page.locator("main")).to_contain_text("王芳")
    assert faults(sit, page) == [] and page.evaluate(NOTHING_BESIDE)
    with page.expect_download() as fetched:
        page.locator(".outside-file button").nth(1).click()
    assert fetched.value.suggested_filename == "名单.docx"
    with django_db_blocker.unblock():
        assert [each.takings for each in made.enclosures.all()] == [0, 1]
        services.end_handout(Actor.system("test"), handout_id=made.pk, now=timezone.now())
    page.locator(".outside-file button").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    sit.complaints[:] = [each for each in sit.complaints if "404" not in each]


def test_the_link_that_is_shown_once_is_ready_to_be_copied_and_no_press_gives_it_twice(sit: Any, fire_at: Any, django_db_blocker: Any):
    fire = fire_at("莲花池东路 12 号")
    desk = sit("supervisor", f"/incidents/{fire.number}/")
    desk.locator('[data-dialog-url$="hand-out/"]').click()
    desk.locator("#id_recipient").fill("王芳")
    desk.keyboard.press("Control+Enter")

    link = desk.locator("#dialog input[readonly]")
    expect(link).to_be_focused()
    assert desk.evaluate("getSelection().toString()") == link.input_value() and "/outside/" in link.input_value()
    expect(desk.locator("#id_recipient")).to_have_value("")
    desk.keyboard.press("Control+Enter")
    desk.wait_for_timeout(500)
    with django_db_blocker.unblock():
        assert Handout.objects.filter(incident=fire).count() == 1


def test_who_gave_a_report_is_told_when_it_is_opened_and_when_its_mail_is_given_up(
    sit: Any, give: Callable[..., tuple[Handout, str]], django_db_blocker: Any, settings: Any
):
    desk = sit("supervisor", "/incidents/")
    desk.wait_for_selector("#link-state[data-state=up]")
    made, secret = give()
    with django_db_blocker.unblock():
        services.open_handout(Actor.anonymous(), secret=secret, now=timezone.now())
    expect(desk.locator(".toast", has_text="王芳")).to_contain_text("已打开")

    mailed, _secret = give(name="李雷", email="li@example.org")
    with smtp_peer.running() as peer:
        peer.is_silent = True
        settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = "django.core.mail.backends.smtp.EmailBackend", 0.2
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", peer.port
        settings.MAIL_URL, settings.PUBLIC_URL = f"smtp://127.0.0.1:{peer.port}", "https://city.example"
        with django_db_blocker.unblock():
            while Handout.objects.filter(pk=mailed.pk, fault="").exists():
                Handout.objects.filter(pk=mailed.pk).update(mail_next_at=timezone.now())
                mail_handouts()

    expect(desk.locator(".toast", has_text="李雷")).to_be_visible()
    desk.goto(desk.url.replace("/incidents/", "/reporters/undelivered/"))
    expect(desk.locator("main")).to_contain_text("李雷")
    assert faults(sit, desk) == []
    desk.get_by_role("button", name="重新发送").first.click()
    expect(desk.locator("main")).not_to_contain_text("李雷")
    with django_db_blocker.unblock():
        services.end_handout(Actor.system("test"), handout_id=mailed.pk, now=timezone.now())
        services.end_handout(Actor.system("test"), handout_id=made.pk, now=timezone.now())


@pytest.fixture
def room(city: Any, fire_at: Callable[..., Any], django_db_blocker: Any) -> Any:
    """The room of a fire: plain words with a picture, pinned words with a letter, struck words with another."""
    fire = fire_at("莲花池东路 14 号")
    with django_db_blocker.unblock():
        owner, now = Actor.of_user(city.people["dispatcher"]), timezone.now()
        made = chat.open_incident_room(owner, incident_id=fire.pk, now=now)
        for words, name, body in (
            ("普通的话", "门.png", material.picture("PNG")),
            ("置顶的话", "名单.docx", material.letter()),
            ("划掉的话", "错.docx", material.letter()),
        ):
            file = files.begin_file(owner, name=name, size=len(body), captured=Captured(), now=now)
            files.append_bytes(owner, key=file.key, offset=0, data=body, checksum=None)
            files.finish_file(owner, key=file.key, now=now)
            chat.post_message(owner, room_id=made.pk, message=NewMessage(words, files=(file.key,)), now=now)
            checking.check(file.key, now=now)
        chat.pin_message(owner, room_id=made.pk, seq=2, is_pinned=True, now=now)
        chat.strike_message(owner, room_id=made.pk, seq=3, now=now)
    return made


LEVELS = {"OUTLINE": set(), "SITUATION": {"置顶的话", "名单.docx"}, "FULL": {"置顶的话", "名单.docx", "普通的话", "门.png"}}
SAID = {"置顶的话", "名单.docx", "普通的话", "门.png", "划掉的话", "错.docx"}


def test_a_shared_room_shows_as_much_as_its_level_says_and_who_shared_it_is_told_of_the_first_look(
    sit: Any, city: Any, room: Any, waterman: Department, django_db_blocker: Any
):
    desk = sit("dispatcher", "/incidents/")
    desk.wait_for_selector("#link-state[data-state=up]")
    for level, shown in LEVELS.items():
        with django_db_blocker.unblock():
            now = timezone.now()
            terms = Terms(waterman.pk, None, level, now + HOUR, "请留意水压")
            verbs.share(Actor.of_user(city.people["dispatcher"]), kind=ROOM.name, subject_id=room.pk, terms=terms, now=now)
        theirs = sit("waterman", f"/chat/shared/{room.pk}/", size={"width": 1024, "height": 768})
        page = theirs.locator("main")
        expect(page).to_contain_text("请留意水压")
        found = page.inner_text() + "".join(page.locator("img").evaluate_all("all => all.map((each) => each.alt)"))
        assert {each for each in SAID if each in found} == shown, level
        assert faults(sit, theirs) == [] and theirs.evaluate(NOTHING_BESIDE)
        if level == "OUTLINE":
            expect(desk.locator(".toast", has_text="周水")).to_be_visible()
    with theirs.expect_download() as fetched:
        page.locator("a", has_text="名单.docx").first.click()
    assert fetched.value.suggested_filename == "名单.docx"
