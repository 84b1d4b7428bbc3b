"""Files, notes taken back and tasks, as the pages show and command them."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.defaultfilters import filesizeformat

from incidents import selectors
from incidents import services as incidents
from incidents.models import Attachment, Task
from incidents.services.work import NewTask
from tests.files import material

HX = {"HX-Request": "true"}
PNG = material.picture("PNG", (40, 40), noisy=True)


def said(answer) -> dict:
    return json.loads(answer["HX-Trigger"])["done"]


@pytest.fixture(autouse=True)
def _drawer(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def valve(dispatcher, northern_fire, water, now) -> Task:
    """The water company is asked to close a valve."""
    return incidents.issue_task(dispatcher, incident_id=northern_fire.pk, task=NewTask("关阀", water.pk), now=now)


def test_a_dispatcher_attaches_a_picture_and_the_page_says_what_who_and_when(desk, dispatcher, northern_fire):
    client = desk(dispatcher)

    answer = client.post(f"/incidents/{northern_fire.number}/files/", {"file": SimpleUploadedFile("现场.png", PNG)}, headers=HX)

    page = client.get(f"/incidents/{northern_fire.number}/").content.decode()
    file = Attachment.objects.get()
    assert said(answer)["sentence"] == "1 file is attached."
    assert f'href="/attachments/{file.pk}/">现场.png</a>' in page and filesizeformat(file.size) in page and "Dispatcher · " in page
    assert material.pixels(b"".join(client.get(f"/attachments/{file.pk}/").streaming_content)) == material.pixels(PNG)


def test_a_file_that_is_not_accepted_is_named_and_does_not_keep_the_others(desk, dispatcher, northern_fire):
    sent = [SimpleUploadedFile("a.png", PNG), SimpleUploadedFile("b.exe", b"MZ\x90\x00\xff")]

    answer = desk(dispatcher).post(f"/incidents/{northern_fire.number}/files/", {"file": sent}, headers=HX)

    assert answer.status_code == 204
    assert "b.exe: This kind of file is not accepted." in said(answer)["sentence"]
    assert Attachment.objects.get().name == "a.png"


def test_files_that_are_empty_or_missing_are_refused_in_words(desk, dispatcher, northern_fire):
    client, address = desk(dispatcher), f"/incidents/{northern_fire.number}/files/"

    empty = client.post(address, {"file": SimpleUploadedFile("a.txt", b"")}, headers=HX)
    none = client.post(address, {}, headers=HX)

    assert (empty.status_code, empty.content.decode()) == (409, "a.txt: The file is empty or too large.")
    assert (none.status_code, none.content.decode()) == (409, "Choose a file.")


def test_an_auditor_may_open_files_but_is_offered_no_upload(desk, auditor, dispatcher, northern_fire, now):
    incidents.attach_file(dispatcher, incident_id=northern_fire.pk, name="a.txt", content=b"x", now=now)

    page = desk(auditor).get(f"/incidents/{northern_fire.number}/").content.decode()

    assert "a.txt</a>" in page and "data-hand-in" not in page


def test_a_dispatcher_strikes_an_own_note_and_it_stays_readable(desk, dispatcher, northern_fire, now):
    note = incidents.write_note(dispatcher, incident_id=northern_fire.pk, words="关阀 2 处", now=now)
    client, panel = desk(dispatcher), f"/incidents/{northern_fire.number}/panel/"
    address = f"/incidents/{northern_fire.number}/notes/{note.pk}/strike/"

    before = client.get(panel).content.decode()
    client.post(address, headers=HX)
    after = client.get(panel).content.decode()

    assert address in before and address not in after
    assert '<s class="is-note is-struck">关阀 2 处</s>' in after and "Struck by Dispatcher" in after


def test_a_commander_is_not_offered_to_strike_the_note_of_another(desk, commander, dispatcher, northern_fire, now):
    incidents.write_note(dispatcher, incident_id=northern_fire.pk, words="关阀 2 处", now=now)

    panel = desk(commander).get(f"/incidents/{northern_fire.number}/panel/").content.decode()

    assert "关阀 2 处" in panel and "/strike/" not in panel


def test_a_liaison_signs_for_a_task_by_one_press_and_finishes_it(desk, liaison, northern_fire, valve):
    client, address = desk(liaison), f"/tasks/{valve.pk}/advance/"

    for state in ("ACKNOWLEDGED", "IN_PROGRESS", "DONE"):
        page = client.get(f"/incidents/{northern_fire.number}/").content.decode()
        assert f'data-post="{address}" data-send-state="{state}"' in page
        assert client.post(address, {"state": state}, headers=HX).status_code == 204

    valve.refresh_from_db()
    after = client.get(f"/incidents/{northern_fire.number}/").content.decode()
    assert valve.state == "DONE" and 'data-send-state="VERIFIED"' not in after


def test_a_dispatcher_verifies_what_a_liaison_did(desk, dispatcher, liaison, northern_fire, valve, now):
    incidents.advance_task(liaison, task_id=valve.pk, state="DONE", reason="", now=now)

    panel = desk(dispatcher).get(f"/incidents/{northern_fire.number}/panel/").content.decode()
    answer = desk(dispatcher).post(f"/tasks/{valve.pk}/advance/", {"state": "VERIFIED"}, headers=HX)

    valve.refresh_from_db()
    assert 'data-send-state="VERIFIED"' in panel
    assert valve.state == "VERIFIED" and said(answer)["sentence"] == "关阀: Verified"


def test_a_liaison_returns_a_task_with_a_reason_and_not_without_one(desk, liaison, dispatcher, northern_fire, valve):
    client, address = desk(liaison), f"/tasks/{valve.pk}/"

    dialog = client.get(address, headers=HX).content.decode()
    without = client.post(address, {"state": "RETURNED"}, headers=HX)
    with_one = client.post(address, {"state": "RETURNED", "reason": "不属本单位管辖"}, headers=HX)

    valve.refresh_from_db()
    panel = desk(dispatcher).get(f"/incidents/{northern_fire.number}/panel/").content.decode()
    assert 'value="RETURNED" required data-digit="3" data-needs="reason"' in dialog and 'value="CANCELLED"' not in dialog
    assert without.status_code == 422 and "Say why." in without.content.decode()
    assert with_one.status_code == 204 and valve.state == "RETURNED"
    assert "不属本单位管辖" in panel and "Give it again" in panel


def test_a_task_that_moved_on_meanwhile_is_refused_in_words(desk, liaison, dispatcher, valve, now):
    incidents.advance_task(dispatcher, task_id=valve.pk, state="CANCELLED", reason="misread", now=now)

    answer = desk(liaison).post(f"/tasks/{valve.pk}/advance/", {"state": "ACKNOWLEDGED"}, headers=HX)

    assert answer.status_code == 409 and "cannot become Signed for" in answer.content.decode()


def test_a_task_that_was_taken_back_has_no_clock_and_stands_behind_those_that_are_to_be_done(desk, dispatcher, northern_fire, water, now):
    later = now + timedelta(minutes=20)
    first, second = (
        incidents.issue_task(dispatcher, incident_id=northern_fire.pk, task=NewTask(title, water.pk, later), now=now) for title in ("关阀", "抽水")
    )
    incidents.advance_task(dispatcher, task_id=first.pk, state="CANCELLED", reason="误操作", now=now)

    panel = desk(dispatcher).get(f"/incidents/{northern_fire.number}/").content.decode()

    tasks = panel[panel.index('<ul class="tasks">') :]
    assert tasks.index(second.title) < tasks.index(first.title)
    assert tasks.count("data-due=") == 1


def test_words_written_while_the_panel_was_read_are_in_the_next_one(desk, dispatcher, northern_fire, now, monkeypatch):
    client = desk(dispatcher)
    read = selectors.incident_panel

    def read_and_then_somebody_writes(*asked):
        panel = read(*asked)
        monkeypatch.undo()
        incidents.write_note(dispatcher, incident_id=northern_fire.pk, words="楼梯间有烟", now=now)
        return panel

    monkeypatch.setattr(selectors, "incident_panel", read_and_then_somebody_writes)
    first = client.get(f"/incidents/{northern_fire.number}/panel/", headers=HX)
    again = client.get(f"/incidents/{northern_fire.number}/panel/", headers={**HX, "If-None-Match": first["ETag"]})

    assert again.status_code == 200 and "楼梯间有烟" in again.content.decode()
