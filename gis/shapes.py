"""Places as the REST API sends and answers them: `[lon, lat]` in WGS-84, longitude first."""

from typing import Any

from django.contrib.gis.geos import GEOSException, MultiPolygon, Point, Polygon
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.rest.fields import OneOf
from access.rest.shapes import Shape
from gis.coordinates import Coordinate, System
from kit.errors import Invalid
from kit.geo import Position

SYSTEMS = {system.value.lower(): system for system in System}


@extend_schema_field(
    {
        "type": "array",
        "items": {"type": "number"},
        "minItems": 2,
        "maxItems": 2,
        "description": "Longitude, latitude.",
        "examples": [[116.397, 39.909]],
    }
)
class PointField(serializers.Field[Any, Any, Any, Any]):
    """Longitude and latitude as two numbers."""

    default_error_messages = {"pair": _("A point is [longitude, latitude], two numbers.")}

    def to_internal_value(self, data: Any) -> tuple[float, float]:
        if not isinstance(data, list) or len(data) != 2 or any(isinstance(one, bool) or not isinstance(one, (int, float)) for one in data):
            self.fail("pair")
        try:
            return float(data[0]), float(data[1])
        except OverflowError:
            self.fail("pair")

    def to_representation(self, value: Point) -> list[float]:
        return [value.x, value.y]


@extend_schema_field(
    {
        "type": "object",
        "required": ["type", "coordinates"],
        "properties": {
            "type": {"type": "string", "enum": ["Polygon", "MultiPolygon"]},
            "coordinates": {"type": "array", "items": {}, "description": "As in GeoJSON (RFC 7946): rings of [longitude, latitude], WGS-84."},
        },
        "description": "A GeoJSON polygon or several.",
        "examples": [{"type": "Polygon", "coordinates": [[[116.3, 39.9], [116.4, 39.9], [116.4, 40.0], [116.3, 39.9]]]}],
    }
)
class AreaField(serializers.Field[Any, Any, Any, Any]):
    """A GeoJSON polygon or several; WGS-84, longitude first."""

    default_error_messages = {"area": _("An area is a GeoJSON Polygon or MultiPolygon of [longitude, latitude].")}

    def to_internal_value(self, data: Any) -> MultiPolygon:
        kind = data.get("type") if isinstance(data, dict) else None
        if kind not in ("Polygon", "MultiPolygon") or not isinstance(data.get("coordinates"), list):
            self.fail("area")
        outlines = data["coordinates"] if kind == "MultiPolygon" else [data["coordinates"]]
        try:
            return MultiPolygon([Polygon(*[[_corner(pair) for pair in ring] for ring in rings]) for rings in outlines], srid=4326)
        except (GEOSException, Invalid, TypeError, ValueError, OverflowError):
            self.fail("area")

    def to_representation(self, value: MultiPolygon) -> dict[str, Any]:
        return {"type": "MultiPolygon", "coordinates": value.coords}


def _corner(pair: Any) -> tuple[float, float]:
    if not isinstance(pair, list) or len(pair) < 2 or any(isinstance(one, bool) or not isinstance(one, (int, float)) for one in pair[:2]):
        raise ValueError("a corner is [longitude, latitude]")
    here = Position(float(pair[0]), float(pair[1]))
    return here.lon, here.lat


class PlacedShape(Shape):
    """An object with a point, and the reference system that the point is in; it is converted here and stored as WGS-84."""

    point = PointField(required=False, allow_null=True)
    crs = OneOf(choices=sorted(SYSTEMS), required=False, default="wgs84", help_text="The reference system of `point`.")

    def position(self) -> Position | None:
        """The WGS-84 position that was sent. Raises `Invalid` when it is not on the earth."""
        pair = self.validated_data.get("point")
        if pair is None:
            return None
        return Coordinate(pair[0], pair[1], SYSTEMS[self.validated_data["crs"]]).position
