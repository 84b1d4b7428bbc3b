"""Files of messages: handed in by the one door, opened by whoever may read the room, told anew once they are checked; words that are forgotten."""

import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import LazySettings
from PIL import Image

from access.actors import Actor
from chat import handlers, selectors, services
from chat.models import Message, Room
from chat.services import NewMessage
from chat.tasks import forget_words
from files import checking, storage
from files import services as files
from files.services import Captured
from files.services.common import AdoptedElsewhere
from journal.models import Entry
from kit.errors import Invalid, NotFound
from tests.chat.conftest import Say


@pytest.fixture
def picture(settings: LazySettings, tmp_path: Path, now: datetime) -> Any:
    """Somebody hands in a picture: `picture(dispatcher)` gives its key."""
    settings.MEDIA_ROOT = tmp_path

    def hand_in(actor: Actor) -> UUID:
        held = io.BytesIO()
        Image.new("RGB", (60, 40), (200, 30, 30)).save(held, "JPEG")
        body = held.getvalue()
        file = files.begin_file(actor, name="fire.jpg", size=len(body), captured=Captured(), now=now)
        files.append_bytes(actor, key=file.key, offset=0, data=body, checksum=None)
        return files.finish_file(actor, key=file.key, now=now).key

    return hand_in


def test_a_picture_waits_in_its_message_until_it_was_checked_and_is_opened_by_those_of_the_room(
    dispatcher: Actor, crew: Actor, fire_chief_south: Actor, fire_room: Room, picture: Any, say: Say, now: datetime
) -> None:
    key = picture(dispatcher)
    said = say(dispatcher, fire_room, "", files=(key,))
    shown: Any = selectors.message(crew, fire_room.pk, said.seq)
    assert [(each["name"], each["state"], each["url"]) for each in shown["files"]] == [("fire.jpg", "CHECKING", "")]

    checking.check(key, now=now)
    handlers.follow_file(Entry.objects.get(name="files.checked"))

    changed: list[Any] = selectors.changes(crew, fire_room.pk, since=said.revision, limit=60)
    assert [(each["seq"], each["files"][0]["state"], bool(each["files"][0]["thumbnail_url"])) for each in changed] == [(1, "READY", True)]
    assert files.open_file(crew, key=key, part=storage.CONTENT, is_piece=False, now=now).media_type == "image/jpeg"
    with pytest.raises(NotFound):
        files.open_file(fire_chief_south, key=key, part=storage.CONTENT, is_piece=False, now=now)


def test_nobody_sends_anothers_file_or_the_same_twice(dispatcher: Actor, crew: Actor, fire_room: Room, picture: Any, say: Say) -> None:
    key = picture(dispatcher)

    with pytest.raises(NotFound):
        say(crew, fire_room, "x", files=(key,))
    say(dispatcher, fire_room, "x", files=(key, key))
    with pytest.raises(AdoptedElsewhere):
        say(dispatcher, fire_room, "y", files=(key,))

    assert list(Message.objects.values_list("seq", "files")) == [(1, 1)]


def test_a_message_needs_words_or_a_file(dispatcher: Actor, fire_room: Room, say: Say) -> None:
    with pytest.raises(Invalid):
        say(dispatcher, fire_room, " ")


def test_words_are_forgotten_in_time_and_that_they_were_said_stays(
    dispatcher: Actor, fire_room: Room, say: Say, settings: LazySettings, now: datetime
) -> None:
    old = now - timedelta(days=31)
    services.post_message(dispatcher, room_id=fire_room.pk, message=NewMessage("三楼"), now=old)
    services.edit_message(dispatcher, room_id=fire_room.pk, seq=1, text="二楼有人", now=old)
    say(dispatcher, fire_room, "昨天的话")
    assert forget_words() == 0
    settings.ROOM_WORDS_KEEP_DAYS = 30

    seen = Room.objects.get(pk=fire_room.pk).last_revision
    assert forget_words() == 1 and forget_words() == 0
    assert [(each["seq"], each["text"]) for each in selectors.changes(dispatcher, fire_room.pk, since=seen, limit=9)] == [(1, "")]
    assert say(dispatcher, fire_room, "今天的话").revision == seen + 2

    first, second, _third = selectors.messages(dispatcher, fire_room.pk, before=None, after=None, limit=9)
    assert (first["text"], first["author"], second["text"]) == ("", {"id": dispatcher.user_id, "name": "Dispatcher"}, "昨天的话")
    assert first["forgotten_at"] is not None and not Message.objects.get(seq=1).wordings.exists()
    assert selectors.found(dispatcher, "二楼", room_id=None, cursor=None, limit=None).rows == []
