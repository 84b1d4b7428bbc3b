"""REST for the tablet in the field: its picture, the units it may speak for, and the map round an incident."""

from dataclasses import fields
from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.http import quote_etag

from access import policy
from access.rest import converters  # noqa: F401  (registers <number:...>)
from access.rest.views import Answer, ApiView, Call, operation
from command_center.field import cards, mine
from command_center.field.shapes import FieldPictureRow, FieldUnitRow, UnitWords, Where
from gis import extracts
from gis import selectors as gis
from incidents import permissions
from incidents import selectors as incidents
from kit.errors import NotFound
from kit.geo import Position

AREA_METRES = 3_000


class FieldView(ApiView):
    """What there is to do for the person who asks."""

    tag = "field"

    @operation(gives=FieldPictureRow, query=Where, also=(304,))
    def get(self, call: Call) -> Any:
        """The jobs of your unit, the tasks of your departments with the cards of their incidents, and what is open within 5 km."""
        policy.require(call.actor, permissions.ANSWER_TASK, None)
        lon, lat = call.query.get("lon"), call.query.get("lat")
        position = Position(lon, lat) if lon is not None and lat is not None else None
        found = mine.mine(call.actor, unit_id=call.query.get("unit"), position=position)
        values = {each.name: getattr(found, each.name) for each in fields(found)}
        return Answer({**values, "incidents": cards.cards(call.actor, found.incident_ids())})

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Our clock goes with it, also when nothing has changed: the tablet's own may be wrong."""
        finished = super().finalize_response(request, response, *args, **kwargs)
        finished["X-City-Now"] = timezone.now().isoformat(timespec="milliseconds")
        return finished


class FieldUnitsView(ApiView):
    """Units one may speak for."""

    tag = "field"

    @operation(gives=FieldUnitRow, query=UnitWords, many=True, also=(304,))
    def get(self, call: Call) -> Any:
        """The units whose state you may say, by code; at most 200."""
        policy.require(call.actor, permissions.ANSWER_TASK, None)
        return mine.units_to_speak_for(call.actor, call.query["q"])


class FieldAreaView(ApiView):
    """The map round an incident, to be kept."""

    tag = "field"

    @operation(media="application/vnd.pmtiles", refusals=(404,))
    def get(self, call: Call, number: str) -> Any:
        """A PMTiles archive of the city's own basemap within 3 km of the incident, at most 60 MB. 404 where there is no point or no such basemap."""
        incident = incidents.incident(call.actor, number)
        if incident.point is None or gis.basemap().kind != "pmtiles":
            raise NotFound
        place = Position.of(incident.point)
        extract = extracts.cut(gis.basemap_path(), place=place, metres=AREA_METRES, most_bytes=extracts.MOST_BYTES)
        if extract is None:
            raise NotFound
        answer = HttpResponse(extract.body, content_type="application/vnd.pmtiles")
        answer["X-Area"] = ",".join(f"{side:.6f}" for side in extract.bounds)
        answer["X-Max-Zoom"] = str(extract.max_zoom)
        answer["ETag"] = quote_etag(f"{gis.basemap().url.rpartition('=')[2]}.{answer['X-Area']}")
        return answer


api = [
    path("field/", FieldView.as_view(), name="field"),
    path("field/units/", FieldUnitsView.as_view(), name="field-units"),
    path("field/areas/<number:number>/", FieldAreaView.as_view(), name="field-area"),
]
