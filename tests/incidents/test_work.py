"""Tasks, notes and files."""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from access.actors import Actor
from access.models import Department
from incidents import selectors, services
from incidents.models import Incident
from incidents.services.common import ReasonMissing
from incidents.services.work import NewTask, TaskNotThere
from kit.errors import Forbidden, Invalid, NotFound
from tests.files import material

PNG = material.picture("PNG")


@pytest.fixture(autouse=True)
def _own_files(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_a_task_brings_its_department_to_the_incident(
    dispatcher: Actor, liaison: Actor, northern_fire: Incident, water: Department, now: datetime
) -> None:
    task = services.issue_task(dispatcher, incident_id=northern_fire.pk, task=NewTask("关阀", water.pk, due_at=now + timedelta(minutes=20)), now=now)

    for state in ("ACKNOWLEDGED", "IN_PROGRESS", "DONE"):
        services.advance_task(liaison, task_id=task.pk, state=state, reason="", now=now)
    services.advance_task(dispatcher, task_id=task.pk, state="VERIFIED", reason="", now=now)

    task.refresh_from_db()
    assert (task.state, task.done_at, task.verified_at) == ("VERIFIED", now, now)
    assert selectors.incident(liaison, northern_fire.number)


def test_the_one_who_does_a_task_does_not_verify_it(
    dispatcher: Actor, liaison: Actor, northern_fire: Incident, water: Department, now: datetime
) -> None:
    task = services.issue_task(dispatcher, incident_id=northern_fire.pk, task=NewTask("关阀", water.pk), now=now)
    services.advance_task(liaison, task_id=task.pk, state="DONE", reason="", now=now)

    with pytest.raises(Forbidden):
        services.advance_task(liaison, task_id=task.pk, state="VERIFIED", reason="", now=now)


def test_a_blocked_task_says_why(dispatcher: Actor, liaison: Actor, northern_fire: Incident, water: Department, now: datetime) -> None:
    task = services.issue_task(dispatcher, incident_id=northern_fire.pk, task=NewTask("关阀", water.pk), now=now)
    services.advance_task(liaison, task_id=task.pk, state="ACKNOWLEDGED", reason="", now=now)

    with pytest.raises(ReasonMissing):
        services.advance_task(liaison, task_id=task.pk, state="BLOCKED", reason=" ", now=now)
    with pytest.raises(TaskNotThere):
        services.advance_task(dispatcher, task_id=task.pk, state="VERIFIED", reason="", now=now)


def test_only_the_author_strikes_a_note_and_it_stays_readable(dispatcher: Actor, supervisor: Actor, northern_fire: Incident, now: datetime) -> None:
    note = services.write_note(dispatcher, incident_id=northern_fire.pk, words="燃气已关", now=now)

    with pytest.raises(Forbidden):
        services.strike_note(supervisor, note_id=note.pk, now=now)
    services.strike_note(dispatcher, note_id=note.pk, now=now)

    note.refresh_from_db()
    assert (note.text, note.struck_at) == ("燃气已关", now)


def test_a_picture_is_made_anew_and_kept_with_its_digest_and_looking_is_recorded(dispatcher: Actor, northern_fire: Incident, now: datetime) -> None:
    attachment = services.attach_file(dispatcher, incident_id=northern_fire.pk, name="../../etc/现场.png", content=PNG, now=now)

    opened = services.open_attachment(dispatcher, attachment_id=attachment.pk, is_piece=False, now=now)

    kept = opened.path.read_bytes()
    assert (attachment.name, attachment.media_type, attachment.sha256) == ("现场.png", "image/png", hashlib.sha256(kept).hexdigest())
    assert material.pixels(kept) == material.pixels(PNG)
    assert selectors.timeline(dispatcher, northern_fire.number, before=None, limit=1)[0].entry.name == "incidents.attachment_opened"


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00\x03" + b"\xff" * 40, b"\x00\x01\x02text"])
def test_a_program_or_nothing_is_no_attachment(dispatcher: Actor, northern_fire: Incident, content: bytes, now: datetime) -> None:
    with pytest.raises(Invalid):
        services.attach_file(dispatcher, incident_id=northern_fire.pk, name="x.png", content=content, now=now)


def test_a_guessed_attachment_is_not_found_by_a_stranger(dispatcher: Actor, outsider: Actor, northern_fire: Incident, now: datetime) -> None:
    attachment = services.attach_file(dispatcher, incident_id=northern_fire.pk, name="现场.png", content=PNG, now=now)

    with pytest.raises(NotFound):
        services.open_attachment(outsider, attachment_id=attachment.pk, is_piece=False, now=now)
