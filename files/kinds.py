"""What a file is, by its first bytes and never by its name, and how large each kind may be."""

from dataclasses import dataclass

from django.conf import settings

from files.models import Kind

HEAD = 4096
PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"GIF87a": "image/gif", b"GIF89a": "image/gif"}
BOXES = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"}
# Pictures of telephones in a box of the same make as videos; they would be taken for damaged ones.
BOXED_PICTURES = {b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis"}
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CONTROL = frozenset(range(32)) - {9, 10, 12, 13, 27}


@dataclass(frozen=True, slots=True)
class Guess:
    """What a file may be: its kinds by what its first bytes say, its media type where they say it, and who must look at it closer.

    `examined` by "picture", "media" or "office" in a child process; empty: the first bytes are enough.
    """

    kinds: tuple[Kind, ...]
    media_type: str
    examined: str = ""


def guess(head: bytes) -> Guess | None:
    """What a file with these first bytes may be; None for what is not accepted: programs, archives, and what a browser would run is text."""
    picture = _picture(head)
    if picture:
        return Guess((Kind.PICTURE,), picture, "picture")
    if _is_media(head):
        return Guess((Kind.VIDEO, Kind.VOICE), "", "media")
    if head.startswith(b"%PDF-"):
        return Guess((Kind.DOCUMENT,), "application/pdf")
    if head.startswith((ZIP, OLE)):
        return Guess((Kind.DOCUMENT,), "", "office")
    return Guess((Kind.DOCUMENT,), "text/plain") if _is_text(head) else None


def largest(kind: str) -> int:
    """How many bytes a file of a kind may have."""
    return {
        Kind.PICTURE: settings.PICTURE_MAX_BYTES,
        Kind.VIDEO: settings.VIDEO_MAX_BYTES,
        Kind.VOICE: settings.VOICE_MAX_BYTES,
        Kind.DOCUMENT: settings.DOCUMENT_MAX_BYTES,
    }[Kind(kind)]


def largest_of_all() -> int:
    """How many bytes any file may have."""
    return max(largest(kind) for kind in Kind.values)


def _picture(head: bytes) -> str:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((media_type for start, media_type in PICTURES.items() if head.startswith(start)), "")


def _is_media(head: bytes) -> bool:
    if head[4:8] in BOXES and head[:1] == b"\0":
        return head[8:12] not in BOXED_PICTURES
    return (
        head.startswith((b"\x1aE\xdf\xa3", b"OggS", b"ID3", b"#!AMR"))
        or (head[:4] == b"RIFF" and head[8:12] == b"WAVE")
        or (head[:1] == b"\xff" and len(head) > 3 and head[1] & 0xE0 == 0xE0)
    )


def _is_text(head: bytes) -> bool:
    """Text in UTF-8 or GB 18030, with no control characters; the last character may be cut."""
    if not head or CONTROL & set(head):
        return False
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):
            try:
                head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False
