"""The child of `files.examine`: looks at one hostile file within its limits, and makes what may be shown of it anew.

Nothing of ours is imported here; the child has no settings, no secrets and no database. It is given the kind of look, the file, a directory
to write into, and limits; it prints what it found as JSON. `{"reason": CODE}` is a refusal.
"""

import contextlib
import io
import json
import re
import resource
import sys
import warnings
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

MOST_WRITTEN = 256 * 1024 * 1024
MOST_PIXELS = 64_000_000
THUMBNAIL = 360
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/png"}
GPS, EXIF, ORIGINAL, OFFSET = 0x8825, 0x8769, 0x9003, 0x9011
MOST_ENTRIES = 20_000
OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLE_MARKS = {"WordDocument": "application/msword", "Workbook": "application/vnd.ms-excel", "Book": "application/vnd.ms-excel",
             "PowerPoint Document": "application/vnd.ms-powerpoint"}  # fmt: skip
# What media may be: the make of the box, and what it is called when it holds pictures, and when it holds sound alone.
MEDIA = {
    "MPEG-4": ("video/mp4", "audio/mp4"),
    "QuickTime": ("video/quicktime", "audio/mp4"),
    "WebM": ("video/webm", "audio/webm"),
    "Matroska": ("video/x-matroska", "audio/x-matroska"),
    "Ogg": ("video/ogg", "audio/ogg"),
    "Wave": ("", "audio/wav"),
    "MPEG Audio": ("", "audio/mpeg"),
    "ADTS": ("", "audio/aac"),
    "AMR": ("", "audio/amr"),
}


class Refused(Exception):
    """With the reason's code."""


def main() -> int:
    """Look at one file."""
    look, source, scratch, seconds, megabytes = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
    for what, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, megabytes * 1024 * 1024),
        (resource.RLIMIT_FSIZE, MOST_WRITTEN),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    try:
        found = {"picture": picture, "media": media, "office": office}[look](source, scratch)
    except Refused as refusal:
        found = {"reason": str(refusal)}
    json.dump(found, sys.stdout)
    return 0


