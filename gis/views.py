"""Faces of the map: the basemap file by range, vector tiles, outlines of regions."""

import re
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags, quote_etag
from django.views.decorators.http import require_safe

from access.models import Region
from access.rest import problems
from gis import basemap, selectors, tiles
from gis.mercator import Tile
from kit.errors import Forbidden, Invalid, NotFound, Refused

FOREVER = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"
LONGEST_RANGE = 8_000_000
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")

View = Callable[..., HttpResponseBase]


def for_signed_in(view: View) -> View:
    """The map is for people with an account; these addresses are read by scripts, so a refusal is a problem document, not a page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            if not request.actor.is_signed_in:  # type: ignore[attr-defined]
                raise Forbidden
            response = view(request, *args, **kwargs)
        except Refused as refusal:
            response = problems.of_refusal(request.path, refusal)
        patch_vary_headers(response, ["Cookie"])
        return response

    return guarded


def _is_known(request: HttpRequest, etag: str) -> bool:
    """Whether the reader's copy is still good; `etag` is quoted."""
    given = parse_etags(request.headers.get("If-None-Match", ""))
    return etag in [one.removeprefix("W/") for one in given] or given == ["*"]


def _conditional(request: HttpRequest, etag: str, cache_control: str, body: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    quoted = quote_etag(etag)
    response = HttpResponse(status=304) if _is_known(request, quoted) else body()
    response["ETag"] = quoted
    response["Cache-Control"] = cache_control
    return response


@require_safe
@for_signed_in
def basemap_file(request: HttpRequest) -> HttpResponseBase:
    """The PMTiles file, whole or one range of it (RFC 9110, section 14)."""
    file = basemap.current(selectors.basemap_path())
    if file is None:
        raise NotFound
    quoted = quote_etag(file.version)
    asked = request.headers.get("Range", "")
    if request.headers.get("If-Range", quoted) != quoted:
        asked = ""
    response = _conditional(request, file.version, FOREVER, lambda: _whole(file) if not asked else _part(file, asked))
    response["Accept-Ranges"] = "bytes"
    return response


def _whole(file: basemap.File) -> HttpResponseBase:
    return FileResponse(file.path.open("rb"), content_type="application/vnd.pmtiles")


def _part(file: basemap.File, asked: str) -> HttpResponseBase:
    match = _RANGE.fullmatch(asked.strip())
    if match is None or match[1] == match[2] == "":
        return _whole(file)  # several ranges, or another unit: a server may ignore the field
    if match[1] == "":
        start, end = max(0, file.size_bytes - int(match[2])), file.size_bytes - 1
        satisfiable = int(match[2]) > 0
    else:
        start, end = int(match[1]), min(int(match[2] or file.size_bytes - 1), file.size_bytes - 1)
        satisfiable = start <= end
    if not satisfiable:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{file.size_bytes}"
        return refused
    end = min(end, start + LONGEST_RANGE - 1)
    response = HttpResponse(_bytes(file.path, start, end), status=206, content_type="application/vnd.pmtiles")
    response["Content-Range"] = f"bytes {start}-{end}/{file.size_bytes}"
    return response


def _bytes(path: Path, start: int, end: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(end - start + 1)


@require_safe
@for_signed_in
def basemap_description(request: HttpRequest) -> HttpResponseBase:
    """What to draw under everything, and from where."""
    response = JsonResponse(asdict(selectors.basemap()))
    response["Cache-Control"] = ASK_AGAIN
    return response


@require_safe
@for_signed_in
def regions(request: HttpRequest) -> HttpResponseBase:
    """Outlines of one level of regions."""
    level = request.GET.get("level", Region.Level.DISTRICT)
    if level not in Region.Level.values:
        raise Invalid({"level": ", ".join(Region.Level.values)})
    return _conditional(
        request,
        selectors.regions_version(level),
        ASK_AGAIN,
        lambda: HttpResponse(selectors.regions_geojson(level), content_type="application/geo+json"),
    )


@require_safe
@for_signed_in
def tile(request: HttpRequest, layer: str, z: int, x: int, y: int) -> HttpResponseBase:
    """One vector tile of a large layer, as this reader may see it."""
    drawn = tiles.drawn(request.actor, layer, Tile(z, x, y))  # type: ignore[attr-defined]

    def body() -> HttpResponse:
        response = HttpResponse(drawn.body, content_type="application/vnd.mapbox-vector-tile")
        response["Content-Encoding"] = "gzip"
        return response

    return _conditional(request, drawn.etag, ASK_AGAIN, body)
