"""A long list made by a real Celery worker: how far it is, a worker that is killed in the middle, and one who does not want it any more."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from copy import copy
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connections
from pypdf import PdfReader

from access.actors import Actor
from access.exports import verbs
from access.models import Export
from access.tasks import make_exports
from incidents.exports import PDF_PIECE
from incidents.models import Incident
from tests.pages.conftest import Desk, desk  # noqa: F401

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("not __import__('kit.paper').paper.is_available()", reason="pango and its fonts could not be fetched here"),
]
QUEUE = f"exports-{os.getpid()}"


@pytest.fixture
def worker() -> Iterator["subprocess.Popen[bytes]"]:
    """A worker as the city starts it, with a queue of its own."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connections['default'].settings_dict['NAME']}").geturl()
    words = f"worker -n {QUEUE}@%h -Q {QUEUE} --concurrency 1 --loglevel ERROR --without-gossip --without-mingle".split()
    quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "command_center", *words], cwd=settings.BASE_DIR, env=os.environ | {"DATABASE_URL": url}, **quiet
    )
    yield process
    process.terminate()
    process.wait(30)


def child_of(process: "subprocess.Popen[bytes]") -> int:
    """The process of a worker that does its tasks."""
    return int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])


def until(true: Callable[[], object]) -> None:
    limit = time.monotonic() + 120
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.05)


def test_a_long_list_outlives_its_worker_and_ends_when_nobody_wants_it(
    desk: Desk,  # noqa: F811
    dispatcher: Actor,
    northern_fire: Incident,
    worker: "subprocess.Popen[bytes]",
    now: datetime,
) -> None:
    client, total = desk(dispatcher), PDF_PIECE + 40
    fires = [copy(northern_fire) for _each in range(total - 1)]
    for number, fire in enumerate(fires):
        fire.pk, fire.number = None, f"long-{number}"
    Incident.objects.bulk_create(fires)

    def ask() -> tuple[str, Export]:
        page = client.get("/incidents/export.pdf").url
        made = Export.objects.latest("id")
        make_exports.apply_async(queue=QUEUE)
        until(lambda: Export.objects.filter(pk=made.pk, state=Export.State.RUNNING))
        return page, made

    page, made = ask()
    os.kill(child_of(worker), signal.SIGKILL)
    Export.objects.filter(pk=made.pk).update(heard_at=now - verbs.SILENT_AFTER - timedelta(minutes=1))
    make_exports.apply_async(queue=QUEUE)
    until(lambda: f"{PDF_PIECE} of {total} rows" in client.get(page).content.decode())
    until(lambda: Export.objects.filter(pk=made.pk, state=Export.State.DONE))

    made.refresh_from_db()
    assert (made.attempts, made.done) == (2, total)
    paper = PdfReader(BytesIO(b"".join(client.get(f"{page}file/").streaming_content)))  # type: ignore[attr-defined]
    assert f"long-{total - 2}" in "".join(each.extract_text() for each in paper.pages)
    client.post(f"{page}cancel/")

    page, made = ask()
    client.post(f"{page}cancel/")
    until(lambda: Export.objects.filter(pk=made.pk, state=Export.State.CANCELLED))

    assert "Cancelled" in client.get(page).content.decode()
    assert list(verbs.directory().glob(f"{made.key}*")) == []
