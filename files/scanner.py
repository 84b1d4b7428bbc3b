"""The virus scanner, spoken to as clamd is: INSTREAM over a socket, with a limit of time and nothing of a file's name."""

import socket
import struct
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

PIECE = 256 * 1024
MOST_ANSWER = 4096


class NoScanner(Exception):
    """It does not answer, or answers what cannot be understood; the file waits."""


class TooLargeForScanner(Exception):
    """It takes no file of this size."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What it found: the signature's name, or nothing."""

    found: str

    @property
    def is_clean(self) -> bool:
        return not self.found


def is_wanted() -> bool:
    """Whether files are scanned here."""
    return bool(settings.CLAMD_URL)


def scan(path: Path) -> Verdict:
    """Let the scanner look at a file. Raises `NoScanner`, `TooLargeForScanner`."""
    try:
        with _connected() as wire, path.open("rb") as source:
            answer = _ask(wire, source)
    except OSError as error:
        raise NoScanner(str(error)) from error
    said = answer.rstrip(b"\0\n").decode("utf-8", "replace").removeprefix("stream: ")
    if said == "OK":
        return Verdict("")
    if said.endswith(" FOUND"):
        return Verdict(said.removesuffix(" FOUND")[:120])
    if "size limit exceeded" in said:
        raise TooLargeForScanner(said)
    raise NoScanner(said[:200] or "it hung up")


def _connected() -> socket.socket:
    where = urlsplit(settings.CLAMD_URL)
    if where.scheme == "unix":
        wire = socket.socket(socket.AF_UNIX)
        wire.settimeout(settings.CLAMD_SECONDS)
        try:
            wire.connect(where.path)
        except OSError:
            wire.close()
            raise
        return wire
    return socket.create_connection((where.hostname, where.port or 3310), timeout=settings.CLAMD_SECONDS)


def _ask(wire: socket.socket, source: object) -> bytes:
    """The file in pieces, each after its length; a scanner that has enough answers and hangs up in the middle."""
    try:
        wire.sendall(b"zINSTREAM\0")
        while piece := source.read(PIECE):  # type: ignore[attr-defined]
            wire.sendall(struct.pack(">I", len(piece)) + piece)
        wire.sendall(struct.pack(">I", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # what it said before is read below
    answer = b""
    while len(answer) < MOST_ANSWER and not answer.endswith(b"\0") and (piece := wire.recv(MOST_ANSWER)):
        answer += piece
    return answer
