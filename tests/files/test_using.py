"""Who may open a file is the adopting room's to say; what nobody uses, or is kept long enough, goes."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from access.actors import Actor
from files import services, storage
from files.models import File
from files.purposes import Purpose
from files.services.common import AdoptedElsewhere, FileGone, NotAccepted
from journal.models import Entry
from kit.errors import NotFound
from tests.conftest import user_of
from tests.files import material
from tests.files.conftest import HandIn

Commit = Callable[..., object]


def open_it(actor: Actor, file: File, now: datetime, *, is_piece: bool = False) -> bytes:
    return services.open_file(actor, key=file.key, part=storage.CONTENT, is_piece=is_piece, now=now).path.read_bytes()


def use(actor: Actor, file: File, now: datetime, *others: Actor) -> File:
    subject = "drill:" + "+".join(str(each.user_id) for each in (actor, *others))
    return services.adopt_file(actor, key=file.key, purpose="tests.drill", subject=subject, now=now)


def browser(actor: Actor) -> Client:
    client = Client()
    client.force_login(user_of(actor), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_until_it_is_used_a_file_is_its_sender_s_alone_then_the_room_decides(
    crew: Actor, liaison: Actor, dispatcher: Actor, hand_in: HandIn, drill: Purpose, now: datetime
) -> None:
    file = hand_in(crew, b"words")
    assert open_it(crew, file, now) == b"words"
    with pytest.raises(NotFound):
        open_it(liaison, file, now)

    use(crew, file, now, liaison)

    assert open_it(liaison, file, now) == b"words"
    with pytest.raises(NotFound):
        open_it(dispatcher, file, now)
    looked = Entry.objects.filter(name="files.opened").order_by("id").last()
    assert looked is not None
    assert (looked.actor_label, looked.scopes[-1]) == (liaison.label, "drill.view@*:*")


def test_a_file_is_used_once_and_only_by_its_sender(crew: Actor, liaison: Actor, hand_in: HandIn, drill: Purpose, now: datetime) -> None:
    file = hand_in(crew, b"words")

    with pytest.raises(NotFound):
        use(liaison, file, now)
    use(crew, file, now)
    use(crew, file, now)
    with pytest.raises(AdoptedElsewhere):
        use(crew, file, now, liaison)
    with pytest.raises(AdoptedElsewhere):
        services.withdraw_file(crew, key=file.key, now=now)
    assert Entry.objects.filter(name="files.adopted").count() == 1

    refused = hand_in(crew, material.bomb())
    with pytest.raises(NotAccepted, match="more pixels"):
        use(crew, refused, now)


def test_playing_a_video_in_a_hundred_parts_is_one_look_and_fetching_it_again_is_another(
    crew: Actor, hand_in: HandIn, drill: Purpose, now: datetime
) -> None:
    file = use(crew, hand_in(crew, material.video()), now)

    def looks() -> int:
        return Entry.objects.filter(name="files.opened", about__contains=[f"file:{file.pk}"]).count()

    for second in range(5):
        open_it(crew, file, now + timedelta(seconds=second), is_piece=True)
    assert looks() == 1
    open_it(crew, file, now + timedelta(seconds=9))
    assert looks() == 2
    open_it(crew, file, now + timedelta(minutes=20), is_piece=True)
    assert looks() == 3


def test_a_file_is_served_so_that_nothing_in_it_runs_and_in_the_range_asked_for(crew: Actor, hand_in: HandIn) -> None:
    content = material.video()
    file = hand_in(crew, content, '现场 "1".mp4')
    page = browser(crew)

    whole = page.get(f"/files/{file.key}/")
    part = page.get(f"/files/{file.key}/", headers={"Range": "bytes=4-7"})
    tail = page.get(f"/files/{file.key}/", headers={"Range": "bytes=-8"})
    changed = page.get(f"/files/{file.key}/", headers={"Range": "bytes=4-7", "If-Range": '"other"'})
    beyond = page.get(f"/files/{file.key}/", headers={"Range": "bytes=99999999-"})

    assert b"".join(whole.streaming_content) == b"".join(changed.streaming_content) == content
    assert (whole["Content-Type"], whole["X-Content-Type-Options"]) == ("video/mp4", "nosniff")
    assert whole["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert whole["Content-Disposition"].startswith('inline; filename="__ _1_.mp4"')
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 4-7/{len(content)}")
    assert b"".join(part.streaming_content) == b"ftyp"
    assert b"".join(tail.streaming_content) == content[-8:]
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(content)}")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<script>alert(1)</script>", "说明.html"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "fire.png"),
        (b"<!doctype html><script>alert(1)</script>", "fire.png"),
    ],
)
def test_a_document_is_only_a_download_and_a_thumbnail_is_no_look(content: bytes, name: str, crew: Actor, outsider: Actor, hand_in: HandIn) -> None:
    document = hand_in(crew, content, name)
    picture = hand_in(crew, material.photograph())

    given = browser(crew).get(f"/files/{document.key}/")
    before = Entry.objects.filter(name="files.opened").count()
    small = browser(crew).get(f"/files/{picture.key}/thumbnail/")

    assert given["Content-Disposition"].startswith("attachment;")
    assert given["Content-Type"] == "text/plain"
    assert (small.status_code, small["Content-Type"]) == (200, "image/jpeg")
    assert Entry.objects.filter(name="files.opened").count() == before
    assert browser(outsider).get(f"/files/{picture.key}/thumbnail/").status_code == 404
    assert browser(crew).get(f"/files/{document.key}/thumbnail/").status_code == 404


def test_a_thumbnail_is_kept_by_the_browser_but_leave_to_see_it_is_asked_each_time(crew: Actor, outsider: Actor, hand_in: HandIn) -> None:
    address = f"/files/{hand_in(crew, material.photograph()).key}/thumbnail/"
    first = browser(crew).get(address)
    known = {"If-None-Match": first["ETag"]}

    again, stranger = browser(crew).get(address, headers=known), browser(outsider).get(address, headers=known)

    assert "no-cache" in first["Cache-Control"]
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert stranger.status_code == 404


def test_what_nobody_used_within_a_day_goes_with_every_byte_that_belongs_to_nothing(
    crew: Actor, hand_in: HandIn, drill: Purpose, now: datetime, drawer: Path, django_capture_on_commit_callbacks: Commit
) -> None:
    yesterday = now - timedelta(hours=25)
    services.begin_file(crew, name="half", size=10, captured=services.Captured(), now=yesterday)
    hand_in(crew, material.photograph(), at=yesterday)
    used = use(crew, hand_in(crew, b"used", at=yesterday), yesterday)
    young = hand_in(crew, b"young")
    orphan = drawer / "incoming" / "7f4b4b1e-0000-4000-8000-000000000001.1"
    orphan.mkdir()
    os.utime(orphan, (0, 0))

    with django_capture_on_commit_callbacks(execute=True):
        gone = services.forget_unused_files(Actor.system("clock"), now=now)

    assert gone == 2
    assert set(File.objects.all()) == {used, young}
    assert {path.name for path in drawer.rglob("*") if path.is_file()} - {str(used.key), str(young.key)} == set()
    assert not orphan.exists()
    assert Entry.objects.get(name="files.forgotten").data["files"] == 2


def test_a_file_is_kept_as_long_as_its_purpose_says_and_that_it_was_stays(
    crew: Actor, hand_in: HandIn, drill: Purpose, now: datetime, django_capture_on_commit_callbacks: Commit
) -> None:
    old = use(crew, hand_in(crew, b"old"), now - timedelta(days=31))
    use(crew, hand_in(crew, b"new"), now - timedelta(days=29))

    with django_capture_on_commit_callbacks(execute=True):
        expired = services.expire_old_files(Actor.system("clock"), now=now)

    assert expired == 1
    assert not storage.kept(old.key).exists()
    with pytest.raises(FileGone):
        open_it(crew, old, now)
    assert browser(crew).get(f"/files/{old.key}/").status_code == 410
    assert Entry.objects.get(name="files.expired").about == [f"file:{old.pk}", old.subject]
