"""Who else is there: seen by those who may see the incident, gone when they leave, and never in the way."""

import redis
from django.conf import settings

from journal import wire
from live import presence
from live.hub import Hub


def say(client, incident, doing="looking"):
    return client.post(f"/incidents/{incident.number}/here/", {"doing": doing}).content.decode()


def test_two_people_at_one_incident_see_each_other_and_what_they_do(desk, dispatcher, call_taker, northern_fire):
    mine, theirs = desk(dispatcher), desk(call_taker)

    assert say(mine, northern_fire).strip() == ""
    assert "Dispatcher" in say(theirs, northern_fire, "editing")
    assert "Call Taker" in say(mine, northern_fire) and "is editing" in say(mine, northern_fire)
    say(theirs, northern_fire, "gone")
    assert say(mine, northern_fire).strip() == ""


def test_who_may_not_know_of_the_incident_neither_sees_nor_shows(desk, dispatcher, fire_chief_south, northern_fire):
    assert desk(fire_chief_south).post(f"/incidents/{northern_fire.number}/here/", {"doing": "looking"}).status_code == 404
    assert say(desk(dispatcher), northern_fire).strip() == ""


def test_who_says_nothing_for_a_while_is_gone(desk, dispatcher, call_taker, northern_fire, monkeypatch):
    say(desk(call_taker), northern_fire)
    later = presence.time.time() + presence.GONE_SECONDS + 1
    monkeypatch.setattr(presence.time, "time", lambda: later)

    assert say(desk(dispatcher), northern_fire).strip() == ""


def test_news_go_out_only_when_something_changed(desk, dispatcher, northern_fire):
    listener = redis.Redis.from_url(settings.REDIS_URL).pubsub(ignore_subscribe_messages=True)
    listener.subscribe(wire.channel(presence.LANE))
    listener.get_message(timeout=1)
    client = desk(dispatcher)

    for doing in ("looking", "looking", "editing"):
        say(client, northern_fire, doing)

    heard = [message for message in (listener.get_message(timeout=0.3) for _ in range(6)) if message]
    assert len(heard) == 2 and heard[0]["data"].endswith(f"incident:{northern_fire.pk}".encode())
    news = presence.News()
    news.take(heard[0]["data"])
    news.flush(Hub().audience)  # nobody listens: nothing breaks


def test_without_redis_everybody_works_alone_and_the_page_keeps_what_it_knew(desk, dispatcher, northern_fire, monkeypatch):
    monkeypatch.setattr(presence, "_redis", lambda: redis.Redis(port=1, socket_connect_timeout=0.1))

    answer = desk(dispatcher).post(f"/incidents/{northern_fire.number}/here/", {"doing": "looking"})

    assert (answer.status_code, answer.content) == (204, b"")
