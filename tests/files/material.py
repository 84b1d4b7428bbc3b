"""Real files, made here: pictures with what cameras write, videos and sounds by hand, a bomb, documents."""

import hashlib
import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image


def picture(form: str = "JPEG", size: tuple[int, int] = (64, 48), *, noisy: bool = False, **options: Any) -> bytes:
    """A picture; a noisy one is as long as its pixels."""
    image = Image.effect_noise(size, 80).convert("RGB") if noisy else Image.linear_gradient("L").resize(size).convert("RGB")
    out = io.BytesIO()
    image.save(out, format=form, **options)
    return out.getvalue()


def digest(content: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def pixels(content: bytes) -> bytes:
    """What a picture shows, whatever stands beside it in its file."""
    with Image.open(io.BytesIO(content)) as image:
        return image.convert("RGB").tobytes()


def photograph() -> bytes:
    """A JPEG as a telephone writes it: turned, with the time, its zone, the place and a comment."""
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Maker of telephones"
    exif.get_ifd(0x8769).update({0x9003: "2026:07:21 18:30:05", 0x9011: "+08:00"})
    exif.get_ifd(0x8825).update({1: "N", 2: (39.0, 57.0, 0.0), 3: "E", 4: (116.0, 24.0, 36.0)})
    return picture("JPEG", (64, 48), exif=exif, comment=b"<script>alert(1)</script>")


def bomb() -> bytes:
    """A PNG of a few kilobytes that says it has 40,000 x 40,000 pixels, and holds the compressed rows to prove it."""
    rows = zlib.compress(b"\0" * 4_000_000, 9)
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", 40_000, 40_000, 8, 0, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def _box(name: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I", len(content) + 8) + name + content


def video(make: bytes = b"isom") -> bytes:
    """An MP4 with one track of H.264 of 320 x 240, two seconds, filmed at a known moment and place; its frames are empty."""
    entry = bytes(6) + b"\0\1" + bytes(16) + struct.pack(">HH", 320, 240) + bytes(50)
    avc = _box(b"avcC", bytes([1, 66, 0, 30, 255, 225, 0, 4, 0x67, 66, 0, 30, 1, 0, 4, 0x68, 0xCE, 0x38, 0x80]))
    tables = _box(
        b"stbl",
        _box(b"stsd", struct.pack(">II", 0, 1), _box(b"avc1", entry, avc)),
        _box(b"stts", struct.pack(">IIII", 0, 1, 1, 2000)),
        _box(b"stsc", struct.pack(">IIIII", 0, 1, 1, 1, 1)),
        _box(b"stsz", struct.pack(">III", 0, 4, 1)),
        _box(b"stco", struct.pack(">III", 0, 1, 32)),
    )
    since_1904 = 3_867_474_605  # 2026-07-21 10:30:05 UTC
    times = struct.pack(">IIIII", 0, since_1904, since_1904, 1000, 2000)
    handler = _box(b"hdlr", bytes(8), b"vide", bytes(12), b"\0")
    inside = _box(b"minf", _box(b"vmhd", bytes(12)), _box(b"dinf", _box(b"dref", bytes(8))), tables)
    track = _box(
        b"trak",
        _box(b"tkhd", struct.pack(">IIIIII", 7, since_1904, since_1904, 1, 0, 2000), bytes(52), struct.pack(">II", 320 << 16, 240 << 16)),
        _box(b"mdia", _box(b"mdhd", times, bytes(4)), handler, inside),
    )
    place = _box(b"udta", _box(b"\xa9xyz", struct.pack(">HH", 18, 0x15C7), b"+39.9500+116.4100/"))
    return (
        _box(b"ftyp", make, struct.pack(">I", 512), b"isomavc1")
        + _box(b"mdat", b"\0\0\0\0")
        + _box(b"moov", _box(b"mvhd", times, bytes(80)), track, place)
    )


def voice() -> bytes:
    """A quarter of a second of nothing, as WAV."""
    sound = bytes(2000)
    form = struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(sound)) + sound
    return b"RIFF" + struct.pack("<I", len(body)) + body


def archive(**entries: bytes) -> bytes:
    """A zip with these entries; `__` in a name is a slash, `_dot_` a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in entries.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def letter(**more: bytes) -> bytes:
    """A document of a word processor."""
    return archive(**{"[Content_Types]_dot_xml": b"<Types/>", "word__document_dot_xml": b"<w/>", **more})
