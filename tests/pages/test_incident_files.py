"""Files of incidents come by the one door: who may attach what, who may open it, and what the page says while it waits or is gone."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from access.actors import Actor
from files import checking, tasks
from files import services as files
from files.models import File
from incidents import selectors, services
from incidents.models import Attachment, Incident
from journal.models import Entry
from kit.errors import NotFound
from tests.files import material


@pytest.fixture(autouse=True)
def _own_files(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def hand_in(actor: Actor, content: bytes, now: datetime, name: str = "现场.jpg") -> File:
    return checking.take_in(actor, name=name, content=content, now=now)


def test_a_crew_attaches_a_photograph_that_says_when_and_where_it_was_taken_and_twice_is_once(
    crew: Actor, dispatcher: Actor, northern_fire: Incident, now: datetime
) -> None:
    file = hand_in(dispatcher, material.photograph(), now)

    first = services.attach_upload(dispatcher, incident_id=northern_fire.pk, file_key=file.key, now=now)
    again = services.attach_upload(dispatcher, incident_id=northern_fire.pk, file_key=file.key, now=now)

    shown = selectors.incident_panel(dispatcher, northern_fire.number).attachments
    assert first == again and shown == [first]
    assert (shown[0].file.captured_by, round(shown[0].file.point.y, 2), shown[0].media_type) == ("FILE", 39.95, "image/jpeg")
    assert Entry.objects.filter(name="incidents.file_attached").count() == 1


def test_nobody_attaches_another_s_upload_or_one_that_is_used_or_to_an_incident_they_may_not_write_on(
    dispatcher: Actor, supervisor: Actor, outsider: Actor, northern_fire: Incident, southern_pipe: Incident, now: datetime
) -> None:
    file = hand_in(dispatcher, b"text", now)

    with pytest.raises(NotFound):
        services.attach_upload(supervisor, incident_id=northern_fire.pk, file_key=file.key, now=now)
    with pytest.raises(NotFound):
        services.attach_upload(outsider, incident_id=northern_fire.pk, file_key=file.key, now=now)
    services.attach_upload(dispatcher, incident_id=northern_fire.pk, file_key=file.key, now=now)
    with pytest.raises(files.AdoptedElsewhere):
        services.attach_upload(dispatcher, incident_id=southern_pipe.pk, file_key=file.key, now=now)
    assert Attachment.objects.count() == 1


def test_who_may_not_see_the_incident_finds_nothing_at_any_guessed_address(
    desk, dispatcher: Actor, outsider: Actor, auditor: Actor, northern_fire: Incident, now: datetime
) -> None:
    found = services.attach_file(dispatcher, incident_id=northern_fire.pk, name="a.jpg", content=material.photograph(), now=now)
    own = (f"attachments/{found.pk}/", f"files/{found.file.key}/", f"files/{found.file.key}/thumbnail/", f"uploads/{found.file.key}/")
    addresses = [f"/api/v1/{each}" for each in own] + [f"/{each}" for each in own[1:3]]

    seen = {who: [desk(actor).get(address).status_code for address in addresses] for who, actor in (("stranger", outsider), ("auditor", auditor))}

    assert seen == {"stranger": [404] * 6, "auditor": [200, 200, 200, 404, 200, 200]}  # how it comes is only its sender's


def test_a_file_that_waits_for_the_scanner_is_shown_as_waiting_and_one_whose_time_is_over_as_gone(
    desk, dispatcher: Actor, northern_fire: Incident, settings: LazySettings, now: datetime
) -> None:
    settings.CLAMD_URL = "unix:///nowhere/clamd.ctl"
    settings.ATTACHMENT_KEEP_DAYS = 30
    client, address = desk(dispatcher), f"/incidents/{northern_fire.number}/"
    found = services.attach_file(dispatcher, incident_id=northern_fire.pk, name="a.txt", content=b"text", now=now - timedelta(days=31))
    tasks.check_files()
    waits = client.get(address).content.decode()
    settings.CLAMD_URL = ""
    while checking.check_next(now=timezone.now() + timedelta(minutes=1)):
        pass
    ready = client.get(address).content.decode()
    tasks.tidy_files()

    gone = client.get(address).content.decode()
    assert "The virus scanner does not answer" in waits and f'href="/attachments/{found.pk}/"' not in waits
    assert f'href="/attachments/{found.pk}/">a.txt</a>' in ready
    assert "Its time was over." in gone and f'href="/attachments/{found.pk}/"' not in gone
    assert client.get(f"/attachments/{found.pk}/").status_code == 410
