"""Two people talk in the room of a fire: live, over a server that goes away, with words that look like markup, and into the timeline by one key."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from access.actors import Actor
from chat import services as chat
from chat.services import NewMessage
from tests.browser.axe import faults

pytestmark = pytest.mark.patient

HOSTILE = [
    "<script>window.struck = 1</script>",
    '"><img src=x onerror="window.struck = 1">',
    "</template></script><svg onload=window.struck=1>",
    "<a href=javascript:window.struck=1>x</a> {{7*7}} ${7*7} &lt;b&gt;",
    '@<b>张伟</b> https://example.org/"onmouseover=window.struck=1',
]


def say_what_is_hostile(incident_id: int) -> None:
    """Words that would do harm if any page took them for markup."""
    house, now = Actor.system("test"), timezone.now()
    room = chat.open_incident_room(house, incident_id=incident_id, now=now)
    for each in HOSTILE:
        chat.post_message(house, room_id=room.pk, message=NewMessage(each), now=now)


HUM = """() => {
  navigator.mediaDevices.getUserMedia = async () => {
    const sound = new AudioContext();
    const [hum, out] = [sound.createOscillator(), sound.createMediaStreamDestination()];
    hum.connect(out);
    hum.start();
    await sound.resume();
    return out.stream;
  };
}"""


def speak_and_point(page: Page, field: Locator) -> None:
    """A voice note and a place under the cross of the map, in one message; the place stands on the big map too."""
    page.evaluate(HUM)
    page.locator('[data-chat="voice"]').click()
    expect(page.locator(".chat-recording .num")).to_have_text("0:01", timeout=15_000)
    page.locator('[data-chat="voice-stop"]').click()
    expect(page.locator(".chat-adding audio")).to_be_visible()
    expect(page.locator(".chat-adding")).to_contain_text("✓", timeout=15_000)
    page.locator('[data-chat="mark"]').click()
    page.locator(".draw-map[data-ready]").press("Enter")
    page.locator("#draw-word").fill("北门")
    page.locator("#draw-word").press("Enter")
    expect(page.locator(".chat-marking")).to_contain_text("北门")
    field.press("Enter")
    expect(page.locator("#map .sketch-pin")).to_have_count(1)


def test_two_people_talk_and_nothing_is_lost_while_the_server_is_away(sit, city, fire_at, django_db_blocker, tmp_path):
    fire = fire_at("莲花池东路 12 号")
    mine, theirs = sit("dispatcher"), sit("second", f"/incidents/{fire.number}/")
    mine.locator(f'#queue [data-number="{fire.number}"]').click()
    mine.keyboard.press("h")
    field = mine.locator(".chat-over textarea")
    expect(field).to_be_focused()
    theirs.locator("city-chat").scroll_into_view_if_needed()

    field.fill("二楼有人")
    field.press("Enter")
    expect(theirs.locator(".chat-rows .chat-text")).to_have_text("二楼有人")
    theirs.locator(".chat-row").focus()
    theirs.keyboard.press("y")
    expect(mine.locator(".chat-answers")).to_contain_text("王芳")
    theirs.locator(".chat-row").focus()
    theirs.keyboard.press("b")
    expect(mine.locator(".chat-mark")).to_contain_text("已入时间线")

    city.web.kill()
    city.web.wait()
    field.fill("关阀两处")
    field.press("Enter")
    expect(mine.locator(".chat-unsent")).to_contain_text("关阀两处")
    with django_db_blocker.unblock():
        say_what_is_hostile(fire.pk)
    city.start_web()

    for page in (mine, theirs):
        expect(page.locator(".chat-rows .chat-text")).to_have_text(["二楼有人", *HOSTILE, "关阀两处"], timeout=30_000)
        assert page.evaluate("window.struck") is None
        assert page.locator(".chat-list :is(script, img, svg, a, iframe)").count() == 0
    expect(mine.locator(".chat-unsent")).to_have_count(0)
    # a browser says by itself that it could not reach the server while that was away; a policy that was broken would be said differently
    sit.complaints[:] = [each for each in sit.complaints if "Failed to load resource" not in each and "WebSocket connection to" not in each]

    field.fill("/o 消防救援 清点人数")
    field.press("Enter")
    expect(field).to_have_value("")
    Image.new("RGB", (80, 60), (200, 40, 40)).save(tmp_path / "fire.png")
    mine.locator(".chat-over input[type=file]").set_input_files(tmp_path / "fire.png")
    expect(mine.locator(".chat-over .chat-adding")).to_contain_text("✓", timeout=15_000)
    field.press("Enter")
    expect(theirs.locator(".chat-files img")).to_be_visible()
    assert fire.tasks.get().title == "清点人数"
    speak_and_point(mine, field)
    expect(theirs.locator(".chat-place")).to_have_text("北门")
    expect(theirs.locator(".chat-files audio")).to_be_visible(timeout=15_000)

    theirs.goto(f"{city.url}/chat/")
    expect(theirs.locator(".chat-rows .chat-text")).to_have_count(9)
    for page in (mine, theirs):
        assert faults(sit, page) == []
    mine.locator('.chat-over [data-chat="close"]').click()
    expect(mine.locator("#map .sketch-pin")).to_have_count(0)
    assert sit.complaints == []


def drawn_anew_while(page: Page, press: Callable[[], None], leave: Callable[[], None]) -> None:
    """The list of rooms is on its way when somebody presses, and is there before the finger has left."""
    on_its_way: list[Route] = []
    page.route("**/chat/rooms/", lambda route: on_its_way.append(route))
    page.evaluate("document.dispatchEvent(new CustomEvent('live:resync'))")
    page.wait_for_timeout(3200)  # it is asked for once in 1.5 to 3 s
    press()
    with page.expect_response("**/chat/rooms/"):
        on_its_way[0].continue_()
    page.wait_for_timeout(300)
    leave()
    page.unroute("**/chat/rooms/")


def test_who_presses_while_the_list_is_drawn_anew_opens_what_was_pressed(sit, fire_at, django_db_blocker):
    house, now = Actor.system("test"), timezone.now()
    with django_db_blocker.unblock():
        rooms = [chat.open_incident_room(house, incident_id=fire_at(f"莲花池东路 {number} 号").pk, now=now) for number in (1, 2, 3)]
        chat.post_message(house, room_id=rooms[0].pk, message=NewMessage("到场"), now=now)
    page = sit("dispatcher", f"/chat/?room={rooms[0].pk}")
    wanted = page.locator(f'.chat-side [data-room="{rooms[1].pk}"]')
    with django_db_blocker.unblock():  # from the last to the first of the list
        chat.post_message(house, room_id=rooms[2].pk, message=NewMessage("请求增援"), now=timezone.now())

    wanted.hover()
    drawn_anew_while(page, page.mouse.down, page.mouse.up)
    expect(page.locator(".chat-name b")).to_have_text(wanted.locator("b").inner_text())

    page.locator(".chat-side [data-dialog-url]").hover()
    drawn_anew_while(page, page.mouse.down, page.mouse.up)
    expect(page.locator("dialog[open]")).to_be_visible()
    page.keyboard.press("Escape")

    page.locator(".chat-side [data-dialog-url]").focus()
    drawn_anew_while(page, lambda: None, lambda: page.keyboard.press("Enter"))
    expect(page.locator("dialog[open]")).to_be_visible()
