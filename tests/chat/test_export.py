"""A room taken out of the house: whole, sealed, recorded."""

import base64
import json
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from access.actors import Actor
from chat import exporting, services
from chat.models import Room
from journal.models import Entry
from kit import paper
from kit.errors import Forbidden
from tests.chat.conftest import Say


@pytest.fixture
def talk(dispatcher: Actor, crew: Actor, fire_room: Room, say: Say, now: datetime) -> Room:
    """Something said, reworded, struck and answered."""
    say(dispatcher, fire_room, "三楼有人")
    services.edit_message(dispatcher, room_id=fire_room.pk, seq=1, text="二楼有人 <script>", now=now)
    services.answer_message(crew, room_id=fire_room.pk, seq=1, code="GOT", is_given=True, now=now)
    say(crew, fire_room, "错了")
    services.strike_message(crew, room_id=fire_room.pk, seq=2, now=now)
    return fire_room


def test_a_supervisor_takes_a_room_out_under_a_seal_that_holds_and_breaks(supervisor: Actor, talk: Room, now: datetime, tmp_path: Path) -> None:
    file = tmp_path / "room.json"
    file.write_bytes(exporting.as_json(supervisor, talk.pk, now=now))

    told = exporting.opened(file.read_bytes())
    assert told is not None
    first, second = told["messages"]
    assert (first["text"], first["wordings"][0]["text"], first["answers"][0]["names"]) == ("二楼有人 <script>", "三楼有人", ["Crew"])
    assert second["struck"] is not None and second["text"] == "错了"
    said = StringIO()
    call_command("verify_room", str(file), stdout=said)
    assert "the seal holds" in said.getvalue() and "recorded at" in said.getvalue()
    assert Entry.objects.get(name="chat.room_exported").data["messages"] == 2

    sealed = json.loads(file.read_text())
    content = base64.b64decode(sealed["content"]).replace("错了".encode(), "对了".encode())
    file.write_text(json.dumps(sealed | {"content": base64.b64encode(content).decode(), "digest": exporting.sealing.digest_of(content)}))
    with pytest.raises(CommandError):
        call_command("verify_room", str(file))


def test_only_who_may_export_takes_a_room_out(dispatcher: Actor, talk: Room, now: datetime) -> None:
    with pytest.raises(Forbidden):
        exporting.as_json(dispatcher, talk.pk, now=now)

    assert not Entry.objects.filter(name="chat.room_exported").exists()


@pytest.mark.skipif(not paper.is_available(), reason="what PDFs need is not installed")
def test_the_room_on_paper_is_a_pdf(supervisor: Actor, talk: Room, now: datetime) -> None:
    assert exporting.as_pdf(supervisor, talk.pk, now=now).startswith(b"%PDF-")
