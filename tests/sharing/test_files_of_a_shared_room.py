"""Files and places of a room that is shown to others: by the level of the share, asked at every look, and gone with it."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from access.actors import Actor
from access.models import Department
from access.sharing import verbs
from chat import services
from chat.models import Message, Room
from chat.sharing import rows, shown
from files import checking, storage
from files import services as files
from kit.errors import NotFound
from tests.chat.conftest import Say
from tests.chat.conftest import fire_room as fire_room
from tests.chat.conftest import say as say
from tests.chat.test_files import picture as picture
from tests.chat.test_marks import GATE
from tests.conftest import user_of
from tests.sharing.test_sharing_a_room import shared


@pytest.fixture
def said(dispatcher: Actor, fire_room: Room, picture: Any, say: Say, now: datetime) -> list[tuple[UUID, Message]]:
    """Three messages, each with a picture that was checked and a place: one plain, one pinned, one struck."""
    found = []
    for words in ("plain", "pinned", "struck"):
        key = picture(dispatcher)
        found.append((key, say(dispatcher, fire_room, words, files=(key,), marks=(GATE,))))
        checking.check(key, now=now)
    services.pin_message(dispatcher, room_id=fire_room.pk, seq=2, is_pinned=True, now=now)
    services.strike_message(dispatcher, room_id=fire_room.pk, seq=3, now=now)
    return found


def opens(actor: Actor, key: UUID, now: datetime) -> bool:
    """Whether somebody gets a file."""
    try:
        files.open_file(actor, key=key, part=storage.CONTENT, is_piece=False, now=now)
    except NotFound:
        return False
    return True


@pytest.mark.parametrize(("level", "seen"), [("OUTLINE", [False, False, False]), ("SITUATION", [False, True, False]), ("FULL", [True, True, False])])
def test_the_level_of_a_share_says_which_files_are_opened(
    dispatcher: Actor,
    liaison: Actor,
    water: Department,
    fire_room: Room,
    said: list[tuple[UUID, Message]],
    now: datetime,
    level: str,
    seen: list[bool],
) -> None:
    assert not any(opens(liaison, key, now) for key, _message in said)

    share = shared(dispatcher, fire_room, now, to=water, level=level)

    assert [opens(liaison, key, now) for key, _message in said] == seen
    verbs.revoke_share(dispatcher, share_id=share.pk, now=now)
    assert not any(opens(liaison, key, now) for key, _message in said)


def test_a_shared_room_answers_with_the_files_and_places_it_shows_and_no_others(
    dispatcher: Actor, liaison: Actor, fire_chief_south: Actor, water: Department, fire_room: Room, said: list[tuple[UUID, Message]], now: datetime
) -> None:
    shared(dispatcher, fire_room, now, to=water)

    whole = rows.in_full(shown.shown_room(liaison, fire_room.pk))
    assert [(each["text"], each["files"][0]["state"], each["marks"][0]["word"]) for each in whole["messages_shown"]] == [
        ("plain", "READY", "北门 集合"), ("pinned", "READY", "北门 集合"),
    ]  # fmt: skip

    theirs, others = Client(), Client()
    theirs.force_login(user_of(liaison), backend="django.contrib.auth.backends.ModelBackend")
    others.force_login(user_of(fire_chief_south), backend="django.contrib.auth.backends.ModelBackend")
    page = theirs.get(f"/chat/shared/{fire_room.pk}/").content.decode()
    assert page.count(f"/files/{said[0][0]}/") == 2 and str(said[2][0]) not in page and "39.90420, 116.39123" in page
    assert theirs.get(f"/files/{said[0][0]}/").status_code == theirs.get(f"/files/{said[0][0]}/thumbnail/").status_code == 200
    for client, key in ((theirs, said[2][0]), (theirs, uuid4()), (others, said[0][0])):
        assert client.get(f"/files/{key}/").status_code == 404
