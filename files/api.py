"""Handing in files over REST: tus 1.0 to send them, JSON to ask what became of them."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from access.rest.views import ApiView, Call, operation
from access.rest.wire import dump
from files import checking, selectors, services, serving, storage, tus
from files.shapes import FileRow

RESUMABLE = {"Tus-Resumable": "1.0.0"}


class UploadsView(ApiView):
    """Files to be handed in."""

    tag = "files"

    def options(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """What of tus is spoken here."""
        return tus.dressed(HttpResponse(status=204))

    @operation(
        gives=FileRow,
        status=201,
        refusals=(412, 413),
        headers={
            **RESUMABLE,
            "Upload-Length": "How many bytes the file has.",
            "Upload-Metadata": "`filename`, and if known `captured_at`, `lon`, `lat` where it was taken; each value in base64 (tus, creation).",
        },
    )
    def post(self, call: Call) -> Any:
        """Announce a file. Its bytes go to the address in Location (tus 1.0), at most 16 MB at once. What nobody uses within a day is deleted."""
        tus.check_version(call.request)
        said = tus.metadata_of(call.request)
        file = services.begin_file(
            call.actor, name=said.get("filename", ""), size=tus.size_of(call.request), captured=tus.captured(said), now=call.now
        )
        response = HttpResponse(self.shaped(call, file), status=201, content_type="application/json")
        response["Location"] = reverse("api:upload", args=[file.key])
        return tus.dressed(response, file)

    @staticmethod
    def shaped(call: Call, file: Any) -> bytes:
        """A file as JSON."""
        return dump(FileRow(file, context={"request": call.request}).data)


class FileView(ApiView):
    """A file that somebody uses."""

    tag = "files"

    @operation(is_private=True, media="application/octet-stream", also=(206, 304), refusals=(409, 410, 416))
    def get(self, call: Call, file_key: UUID) -> Any:
        """The file itself, or the range asked for; who may is asked of what it belongs to, and looking is recorded."""
        opened = services.open_file(call.actor, key=file_key, part=storage.CONTENT, is_piece=serving.is_piece(call.request), now=call.now)
        return serving.respond(call.request, opened, is_download=True)


class ThumbnailView(ApiView):
    """A picture made small."""

    tag = "files"

    @operation(is_private=True, media="application/octet-stream", also=(304,), refusals=(409, 410))
    def get(self, call: Call, file_key: UUID) -> Any:
        """A JPEG of at most 360 x 360."""
        opened = services.open_file(call.actor, key=file_key, part=storage.THUMBNAIL, is_piece=True, now=call.now)
        return serving.respond(call.request, opened, is_download=False)


class UploadView(ApiView):
    """One file that one hands in."""

    tag = "files"

    @operation(gives=FileRow, is_private=True)
    def get(self, call: Call, file_key: UUID) -> Any:
        """How far it is, what it was found to be, or why it was refused."""
        return selectors.own_file(call.actor, file_key)

    def head(self, request: Any, file_key: UUID) -> HttpResponse:
        """How far it is, in headers."""
        tus.check_version(request)
        response = tus.dressed(HttpResponse(), selectors.own_file(request.actor, file_key))
        del response["Content-Type"]
        return response

    @operation(
        status=204,
        media=tus.OFFSET,
        is_stream=True,
        refusals=(410, 412, 413, 460),
        headers={
            **RESUMABLE,
            "Upload-Offset": "How many bytes have come before these.",
            "Upload-Checksum": "`sha256` or `sha1`, a blank and the digest of these bytes in base64 (tus, checksum).",
        },
    )
    def patch(self, call: Call, file_key: UUID) -> Any:
        """Add bytes. After the last of them the file is checked; `Upload-State` and the JSON at this address say what became of it."""
        tus.check_version(call.request)
        offset, checksum = tus.offset_of(call.request), tus.checksum_of(call.request)
        file = services.append_bytes(call.actor, key=file_key, offset=offset, data=tus.bytes_of(call.request), checksum=checksum)
        if file.is_whole():
            services.finish_file(call.actor, key=file_key, now=call.now)
            checking.check(file_key, now=call.now)
            file = selectors.own_file(call.actor, file_key)
        response = tus.dressed(HttpResponse(status=204), file)
        del response["Content-Type"]
        return response

    @operation(status=204, refusals=(412,), headers=RESUMABLE)
    def delete(self, call: Call, file_key: UUID) -> Any:
        """Take it back; one that is used already stays."""
        tus.check_version(call.request)
        services.withdraw_file(call.actor, key=file_key, now=call.now)
        response = tus.dressed(HttpResponse(status=204))
        del response["Content-Type"]
        return response
