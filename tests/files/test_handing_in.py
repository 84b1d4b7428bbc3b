"""Bytes come in parts, are checked by what they are, and become what may be shown."""

import hashlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from PIL import Image

from access.actors import Actor
from files import services, storage
from files.models import File
from files.services.common import FileTooLarge, NoRoom, NotAccepted, NotAllThere, QuotaFull, WrongChecksum, WrongOffset
from journal.models import Entry
from kit.errors import Forbidden, Invalid, NotFound
from tests.files import material
from tests.files.conftest import HandIn

NOTHING = services.Captured()


def begin(actor: Actor, size: int, now: datetime, name: str = "a.jpg") -> File:
    return services.begin_file(actor, name=name, size=size, captured=NOTHING, now=now)


def test_a_photograph_is_made_anew_upright_without_what_the_telephone_wrote_into_it(crew: Actor, hand_in: HandIn) -> None:
    sent = material.photograph()

    file = hand_in(crew, sent, "现场.jpg")

    kept = storage.kept(file.key).read_bytes()
    assert (file.state, file.kind, file.media_type) == ("READY", "PICTURE", "image/jpeg")
    assert (file.width, file.height) == Image.open(BytesIO(kept)).size == (48, 64)
    assert (file.sha256, file.kept_size) == (hashlib.sha256(sent).hexdigest(), len(kept))
    assert not Image.open(BytesIO(kept)).getexif()
    assert b"Maker" in sent
    assert b"Maker" not in kept
    assert b"script" not in kept
    assert max(Image.open(storage.kept(file.key, storage.THUMBNAIL)).size) <= 360


def test_when_and_where_it_was_taken_is_read_first_and_says_who_says_so(crew: Actor, hand_in: HandIn, now: datetime) -> None:
    device = services.Captured(now - timedelta(minutes=3), None)

    of_camera = hand_in(crew, material.photograph(), captured=device)
    of_device = hand_in(crew, material.picture(), captured=device)
    of_video = hand_in(crew, material.video(), "a.mp4")

    taken = datetime(2026, 7, 21, 10, 30, 5, tzinfo=UTC)
    assert (of_camera.captured_at, of_camera.captured_by, of_camera.point_by) == (taken, "FILE", "FILE")
    assert (round(of_camera.point.x, 4), round(of_camera.point.y, 4)) == (116.41, 39.95)
    assert (of_device.captured_at, of_device.captured_by, of_device.point_by) == (device.at, "DEVICE", "")
    assert (of_video.captured_at, of_video.captured_by) == (taken, "FILE")
    assert (of_video.point.x, of_video.point.y) == (116.41, 39.95)


