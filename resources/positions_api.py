"""REST and OsmAnd: where units are. Translates; every rule is in `resources.positions`."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework import serializers
from rest_framework.request import Request

from access.authentication import SessionActor
from access.rest.fields import At, QueryCount, Text
from access.rest.shapes import Shape, page_of
from access.rest.views import ApiView, Call, Operation, operation
from access.rest.wire import MEDIA_TYPE, dump
from access.tokens import KeptTokenActor
from gis.coordinates import System
from gis.shapes import SYSTEMS, PointField
from kit.errors import Forbidden, Invalid, Refused
from resources import selectors
from resources.positions import devices, fixes, osmand, recording, tracks
from resources.positions.fixes import Rejection, Unusable
from resources.positions.limits import Limit

MOST_BYTES = 1_000_000
MOST_OSMAND_BYTES = 256_000


class TooMany(Refused):
    code = "too_many"
    status = 413
    says = _("A batch holds at most %(most)s positions.")


class OnePosition(Shape):
    """Where a unit was."""

    point = PointField(help_text="[longitude, latitude] in degrees.")
    at = At(help_text="When, with its offset; at most five minutes in the future.")
    heading = serializers.FloatField(min_value=0, max_value=360, required=False, allow_null=True, help_text="Degrees from north.")
    speed = serializers.FloatField(min_value=0, max_value=fixes.FASTEST, required=False, allow_null=True, help_text="m/s.")
    accuracy = serializers.FloatField(min_value=0, max_value=fixes.COARSEST, required=False, allow_null=True, help_text="Metres.")
    crs = serializers.ChoiceField(choices=sorted(SYSTEMS), required=False, help_text="Reference system of the point, WGS84 unless said.")


class UnitPositionShape(OnePosition):
    """Where which unit was."""

    unit = serializers.IntegerField(min_value=1, max_value=fixes.BIGGEST_ID, help_text="The unit's number.")


class BatchShape(Shape):
    """Positions of many units."""

    positions = UnitPositionShape(many=True)
    crs = serializers.ChoiceField(choices=sorted(SYSTEMS), required=False, help_text="Reference system of points that do not say their own.")


class RejectionShape(serializers.Serializer[Any]):
    """Why an item of a batch was not kept."""

    index = serializers.IntegerField(help_text="Its place in the batch, from 0.")
    unit = serializers.IntegerField(allow_null=True)
    status = serializers.IntegerField(help_text="403 or 422.")
    code = serializers.CharField()
    reason = serializers.CharField()


class RecordedShape(serializers.Serializer[Any]):
    """What became of positions."""

    accepted = serializers.IntegerField(help_text="Kept; a position that was known already counts too.")
    rejected = RejectionShape(many=True)


class PositionRow(serializers.Serializer[Any]):
    """The newest position of a unit."""

    unit = serializers.IntegerField()
    code = serializers.CharField()
    point = serializers.ListField(child=serializers.FloatField(), help_text="[longitude, latitude], WGS-84.")
    at = At()
    age_seconds = serializers.IntegerField()
    heading = serializers.IntegerField(allow_null=True)
    speed = serializers.FloatField(allow_null=True)
    accuracy = serializers.FloatField(allow_null=True)
    is_lost = serializers.BooleanField(help_text="It should have reported since, and did not.")
    state = serializers.IntegerField(help_text="The state code of the telemetry lane.")


class PositionsFilter(Shape):
    """Which positions."""

    cursor = Text(required=False, max_length=400)
    limit = QueryCount(required=False, min_value=1, max_value=selectors.MOST_POSITIONS)


class TrackFilter(Shape):
    """Which part of a track; `from` is a word of the language, so it is declared below."""

    to = At(help_text="Before this time; seven days after `from` at most.")


TrackFilter._declared_fields["from"] = At(source="since", help_text="From this time on.")


class TrackRow(serializers.Serializer[Any]):
    """Where a unit was."""

    at = At()
    point = serializers.ListField(child=serializers.FloatField())
    heading = serializers.IntegerField(allow_null=True)
    speed = serializers.FloatField(allow_null=True)
    accuracy = serializers.FloatField(allow_null=True)


class TrackShape(serializers.Serializer[Any]):
    """A part of a unit's track, oldest first."""

    unit = serializers.IntegerField()
    positions = TrackRow(many=True)


Method = TypeVar("Method", bound=Callable[..., HttpResponse])


def declared(**settings: Any) -> Callable[[Method], Method]:
    """For the schema only: these methods read their body themselves, because a serializer takes longer than the database."""

    def wrap(method: Method) -> Method:
        method.operation = Operation(**settings)  # type: ignore[attr-defined]
        return method

    return wrap


class FastView(ApiView):
    """Called thousands of times a minute: the token's actor is kept, callers are not counted, a retry needs no key."""

    authentication_classes = (KeptTokenActor, SessionActor)
    throttle_classes: Any = ()
    tag = "positions"


