"""tus 1.0, the protocol of resumable uploads, as headers: core, creation, checksum, expiration and termination of tus.io."""

import base64
import binascii
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _

from files import kinds, selectors
from files.examine import position
from files.models import File
from files.services import Captured
from kit.errors import Invalid, Refused

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,expiration,termination"
CHECKSUMS = ("sha256", "sha1")
OFFSET = "application/offset+octet-stream"
MOST_METADATA = 4000
MOST_CHUNK = 16 * 1024 * 1024


class OtherVersion(Refused):
    code = "tus_version"
    status = 412
    says = _("Send Tus-Resumable: 1.0.0.")


class OtherMediaType(Refused):
    code = "tus_media_type"
    status = 415
    says = _("Bytes are sent as application/offset+octet-stream.")


class ChunkTooLarge(Refused):
    code = "chunk_too_large"
    status = 413
    says = _("Send at most 16 MB at once; the next bytes come with the next request.")


def check_version(request: Any) -> None:
    """Refuse another version of the protocol."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise OtherVersion


def size_of(request: Any) -> int:
    """How many bytes are announced. Raises `Invalid`."""
    return _number(request, "Upload-Length")


def offset_of(request: Any) -> int:
    """From where on bytes come. Raises `Invalid`."""
    return _number(request, "Upload-Offset")


def metadata_of(request: Any) -> dict[str, str]:
    """What is said of the file: `filename`, `captured_at`, `lon`, `lat`; other names are allowed by the protocol and not used. Raises `Invalid`."""
    sent = request.headers.get("Upload-Metadata", "")
    found: dict[str, str] = {}
    for pair in filter(None, sent[:MOST_METADATA].split(",")):
        name, _blank, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            raise Invalid({"Upload-Metadata": _("Pairs of a name and a value in base64, joined by commas.")}) from None
    return found


def captured(said: dict[str, str]) -> Captured:
    """When and where it was taken, as the device says; what is no time with an offset or no place is left out."""
    at: datetime | None
    try:
        at = parse_datetime(said.get("captured_at", "")[:40])
    except ValueError:
        at = None
    if at is not None and (at.tzinfo is None or not 1990 <= at.year <= 2200):
        at = None
    return Captured(at, position(said.get("lon"), said.get("lat")))


def checksum_of(request: Any) -> tuple[str, bytes] | None:
    """Algorithm and digest that the sender made of the bytes, if any. Raises `Invalid`."""
    sent = request.headers.get("Upload-Checksum", "")
    if not sent:
        return None
    name, _blank, value = sent.partition(" ")
    try:
        digest = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if name not in CHECKSUMS or not digest:
        raise Invalid({"Upload-Checksum": _("sha256 or sha1, a blank, and the digest in base64.")})
    return name, digest


def bytes_of(request: Any) -> bytes:
    """The bytes of one request. Raises `OtherMediaType`, `ChunkTooLarge`."""
    if request.content_type.partition(";")[0].strip() != OFFSET:
        raise OtherMediaType
    data: bytes = request._request.read(MOST_CHUNK + 1)
    if len(data) > MOST_CHUNK:
        raise ChunkTooLarge
    return data


def dressed(response: HttpResponse, file: File | None = None) -> HttpResponse:
    """An answer with what the protocol says of the file: how far it is, and when it goes."""
    response["Tus-Resumable"] = VERSION
    response["Cache-Control"] = "no-store"
    if file is None:
        response["Tus-Version"] = VERSION
        response["Tus-Extension"] = EXTENSIONS
        response["Tus-Max-Size"] = str(kinds.largest_of_all())
        response["Tus-Checksum-Algorithm"] = ",".join(CHECKSUMS)
        return response
    response["Upload-Offset"] = str(file.received)
    response["Upload-Length"] = str(file.size)
    response["Upload-State"] = file.state
    until = selectors.expires_at(file)
    if until is not None:
        response["Upload-Expires"] = http_date(until.timestamp())
    return response


def _number(request: Any, name: str) -> int:
    sent = request.headers.get(name, "")
    if not (sent.isascii() and sent.isdigit() and len(sent) <= 15):
        raise Invalid({name: _("A whole number.")})
    return int(sent)
