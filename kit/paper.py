"""Pages as PDF, made by a child process: it alone gets the libraries and fonts that this needs, and it ends by itself.

WeasyPrint lays out in pango, which is no wheel. The set-up finds pango and a font with Chinese letters and writes the environment that
only the child gets into one file (`deploy/city/paper.py`); without that file there is no PDF, and that is said in words. The child knows
no settings, no secrets and no database, may read nothing but what the page carries itself, and is stopped by time and by memory.
"""

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kit.errors import Refused, Unavailable

CHILD = Path(__file__).with_name("paper_child.py")
STYLE = Path(__file__).with_name("paper.css")
GOES_ON = "@page { @bottom-right { content: counter(page); } } body { counter-reset: page %d; }"
SECONDS = 40
MEGABYTES = 1500
# How many are made at once in one process, and how long another one waits for its turn.
AT_ONCE, PATIENCE_S = 2, 20.0
NO_LIBRARIES = 3  # the child's exit code where pango cannot be loaded
_turns = threading.BoundedSemaphore(AT_ONCE)


class NoPaper(Unavailable):
    """What PDFs need is not installed on this machine."""

    code = "no_paper"
    says = _("PDF is not available on this machine: its libraries or fonts could not be fetched. CSV and printing work.")


class PaperBusy(Unavailable):
    """Too many are being made."""

    code = "paper_busy"
    says = _("Other PDFs are being made. Try again in a moment.")


class PaperFailed(Refused):
    """The child gave up, or was stopped."""

    code = "paper_failed"
    status = 503
    says = _("This PDF could not be made: it is too long for one document or something failed. Choose less, or CSV.")


@dataclass(frozen=True, slots=True)
class Appended:
    """A picture or a PDF document behind a page: `mark` stands across every page of it, `instead` on a page where that cannot be done."""

    name: str
    media_type: str
    content: bytes
    mark: str
    instead: str

    def asked(self) -> dict[str, str]:
        """The same as the child reads it."""
        content = base64.b64encode(self.content).decode()
        return {"media_type": self.media_type, "content": content, "mark": self.mark, "instead": self.instead}


def environment() -> dict[str, str] | None:
    """What the child gets beside nothing at all; None where PDFs cannot be made."""
    try:
        kept = json.loads(Path(settings.PAPER_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return {str(name): str(value) for name, value in kept.items()} | {"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}


def is_available() -> bool:
    """Whether PDFs can be made here."""
    return environment() is not None


def render(page: str, *, pages_before: int = 0, seconds: int = SECONDS, appended: Sequence[Appended] = ()) -> bytes:
    """A page (HTML; pictures only as `data:`) in the house's print style as PDF. Raises `NoPaper`, `PaperBusy`, `PaperFailed`.

    `pages_before`: it goes on after so many pages of other pieces, and knows not how many follow. `appended`: files that come behind it.
    """
    env = environment()
    if env is None:
        raise NoPaper
    style = STYLE.read_text(encoding="utf-8") + (GOES_ON % pages_before if pages_before else "")
    command = [sys.executable, "-I", "-B", str(CHILD), str(seconds), str(MEGABYTES)]
    with _turn():
        try:
            asked = {"page": page, "style": style, "appended": [each.asked() for each in appended]}
            done = subprocess.run(command, input=json.dumps(asked).encode(), env=env, capture_output=True, timeout=seconds + 5, check=False)
        except subprocess.TimeoutExpired:
            raise PaperFailed from None
    if done.returncode == NO_LIBRARIES:
        raise NoPaper
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        raise PaperFailed
    return done.stdout


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=PATIENCE_S):
        raise PaperBusy
    try:
        yield
    finally:
        _turns.release()
