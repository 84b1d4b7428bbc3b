"""Giving a file to a browser so that nothing in it runs as ours: its checked type, a sandbox, and one range of it where one was asked for."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import quote_etag

from files.services import Opened

PIECE = 256 * 1024
LONGEST_PIECE_OF_VIDEO = 16 * 1024 * 1024  # who plays a video asks again for what follows
NOWHERE = (0, -1)
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
# What a browser plays by itself; everything else is a download whatever it is.
SHOWN = {
    "image/jpeg", "image/png", "image/webp",
    "video/mp4", "video/webm", "video/ogg", "video/quicktime",
    "audio/mp4", "audio/webm", "audio/ogg", "audio/wav", "audio/mpeg", "audio/aac",
}  # fmt: skip


class FilePart(StreamingHttpResponse):
    """Bytes of a file, read as they are sent; under ASGI by a thread for each piece, because Django would read a plain iterator whole."""

    def __init__(self, path: Path, start: int, end: int, **options: object) -> None:
        self._bytes = (path, start, end)
        super().__init__(_pieces(path, start, end), **options)
        self["Content-Length"] = str(end - start + 1)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = _pieces(*self._bytes)
        while piece := await asyncio.to_thread(next, pieces, b""):
            yield piece


def is_piece(request: HttpRequest) -> bool:
    """Whether one part of many is asked for, as players do."""
    return "Range" in request.headers


def respond(request: HttpRequest, opened: Opened, *, is_download: bool) -> HttpResponseBase:
    """The file, shown in the page when it may be, else as a download."""
    size = opened.path.stat().st_size
    tag = quote_etag(f"{opened.file.kept_sha256[:32]}{opened.path.suffix}")
    if request.headers.get("If-None-Match") == tag:  # who may look was asked before; only the bytes are spared
        return _guarded(HttpResponseNotModified(headers={"ETag": tag}), opened, is_download)
    asked = _asked(request, tag, size)
    if asked == NOWHERE:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{size}"
        return refused
    if asked is None:
        answer: HttpResponseBase = FilePart(opened.path, 0, size - 1, content_type=opened.media_type)
    else:
        start, end = asked
        answer = FilePart(opened.path, start, end, status=206, content_type=opened.media_type)
        answer["Content-Range"] = f"bytes {start}-{end}/{size}"
    answer["ETag"] = tag
    return _guarded(answer, opened, is_download or opened.media_type not in SHOWN)


def _guarded(answer: HttpResponseBase, opened: Opened, is_download: bool) -> HttpResponseBase:
    how = "attachment" if is_download else "inline"
    answer["Content-Disposition"] = f"{how}; filename=\"{_plain(opened.file.name)}\"; filename*=UTF-8''{quote(opened.file.name, safe='')}"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Accept-Ranges"] = "bytes"
    answer["Cache-Control"] = "private, no-store"
    answer["Vary"] = "Cookie, Authorization"
    return answer


def _asked(request: HttpRequest, tag: str, size: int) -> tuple[int, int] | None:
    """First and last byte of the one range asked for (RFC 9110, section 14); None: all of it; NOWHERE: there is no such range."""
    match = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if match is None or match[1] == match[2] == "" or request.headers.get("If-Range", tag) != tag:
        return None  # several ranges, or another unit: a server may ignore the field
    if match[1] == "":
        start, end = max(0, size - int(match[2])), size - 1
    else:
        start, end = int(match[1]), min(int(match[2] or size - 1), size - 1)
    return (start, min(end, start + LONGEST_PIECE_OF_VIDEO - 1)) if start <= end and start < size else NOWHERE


def _plain(name: str) -> str:
    return "".join(letter if letter.isascii() and letter.isprintable() and letter not in '"\\%;' else "_" for letter in name)


def _pieces(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as source:
        source.seek(start)
        left = end - start + 1
        while left > 0 and (piece := source.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