def picture(source: Path, scratch: Path) -> dict[str, Any]:
    """Decode every pixel and write them as a new picture, upright and without anything else that was in the file; and a small one."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(source, formats=list(FORMATS)) as opened:
            form = str(opened.format)
            if opened.width * opened.height > MOST_PIXELS:
                raise Refused("TOO_MANY_PIXELS")
            found = _taken(opened)
            profile = opened.info.get("icc_profile")
            opened.load()
            image = ImageOps.exif_transpose(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("TOO_MANY_PIXELS") from error
    except (OSError, ValueError, SyntaxError, IndexError, KeyError, TypeError, EOFError) as error:
        raise Refused("UNREADABLE") from error
    image = _plain(image, profile, form)
    media_type = FORMATS[form]
    options: dict[str, Any] = {"JPEG": {"quality": 92, "optimize": True}, "WEBP": {"quality": 90}}.get(form, {})
    image.save(scratch / "kept", format=media_type.partition("/")[2].upper(), **options)
    small = image.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    if small.mode in ("RGBA", "LA"):
        ground = Image.new("RGB", small.size, "white")
        ground.paste(small, mask=small.getchannel("A"))
        small = ground
    small.convert("RGB").save(scratch / "thumbnail", format="JPEG", quality=80, optimize=True)
    return found | {"kind": "PICTURE", "media_type": media_type, "width": image.width, "height": image.height, "is_made": True}


def _plain(image: Any, profile: bytes | None, form: str) -> Any:
    """Pixels alone, in the colours of screens."""
    from PIL import Image, ImageCms

    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    wanted = "RGBA" if has_alpha and form != "JPEG" else "L" if image.mode in ("L", "1") else "RGB"
    if profile and image.mode in ("RGB", "RGBA"):
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):  # a profile that cannot be read is left out
            image = ImageCms.profileToProfile(image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")) or image
    image = image.convert(wanted)
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    return bare


def _taken(opened: Any) -> dict[str, Any]:
    """When and where, as the camera wrote it; what cannot be is not said."""
    found: dict[str, Any] = {}
    try:
        exif = opened.getexif()
        inner, gps = exif.get_ifd(EXIF), exif.get_ifd(GPS)
        moment = datetime.strptime(str(inner[ORIGINAL]), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  (the zone stands beside it, or nowhere)
        found["captured_at"] = moment.isoformat() + str(inner.get(OFFSET, "")).strip("\0 ")
    except (OSError, ValueError, SyntaxError, KeyError, TypeError, ZeroDivisionError):
        gps = locals().get("gps", {})
    try:
        found["lat"] = _degrees(gps[2]) * (-1 if str(gps[1]).upper().startswith("S") else 1)
        found["lon"] = _degrees(gps[4]) * (-1 if str(gps[3]).upper().startswith("W") else 1)
    except (ValueError, KeyError, TypeError, IndexError, ZeroDivisionError):
        found.pop("lat", None)
    return found


def _degrees(parts: Any) -> float:
    return float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600


def media(source: Path, scratch: Path) -> dict[str, Any]:
    """What a video or a sound recording is made of; it is kept as it came."""
    from pymediainfo import MediaInfo

    tracks = MediaInfo.parse(str(source), full=True).tracks
    general = next((track for track in tracks if track.track_type == "General"), None)
    if general is None or general.format not in MEDIA:
        raise Refused("UNKNOWN_KIND" if general is None or not general.format else "UNREADABLE")
    if getattr(general, "istruncated", None) == "Yes" or general.attachments:
        raise Refused("UNREADABLE")
    moving = [track for track in tracks if track.track_type == "Video"]
    sounding = [track for track in tracks if track.track_type == "Audio"]
    media_type = MEDIA[general.format][0 if moving else 1]
    made_of = [*moving, *sounding]
    if not made_of or not media_type or not all(track.format for track in made_of):
        raise Refused("UNREADABLE")
    found: dict[str, Any] = {"kind": "VIDEO" if moving else "VOICE", "media_type": media_type, "is_made": False}
    if general.duration:
        found["seconds"] = float(general.duration) / 1000
    if moving and moving[0].width and moving[0].height:
        found |= {"width": int(moving[0].width), "height": int(moving[0].height)}
    return found | _filmed(general)


def _filmed(general: Any) -> dict[str, Any]:
    """Of containers the time is UTC by their standard, and the place is ISO 6709."""
    found: dict[str, Any] = {}
    moment = re.search(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d:\d\d:\d\d)", str(general.encoded_date or ""))
    if moment and moment[1] not in ("1904", "1970"):
        found["captured_at"] = f"{moment[1]}-{moment[2]}-{moment[3]}T{moment[4]}+00:00"
    place = re.match(r"([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)", str(general.recorded_location or general.xyz or ""))
    if place:
        found |= {"lat": float(place[1]), "lon": float(place[2])}
    return found


def office(source: Path, scratch: Path) -> dict[str, Any]:
    """Documents of office programs without macros; other archives are refused unopened."""
    with source.open("rb") as opened:
        media_type = _ole(opened.read()) if opened.read(8) == OLE and not opened.seek(0) else _zipped(source)
    return {"kind": "DOCUMENT", "media_type": media_type, "is_made": False}


def _ole(content: bytes) -> str:
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        raise Refused("MACROS")
    for mark, media_type in OLE_MARKS.items():
        if (mark + "\0").encode("utf-16-le") in content:
            return media_type
    raise Refused("UNKNOWN_KIND")


def _zipped(source: Path) -> str:
    try:
        with zipfile.ZipFile(source) as archive:
            names = archive.namelist()
            if len(names) > MOST_ENTRIES:
                raise Refused("UNREADABLE")
            said = archive.open("mimetype").read(100).decode("ascii", "replace").strip() if "mimetype" in names else ""
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise Refused("UNREADABLE") from error
    if any(name.endswith("vbaProject.bin") or name.startswith("Basic/") for name in names):
        raise Refused("MACROS")
    if said.startswith(OPEN_DOCUMENT) and said[len(OPEN_DOCUMENT) :] in ("text", "spreadsheet", "presentation", "graphics"):
        return said
    if "[Content_Types].xml" in names:
        for folder, media_type in OFFICE.items():
            if any(name.startswith(folder) for name in names):
                return media_type
    raise Refused("UNKNOWN_KIND")


if __name__ == "__main__":
    sys.exit(main())
