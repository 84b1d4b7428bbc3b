"""ETags: a reader who has this already gets 304, a writer who builds on something older gets 412.

The tag of a versioned thing is `"7.9f2c…"`: its version and a digest of what was answered. `If-None-Match` compares all of it,
`If-Match` the version only, because news that conflicts with no edit (a unit's progress) does not count the version up.
"""

import hashlib
import re

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from kit.errors import Invalid, Refused

TAG = re.compile(r'^(?:W/)?"(\d{1,9})(?:\.[0-9a-f]+)?"$')


class PreconditionMissing(Refused):
    code = "precondition_missing"
    status = 428
    says = _("Send the ETag that you read as If-Match, so that nothing is overwritten unseen.")


def expected_version(request: Request, *, is_required: bool) -> int | None:
    """The version that `If-Match` names; None when any will do. Raises `PreconditionMissing`, `Invalid`."""
    sent = request.headers.get("If-Match")
    if sent is None or sent.strip() == "*":
        if is_required and sent is None:
            raise PreconditionMissing
        return None
    found = TAG.match(sent.strip())
    if found is None:
        raise Invalid({"If-Match": _("This is no ETag of ours.")})
    return int(found.group(1))


def tagged(request: Request, response: HttpResponse, version: int | None) -> HttpResponse:
    """Give the answer its ETag, or answer 304 to a reader who has it."""
    digest = hashlib.blake2b(response.content, digest_size=8).hexdigest()
    tag = f'W/"{digest}"' if version is None else f'"{version}.{digest}"'
    if request.method == "GET" and _has(request.headers.get("If-None-Match", ""), tag):
        response = HttpResponse(status=304)
        del response["Content-Type"]
    response["ETag"] = tag
    return response


def _has(sent: str, tag: str) -> bool:
    known = {one.strip().removeprefix("W/") for one in sent[:4000].split(",")}
    return tag.removeprefix("W/") in known or sent.strip() == "*"
