"""What is said in a room: numbered, answered, reworded, struck, kept."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from django.db import connections

from access.actors import Actor
from access.models import Department
from chat import selectors, services
from chat.models import Message, Room
from incidents import services as incidents
from incidents.models import Disposition, Incident
from journal import selectors as journal
from journal.models import Entry
from kit.errors import Forbidden, Invalid, NotFound
from tests.chat.conftest import Say


def test_messages_are_numbered_from_one_without_gaps(dispatcher: Actor, crew: Actor, fire_room: Room, say: Say) -> None:
    said = [say(dispatcher, fire_room, "谁在现场？"), say(crew, fire_room, "E7 到场"), say(dispatcher, fire_room, "收到")]

    assert [each.seq for each in said] == [1, 2, 3]
    read = selectors.messages(dispatcher, fire_room.pk, before=None, after=None, limit=60)
    assert [each["text"] for each in read] == ["谁在现场？", "E7 到场", "收到"]


def test_a_message_that_is_refused_leaves_no_gap(dispatcher: Actor, fire_room: Room, say: Say) -> None:
    say(dispatcher, fire_room, "一")
    with pytest.raises(Invalid):
        say(dispatcher, fire_room, "   ")

    assert say(dispatcher, fire_room, "二").seq == 2


@pytest.mark.django_db(transaction=True)
def test_eight_people_who_speak_at_once_get_eight_numbers(dispatcher: Actor, fire_room: Room, say: Say) -> None:
    def speak(number: int) -> int:
        try:
            return say(dispatcher, fire_room, f"第 {number} 句").seq
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as people:
        numbers = sorted(people.map(speak, range(8)))

    assert numbers == list(range(1, 9))
    assert Room.objects.get(pk=fire_room.pk).last_seq == 8


def test_the_journal_keeps_no_words_of_a_message(dispatcher: Actor, fire_room: Room, say: Say) -> None:
    said = say(dispatcher, fire_room, "二楼有人，疏散半径 200 米")

    entry = Entry.objects.get(name="chat.message_posted")
    assert entry.data == {"room_id": fire_room.pk, "message_id": said.pk, "seq": 1, "revision": said.revision, "mentions": []}
    assert "疏散" not in str(entry.__dict__)
    assert f"room:{fire_room.pk}" in entry.scopes and any(scope.startswith("chat.view@") for scope in entry.scopes)
    assert "Dispatcher" in journal.sentence(entry)


def test_the_frame_of_a_message_carries_its_words_and_after_an_edit_the_new_ones(dispatcher: Actor, fire_room: Room, say: Say) -> None:
    said = say(dispatcher, fire_room, "关阀一处")
    services.edit_message(dispatcher, room_id=fire_room.pk, seq=said.seq, text="关阀两处", now=said.written_at)
    from chat.carried import _carried

    assert [each and each["text"] for each in _carried([{"message_id": said.pk}, {"message_id": 0}])] == ["关阀两处", None]


def test_who_was_away_asks_for_what_changed_since(dispatcher: Actor, crew: Actor, fire_room: Room, say: Say, now: datetime) -> None:
    first, second = say(dispatcher, fire_room, "一"), say(crew, fire_room, "二")
    seen = Room.objects.get(pk=fire_room.pk).last_revision

    services.answer_message(crew, room_id=fire_room.pk, seq=first.seq, code="GOT", is_given=True, now=now)
    services.strike_message(crew, room_id=fire_room.pk, seq=second.seq, now=now)
    say(dispatcher, fire_room, "三")

    changed: list[Any] = selectors.changes(dispatcher, fire_room.pk, since=seen, limit=60)
    assert [(each["seq"], bool(each["struck"]), len(each["answers"])) for each in changed] == [(1, False, 1), (2, True, 0), (3, False, 0)]
    assert [each["revision"] for each in changed] == [seen + 1, seen + 2, seen + 3]


def test_a_reply_belongs_to_the_thread_of_what_it_answers(dispatcher: Actor, crew: Actor, fire_room: Room, say: Say) -> None:
    say(dispatcher, fire_room, "谁在现场？")
    say(crew, fire_room, "E7", reply_seq=1)
    say(dispatcher, fire_room, "几个人？", reply_seq=2)
    say(crew, fire_room, "另一件事")

    assert [each["seq"] for each in selectors.thread(dispatcher, fire_room.pk, 1)] == [1, 2, 3]
    with pytest.raises(Invalid):
        say(crew, fire_room, "x", reply_seq=99)


def test_one_rewords_only_ones_own_and_how_it_was_is_kept(dispatcher: Actor, crew: Actor, fire_room: Room, say: Say, now: datetime) -> None:
    said = say(dispatcher, fire_room, "三楼")

    with pytest.raises(Forbidden):
        services.edit_message(crew, room_id=fire_room.pk, seq=said.seq, text="四楼", now=now)
    changed = services.edit_message(dispatcher, room_id=fire_room.pk, seq=said.seq, text="二楼", now=now)

    assert changed.text == "二楼" and [each.text for each in changed.wordings.all()] == ["三楼"]
    assert Entry.objects.filter(name="chat.message_edited").count() == 1


def test_a_struck_message_stays_readable_and_is_not_reworded(
    dispatcher: Actor, supervisor: Actor, crew: Actor, fire_room: Room, say: Say, now: datetime
) -> None:
    said = say(crew, fire_room, "错了")

    with pytest.raises(Forbidden):
        services.strike_message(dispatcher, room_id=fire_room.pk, seq=said.seq, now=now)
    struck = services.strike_message(supervisor, room_id=fire_room.pk, seq=said.seq, now=now)
    services.strike_message(supervisor, room_id=fire_room.pk, seq=said.seq, now=now)

    assert struck.text == "错了" and struck.struck_by == "Supervisor"
    assert Entry.objects.filter(name="chat.message_struck").count() == 1
    with pytest.raises(services.MessageIsStruck):
        services.edit_message(crew, room_id=fire_room.pk, seq=said.seq, text="对了", now=now)


def test_an_answer_is_given_once_and_can_be_taken_back(dispatcher: Actor, crew: Actor, fire_room: Room, say: Say, now: datetime) -> None:
    say(dispatcher, fire_room, "疏散半径 200 米")

    for given in (True, True, False):
        services.answer_message(crew, room_id=fire_room.pk, seq=1, code="GOT", is_given=given, now=now)
        shown: Any = selectors.message(dispatcher, fire_room.pk, 1)
        assert [each["names"] for each in shown["answers"]] == ([["Crew"]] if given else [])

    assert Entry.objects.filter(name="chat.message_answered").count() == 2


def test_a_message_becomes_a_note_of_the_timeline_once(dispatcher: Actor, crew: Actor, fire_room: Room, say: Say, now: datetime) -> None:
    say(crew, fire_room, "关阀两处")

    kept = services.keep_as_note(dispatcher, room_id=fire_room.pk, seq=1, now=now)

    assert kept.note is not None and "关阀两处" in kept.note.text and "Crew" in kept.note.text
    with pytest.raises(services.KeptAlready):
        services.keep_as_note(dispatcher, room_id=fire_room.pk, seq=1, now=now)


def test_a_message_becomes_a_task_of_a_department(
    dispatcher: Actor, crew: Actor, water: Department, fire_room: Room, say: Say, now: datetime
) -> None:
    say(crew, fire_room, "请供水加压")

    with pytest.raises(Forbidden):
        services.keep_as_task(crew, room_id=fire_room.pk, seq=1, department_id=water.pk, due_at=None, now=now)
    kept = services.keep_as_task(dispatcher, room_id=fire_room.pk, seq=1, department_id=water.pk, due_at=None, now=now)

    assert kept.task is not None and (kept.task.title, kept.task.department_id) == ("请供水加压", water.pk)


def test_two_characters_of_chinese_find_a_message_and_only_in_rooms_one_may_read(
    dispatcher: Actor, fire_chief_south: Actor, fire_room: Room, say: Say
) -> None:
    say(dispatcher, fire_room, "中关村南大街 5 号，二楼有人被困")
    say(dispatcher, fire_room, "关阀两处")

    def found(actor: Actor, words: str) -> list[object]:
        return [each["seq"] for each in selectors.found(actor, words, room_id=None, cursor=None, limit=None).rows]

    assert found(dispatcher, "被困") == [1] and found(dispatcher, "关") == [2, 1] and found(dispatcher, "大街 二楼") == [1]
    assert found(dispatcher, "100%") == [] and found(dispatcher, "_") == []
    assert found(fire_chief_south, "被困") == []


def test_the_room_closes_with_its_incident_and_opens_again_with_it(
    dispatcher: Actor, northern_fire: Incident, fire_room: Room, done: Disposition, say: Say, now: datetime
) -> None:
    say(dispatcher, fire_room, "最后一句")
    incidents.close_incident(Actor.system("test"), incident_id=northern_fire.pk, disposition="done", at=now, now=now)
    services.follow_incident(Actor.system("chat"), incident_id=northern_fire.pk, now=now)

    with pytest.raises(services.RoomIsClosed):
        say(dispatcher, fire_room, "还有")
    assert len(selectors.messages(dispatcher, fire_room.pk, before=None, after=None, limit=60)) == 1

    incidents.reopen_incident(Actor.system("test"), incident_id=northern_fire.pk, reason="复燃", now=now)
    services.follow_incident(Actor.system("chat"), incident_id=northern_fire.pk, now=now)
    assert say(dispatcher, fire_room, "复燃").seq == 2
    assert [each.name for each in Entry.objects.filter(name__startswith="chat.room_").order_by("id")] == [
        "chat.room_opened",
        "chat.room_closed",
        "chat.room_reopened",
    ]


def test_whoever_may_not_see_the_incident_finds_no_room(fire_chief_south: Actor, liaison: Actor, fire_room: Room, say: Say) -> None:
    for stranger in (fire_chief_south, liaison):
        with pytest.raises(NotFound):
            selectors.room(stranger, fire_room.pk)
        with pytest.raises(NotFound):
            say(stranger, fire_room, "听得见吗")

    assert Message.objects.count() == 0