@pytest.mark.parametrize(
    ("content", "kind", "media_type"),
    [
        (material.picture("PNG"), "PICTURE", "image/png"),
        (material.picture("WEBP"), "PICTURE", "image/webp"),
        (material.picture("GIF"), "PICTURE", "image/png"),
        (material.video(), "VIDEO", "video/mp4"),
        (material.voice(), "VOICE", "audio/wav"),
        (b"%PDF-1.7\n%%EOF", "DOCUMENT", "application/pdf"),
        (material.letter(), "DOCUMENT", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("the free 水位".encode(), "DOCUMENT", "text/plain"),
        ("时间,水位\r\n18:30,2.4".encode("gb18030"), "DOCUMENT", "text/plain"),
        (b"<script>alert(1)</script>", "DOCUMENT", "text/plain"),
    ],
)
def test_what_it_is_comes_from_its_content_whatever_it_is_called(crew: Actor, hand_in: HandIn, content: bytes, kind: str, media_type: str) -> None:
    file = hand_in(crew, content, "photo.exe")

    assert (file.state, file.kind, file.media_type) == ("READY", kind, media_type)


@pytest.mark.parametrize(
    "content", [b"MZ\x90\0\x03" + b"\xff" * 40, b"\x7fELF\0\0" + bytes(40), b"text\0text" + bytes(20), b"\0\0\0\x18ftypheic" + bytes(16)]
)
def test_a_program_or_what_nobody_can_show_is_refused_with_its_first_bytes(crew: Actor, now: datetime, content: bytes) -> None:
    file = begin(crew, 5_000_000, now)

    with pytest.raises(NotAccepted, match="file_not_accepted"):
        services.append_bytes(crew, key=file.key, offset=0, data=content, checksum=None)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (material.bomb(), "TOO_MANY_PIXELS"),
        (material.picture("PNG")[:-30], "UNREADABLE"),
        (b"\xff\xd8\xff" + bytes(500), "UNREADABLE"),
        (material.video()[:60], "UNREADABLE"),
        (material.letter(word__vbaProject_dot_bin=b"x"), "MACROS"),
        (material.archive(virus_dot_exe=b"MZ"), "UNKNOWN_KIND"),
        (b"PK\x03\x04" + bytes(60), "UNREADABLE"),
        (b"text for a while " * 500 + b"\0\0", "UNKNOWN_KIND"),
    ],
)
def test_what_is_damaged_dangerous_or_a_bomb_is_refused_in_words_and_its_bytes_go(
    crew: Actor, hand_in: HandIn, content: bytes, reason: str, django_capture_on_commit_callbacks: Callable[..., object], drawer: Path
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        file = hand_in(crew, content, "现场.jpg")

    assert (file.state, file.reason) == ("REFUSED", reason)
    assert file.why
    assert Entry.objects.filter(name="files.refused", data__reason=reason, about__contains=[f"file:{file.pk}"]).exists()
    assert [path for path in drawer.rglob("*") if path.is_file()] == []


def test_a_cut_connection_goes_on_where_it_broke_and_a_damaged_part_is_sent_again(crew: Actor, now: datetime) -> None:
    content = material.picture(noisy=True)
    file = begin(crew, len(content), now)
    services.append_bytes(crew, key=file.key, offset=0, data=content[:1000], checksum=("sha256", hashlib.sha256(content[:1000]).digest()))

    with pytest.raises(WrongChecksum):
        services.append_bytes(crew, key=file.key, offset=1000, data=b"damaged", checksum=("sha256", hashlib.sha256(content[1000:]).digest()))
    with pytest.raises(WrongOffset, match="1000 bytes have come"):
        services.append_bytes(crew, key=file.key, offset=0, data=content[:1000], checksum=None)
    with pytest.raises(NotAllThere):
        services.finish_file(crew, key=file.key, now=now)
    services.append_bytes(crew, key=file.key, offset=1000, data=content[1000:], checksum=None)

    assert services.finish_file(crew, key=file.key, now=now).state == "CHECKING"
    assert storage.incoming(file.key).read_bytes() == content


def test_what_a_killed_writer_left_on_the_disk_does_not_count(crew: Actor, now: datetime) -> None:
    content = material.picture(noisy=True)
    file = begin(crew, len(content), now)
    services.append_bytes(crew, key=file.key, offset=0, data=content[:1000], checksum=None)
    storage.write(file.key, 1000, b"half of what was to come, and then kill -9" * 100)

    services.append_bytes(crew, key=file.key, offset=1000, data=content[1000:], checksum=None)

    assert storage.incoming(file.key).read_bytes() == content


@pytest.mark.django_db(transaction=True)
def test_two_who_send_the_same_bytes_at_once_do_it_once(crew: Actor, now: datetime) -> None:
    content = material.picture(noisy=True)
    file = begin(crew, len(content), now)
    said: list[str] = []

    def send() -> None:
        try:
            services.append_bytes(crew, key=file.key, offset=0, data=content, checksum=None)
            said.append("kept")
        except WrongOffset:
            said.append("refused")
        finally:
            connection.close()

    senders = [threading.Thread(target=send) for _ in range(4)]
    for each in senders:
        each.start()
    for each in senders:
        each.join()

    assert sorted(said) == ["kept", "refused", "refused", "refused"]
    assert storage.incoming(file.key).read_bytes() == content


def test_nobody_touches_another_s_file_on_its_way(crew: Actor, dispatcher: Actor, now: datetime) -> None:
    file = begin(crew, 10, now)

    for attempt in (
        lambda: services.append_bytes(dispatcher, key=file.key, offset=0, data=b"0123456789", checksum=None),
        lambda: services.finish_file(dispatcher, key=file.key, now=now),
        lambda: services.withdraw_file(dispatcher, key=file.key, now=now),
        lambda: services.open_file(dispatcher, key=file.key, part=storage.CONTENT, is_piece=False, now=now),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_who_hands_in_nothing_has_no_right_to_or_too_much_is_refused_in_words(
    auditor: Actor, crew: Actor, now: datetime, settings: LazySettings
) -> None:
    with pytest.raises(Forbidden):
        begin(auditor, 10, now)
    with pytest.raises(Invalid):
        begin(crew, 0, now)
    with pytest.raises(FileTooLarge, match="at most 1000 MB"):
        begin(crew, settings.VIDEO_MAX_BYTES + 1, now)

    picture = begin(crew, settings.PICTURE_MAX_BYTES + 1, now)
    with pytest.raises(FileTooLarge, match="at most 40 MB"):
        services.append_bytes(crew, key=picture.key, offset=0, data=material.picture(), checksum=None)


def test_what_one_person_and_all_together_may_have_on_their_way_is_bounded(
    crew: Actor, dispatcher: Actor, now: datetime, settings: LazySettings
) -> None:
    settings.UPLOAD_PERSON_MB, settings.UPLOAD_TOTAL_MB = 3, 5
    first = begin(crew, 2_000_000, now)

    with pytest.raises(QuotaFull, match="have 2 of 3 MB"):
        begin(crew, 2_000_000, now)
    begin(dispatcher, 2_900_000, now)
    with pytest.raises(NoRoom):
        begin(crew, 900_000, now)
    services.withdraw_file(crew, key=first.key, now=now)
    assert begin(crew, 900_000, now).state == "RECEIVING"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\现场.jpg", "现场.jpg"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\r\nSet-Cookie: x.jpg", "a Set-Cookie: x.jpg"),
        ("..", "file"),
        ("", "file"),
        ("长" * 300 + ".jpeg", "长" * 100 + ".jpeg"),
    ],
)
def test_a_name_is_only_a_name(crew: Actor, hand_in: HandIn, name: str, kept: str, drawer: Path) -> None:
    file = hand_in(crew, b"text", name)

    assert file.name == kept
    assert {path.relative_to(drawer).parts[0] for path in drawer.rglob("*")} <= {"files", "incoming"}