class PositionsView(FastView):
    """Positions of many units."""

    @declared(takes=BatchShape, gives=RecordedShape)
    def post(self, request: Request) -> HttpResponse:
        """Report positions of up to 1,000 units. Usable ones are kept, each other one is told why not; repeating a batch changes nothing."""
        body = _object(request)
        items = body.get("positions")
        if not isinstance(items, list):
            raise Invalid({"positions": _("A list of positions.")})
        if len(items) > fixes.MOST_IN_BATCH:
            raise TooMany(most=fixes.MOST_IN_BATCH)
        received_at = timezone.now()
        usable, rejected = fixes.read_batch(items, _system(body), received_at)
        recorded = recording.record_positions(request.actor, fixes=[fix for _index, fix in usable], received_at=received_at)
        refused = [one._replace(place=usable[one.place][0]) for one in recorded.rejected]
        return _answer({"accepted": recorded.accepted, "rejected": [_rejection(one) for one in sorted([*rejected, *refused])]})


class UnitPositionView(FastView):
    """The position of one unit."""

    @declared(takes=OnePosition, gives=RecordedShape)
    def post(self, request: Request, id: int) -> HttpResponse:
        """Report where a unit is. Repeating it changes nothing."""
        received_at = timezone.now()
        body = _object(request)
        try:
            fix = fixes.read_fix({**body, "unit": id}, _system(body), received_at + fixes.FUTURE)
        except Unusable as why:
            raise Invalid({why.code: why.reason}) from why
        recorded = recording.record_positions(request.actor, fixes=[fix], received_at=received_at)
        if recorded.rejected:
            raise Forbidden
        return _answer({"accepted": 1, "rejected": []})


class LatestPositionsView(ApiView):
    """Where units are."""

    tag = "positions"

    @operation(gives=page_of(PositionRow), query=PositionsFilter, is_private=True)
    def get(self, call: Call) -> Any:
        """The newest position of every unit that you may see, with its age."""
        page = selectors.position_page(call.actor, cursor=call.query.get("cursor"), limit=call.query.get("limit"), now=call.now)
        return {"items": page.rows, "next": page.next_cursor}


class TrackView(ApiView):
    """Where a unit was."""

    tag = "positions"

    @operation(gives=TrackShape, query=TrackFilter, is_private=True, refusals=(422,))
    def get(self, call: Call, id: int) -> Any:
        """Where a unit was; looking is recorded."""
        found = tracks.look_at_track(call.actor, unit_id=id, since=call.query["since"], until=call.query["to"], now=call.now)
        return {"unit": id, "positions": [{**fix._asdict(), "point": [fix.lon, fix.lat]} for fix in found]}


DEVICE_LIMIT = Limit(rate=5, burst=60)
STRANGER_LIMIT = Limit(rate=0.5, burst=30)


@csrf_exempt
def osmand_report(request: HttpRequest) -> HttpResponse:
    """A tracker or phone reports by the OsmAnd protocol: 200, 400 malformed, 401 unknown, 429 too often. Nothing is told back.

    An unknown id, a wrong key and a revoked device are answered alike.
    """
    if request.method not in ("GET", "POST"):
        return HttpResponse(status=405, headers={"Allow": "GET, POST"})
    address = str(request.META.get("REMOTE_ADDR", ""))
    if STRANGER_LIMIT.is_spent(address):
        return _later()
    try:
        message = _message(request)
        speaker = devices.speaker_of(message.identifier, message.key)
        if speaker is None:
            STRANGER_LIMIT.take(address)
            return HttpResponse(status=401, headers={"WWW-Authenticate": "Device"})
        if not DEVICE_LIMIT.take(str(speaker.device_id)):
            return _later()
        received_at = timezone.now()
        found = osmand.fixes_of(message, unit_id=speaker.unit_id, received_at=received_at)
    except Unusable as why:
        return HttpResponse(str(why.reason), status=400, content_type="text/plain; charset=utf-8")
    recording.record_own_positions(speaker, fixes=found, received_at=received_at)
    return HttpResponse(status=200)


def _message(request: HttpRequest) -> osmand.Message:
    """The message in the query, else in the body: JSON when it says so or looks so, else a form."""
    body = request.body if request.method == "POST" else b""
    if len(body) > MOST_OSMAND_BYTES:
        raise Unusable(*osmand.NO_JSON)
    if request.content_type == "application/json" or body[:1] == b"{":
        return osmand.read_json(body)
    if request.GET or not body:
        return osmand.read_query(request.GET.dict())
    return osmand.read_query(QueryDict(body).dict())


def _later() -> HttpResponse:
    return HttpResponse(status=429, headers={"Retry-After": "10"})


def _object(request: Request) -> dict[str, Any]:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise TooMany(most=fixes.MOST_IN_BATCH)
    body = request.data
    if not isinstance(body, dict):
        raise Invalid({"body": _("A JSON object.")})
    return body


def _system(body: dict[str, Any]) -> System:
    try:
        return fixes.system_of(body["crs"]) if "crs" in body else System.WGS84
    except Unusable as why:
        raise Invalid({"crs": why.reason}) from why


def _rejection(one: Rejection) -> dict[str, Any]:
    return {"index": one.place, "unit": one.unit_id, "status": one.status, "code": one.code, "reason": str(one.reason)}


def _answer(body: dict[str, Any]) -> HttpResponse:
    return HttpResponse(dump(body), content_type=MEDIA_TYPE)
