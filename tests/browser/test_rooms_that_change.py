"""A room while it is open on somebody's screen: closed and opened again, left by order of others, searched, written in from two windows."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from access.actors import Actor
from access.models import User
from chat import services as chat
from chat.models import Invitation, Message, Room
from chat.services import NewMessage

pytestmark = pytest.mark.patient


@pytest.fixture
def house(city, django_db_blocker):
    """A room for a purpose with a dispatcher, who made it, and a call-taker in it: `house("防汛")`."""

    made = []

    def make(name: str, *said: str) -> Room:
        with django_db_blocker.unblock():
            now = timezone.now()
            people = [city.people["calltaker"].pk]
            room = chat.open_room(dispatcher(), name=name, person_ids=people, department_ids=(), until=None, now=now)
            for each in said:
                chat.post_message(dispatcher(), room_id=room.pk, message=NewMessage(each), now=now)
            made.append(room.pk)
            return room

    yield make
    with django_db_blocker.unblock():
        for room in Room.objects.filter(pk__in=made, closed_at=None):
            chat.close_room(dispatcher(), room_id=room.pk, now=timezone.now())


def dispatcher() -> Actor:
    return Actor.of_user(User.objects.get(username="dispatcher"))


def rows(page: Page):
    return page.locator(".chat-rows .chat-text")


def test_who_is_let_out_sees_nothing_more_of_the_room_that_is_open(sit, house):
    room = house("防汛", "水位 41 厘米")
    chat.pin_message(dispatcher(), room_id=room.pk, seq=1, is_pinned=True, now=timezone.now())
    page = sit("calltaker", f"/chat/?room={room.pk}")
    expect(rows(page)).to_have_text(["水位 41 厘米"])
    page.locator(".chat-form textarea").fill("我在看")

    guest = Invitation.objects.get(room=room, person__username="calltaker")
    chat.end_invitation(dispatcher(), room_id=room.pk, invitation_id=guest.pk, now=timezone.now())

    expect(page.locator(".chat-lost")).to_be_visible(timeout=10_000)
    expect(page.locator("city-chat")).not_to_contain_text("水位")
    expect(page.locator("city-chat .chat-name")).not_to_contain_text("防汛")
    expect(page.locator(".chat-form")).to_be_hidden()
    expect(page.locator(f'.chat-side [data-room="{room.pk}"]')).to_have_count(0, timeout=10_000)
    refused = [text for text in sit.complaints if "404" not in text]  # a browser writes down that it was told there is no such room
    sit.complaints[:] = refused


def test_a_room_that_is_closed_and_opened_again_takes_words_again_and_loses_none(sit, house):
    room = house("防汛", "到位")
    page = sit("calltaker", f"/chat/?room={room.pk}")
    field = page.locator(".chat-form textarea")
    field.fill("正在写")

    chat.close_room(dispatcher(), room_id=room.pk, now=timezone.now())
    expect(page.locator(".chat-closed")).to_be_visible()
    expect(field).to_be_hidden()
    chat.reopen_room(dispatcher(), room_id=room.pk, now=timezone.now())

    expect(field).to_be_visible()
    expect(field).to_have_value("正在写")
    field.press("Enter")
    expect(rows(page)).to_have_text(["到位", "正在写"])


def test_what_is_said_at_the_moment_of_closing_stays_with_the_reason(sit, house):
    room = house("防汛", "到位")
    page = sit("calltaker", f"/chat/?room={room.pk}")
    field = page.locator(".chat-form textarea")
    page.route("**/messages/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    field.fill("收到")
    field.press("Enter")
    expect(page.locator(".chat-unsent")).to_contain_text("收到")

    chat.close_room(dispatcher(), room_id=room.pk, now=timezone.now())
    page.unroute("**/messages/")

    expect(page.locator(".chat-unsent")).to_contain_text("会商室已关闭", timeout=10_000)
    assert Message.objects.filter(room=room).count() == 1
    page.reload()
    expect(page.locator(".chat-unsent")).to_contain_text("收到")
    page.locator(".chat-unsent .linkish").last.click()
    expect(page.locator(".chat-unsent")).to_have_count(0)
    sit.complaints[:] = [text for text in sit.complaints if "net::ERR_FAILED" not in text and "409" not in text]


def test_a_message_that_could_not_be_reworded_stands_in_the_field_as_it_was_to_be(sit, house):
    room = house("防汛", "疏散半径 100 米")
    page = sit("dispatcher", f"/chat/?room={room.pk}")
    field = page.locator(".chat-form textarea")
    expect(rows(page)).to_have_count(1)
    field.press("ArrowUp")
    expect(field).to_have_value("疏散半径 100 米")
    page.route("**/edit/", lambda route: route.abort())
    field.fill("疏散半径 200 米")
    field.press("Enter")

    expect(page.locator("#toasts")).to_contain_text("没有应答")
    expect(field).to_have_value("疏散半径 200 米")
    page.unroute("**/edit/")
    field.press("Enter")

    expect(rows(page)).to_have_text(["疏散半径 200 米"])
    expect(field).to_have_value("")
    sit.complaints[:] = [text for text in sit.complaints if "net::ERR_FAILED" not in text]


def test_enter_sends_what_was_written_only_where_it_is_written(sit, house):
    room = house("防汛", "水位 41 厘米", "收到")
    page = sit("dispatcher", f"/chat/?room={room.pk}")
    expect(rows(page)).to_have_count(2)
    page.locator(".chat-form textarea").fill("还没写完")

    page.locator("[data-chat=find]").focus()
    page.keyboard.press("Enter")  # a button is pressed by it
    page.locator(".chat-find input[type=search]").fill("水位")
    page.keyboard.press("Enter")
    expect(page.locator(".chat-found .chat-lead")).to_contain_text("水位 41 厘米")
    page.locator(".chat-found .chat-lead").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".chat-row:focus")).to_contain_text("水位 41 厘米")
    page.keyboard.press("Enter")
    page.locator(".chat-row:focus-within [data-do=pin]").focus()
    page.keyboard.press("Enter")

    expect(page.locator(".chat-pins .chat-lead")).to_have_count(1)
    assert Message.objects.filter(room=room).count() == 2
    page.locator(".chat-form textarea").press("NumpadEnter")
    expect(rows(page)).to_have_text(["水位 41 厘米", "收到", "还没写完"])


def test_words_are_found_in_all_rooms_and_a_time_leads_to_where_the_talk_was(sit, house):
    here, there = house("防汛"), house("防火", "积水四十一厘米")
    morning = timezone.localtime().replace(second=0, microsecond=0) - timedelta(hours=30)
    for number in range(120):
        chat.post_message(dispatcher(), room_id=here.pk, message=NewMessage(f"第 {number} 句"), now=morning + timedelta(minutes=number))
    chat.pin_message(dispatcher(), room_id=here.pk, seq=120, is_pinned=True, now=timezone.now())
    page = sit("dispatcher", f"/chat/?room={here.pk}")
    expect(page.locator(".chat-row").last).to_contain_text("第 119 句")
    expect(page.locator(".chat-pins")).to_be_visible()

    page.keyboard.press("Escape")  # from the field to the messages
    page.keyboard.press("f")
    at = morning + timedelta(minutes=3)
    page.locator(".chat-find input[type=search]").fill(f"{at:%m-%d %H:%M}")
    page.keyboard.press("Enter")
    expect(page.locator(".chat-found .chat-lead").first).to_contain_text(f"{at:%m-%d %H:%M}")
    expect(page.locator(".chat-pins")).to_be_hidden()  # what was found stands alone
    page.keyboard.press("Enter")
    expect(page.locator(".chat-row:focus")).to_contain_text("第 3 句")

    page.keyboard.press("f")
    page.locator(".chat-find input[type=search]").fill("十一厘")
    page.keyboard.press("Enter")
    expect(page.locator(".chat-found")).to_have_text("没有找到")
    page.locator(".chat-everywhere input").check()
    expect(page.locator(".chat-found .chat-lead")).to_contain_text("防火")
    page.locator(".chat-find input[type=search]").press("Enter")
    expect(page.locator(".chat-row:focus")).to_contain_text("积水四十一厘米")
    expect(page.locator(".chat-name")).to_contain_text("防火")
    assert there.pk == int(page.url.rpartition("room=")[2])


def test_two_windows_of_one_person_without_a_network_say_everything_once(sit, house):
    room = house("防汛", "到位")
    first = sit("dispatcher", f"/chat/?room={room.pk}")
    second = first.context.new_page()
    second.goto(first.url)
    for page in (first, second):
        expect(rows(page)).to_have_count(1)
    first.context.set_offline(True)
    for number in range(3):
        for name, page in (("甲", first), ("乙", second)):
            page.locator(".chat-form textarea").fill(f"{name}{number}")
            page.locator(".chat-form textarea").press("Enter")
    first.wait_for_timeout(6000)
    chat.post_message(dispatcher(), room_id=room.pk, message=NewMessage("别处"), now=timezone.now())
    first.context.set_offline(False)

    said = ["到位", "别处", "甲0", "乙0", "甲1", "乙1", "甲2", "乙2"]
    for page in (first, second):
        expect(rows(page)).to_have_text(said, timeout=30_000)
        expect(page.locator(".chat-unsent")).to_have_count(0, timeout=10_000)
    assert list(Message.objects.filter(room=room).order_by("seq").values_list("text", flat=True)) == said
    sit.complaints[:] = [text for text in sit.complaints if "ERR_INTERNET_DISCONNECTED" not in text]
