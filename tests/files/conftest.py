"""A drawer of the test's own, a purpose to use files for, and how a person hands one in."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import translation

from access.actors import Actor
from files import checking, purposes, services
from files.models import File
from files.purposes import Concern, Purpose
from kit.errors import NotFound


@pytest.fixture(autouse=True)
def drawer(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture(autouse=True)
def _reads_english() -> Iterator[None]:
    with translation.override("en"):
        yield


HandIn = Callable[..., File]


@pytest.fixture
def hand_in(now: datetime) -> HandIn:
    """A person sends a file whole, and it is checked."""

    def send(actor: Actor, content: bytes, name: str = "a.bin", *, at: datetime = now, captured: services.Captured | None = None) -> File:
        file = services.begin_file(actor, name=name, size=len(content), captured=captured or services.Captured(), now=at)
        services.append_bytes(actor, key=file.key, offset=0, data=content, checksum=None)
        services.finish_file(actor, key=file.key, now=at)
        checking.check(file.key, now=at)
        file.refresh_from_db()
        return file

    return send


@pytest.fixture
def drill(monkeypatch: pytest.MonkeyPatch) -> Purpose:
    """A purpose whose files only members of the drill may open: those named in the subject."""

    def may_open(actor: Actor, file: File) -> None:
        if str(actor.user_id) not in file.subject.partition(":")[2].split("+"):
            raise NotFound

    def concerns(subject: str) -> Concern:
        return Concern([subject], ["drill.view@*:*"])

    purpose = Purpose("tests.drill", "Drill", may_open=may_open, concerns=concerns, keep_days=lambda: 30)
    monkeypatch.setitem(purposes._purposes, purpose.name, purpose)
    return purpose
