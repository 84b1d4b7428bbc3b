"""Looking at a file in a child process that ends by itself: by processor time, memory and the clock."""

import json
import math
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from files.models import Reason, Source
from kit.errors import Invalid, Unavailable
from kit.geo import Position

CHILD = Path(__file__).with_name("examine_child.py")
SECONDS, MEGABYTES = 20, 1200
# How many look at once in one process, and how long another one waits for its turn.
AT_ONCE, PATIENCE_S = 2, 30.0
_turns = threading.BoundedSemaphore(AT_ONCE)


class ExaminersBusy(Unavailable):
    """Too many files are looked at; the file stays and is looked at later."""

    code = "examiners_busy"
    says = _("Other files are being checked. This one waits.")


@dataclass(frozen=True, slots=True)
class Found:
    """What a file is, or why it is refused. `is_made`: `kept` (and `thumbnail`) were made anew in the scratch directory."""

    reason: str = ""
    kind: str = ""
    media_type: str = ""
    is_made: bool = False
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    captured_at: datetime | None = None
    captured_by: str = Source.NONE
    position: Position | None = None


def examine(look: str, source: Path, scratch: Path) -> Found:
    """Look at a file as a "picture", "media" or "office" document. Raises `ExaminersBusy`."""
    command = [sys.executable, "-I", "-B", str(CHILD), look, str(source), str(scratch), str(SECONDS), str(MEGABYTES)]
    if not _turns.acquire(timeout=PATIENCE_S):
        raise ExaminersBusy
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS + 10, check=False, env={"LANG": "C.UTF-8"}, cwd=scratch
        )
    except subprocess.TimeoutExpired:
        return Found(reason=Reason.UNREADABLE)
    finally:
        _turns.release()
    try:
        said = json.loads(done.stdout) if done.returncode == 0 else {}
    except ValueError:
        said = {}
    return _found(said) if said.get("kind") or said.get("reason") in Reason.values else Found(reason=Reason.UNREADABLE)


def _found(said: dict[str, Any]) -> Found:
    if said.get("reason"):
        return Found(reason=str(said["reason"]))
    captured_at, captured_by = _moment(str(said.get("captured_at", "")))
    return Found(
        kind=str(said["kind"]),
        media_type=str(said["media_type"]),
        is_made=bool(said["is_made"]),
        width=said.get("width"),
        height=said.get("height"),
        seconds=said.get("seconds"),
        captured_at=captured_at,
        captured_by=captured_by,
        position=position(said.get("lon"), said.get("lat")),
    )


def _moment(text: str) -> tuple[datetime | None, str]:
    """A time as a camera writes it: with its offset, or in the time of the city it was most likely taken in."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None, Source.NONE
    if not 1990 <= moment.year <= timezone.now().year + 1:
        return None, Source.NONE
    if moment.tzinfo is not None:
        return moment, Source.FILE
    return timezone.make_aware(moment), Source.FILE_LOCAL


def position(lon: object, lat: object) -> Position | None:
    """A place on the earth, or none: 0, 0 is what cameras write that do not know."""
    try:
        found = Position(float(lon), float(lat))  # type: ignore[arg-type]
    except (TypeError, ValueError, Invalid):
        return None
    return None if math.hypot(found.lon, found.lat) < 1e-6 else found
