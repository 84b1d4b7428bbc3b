"""Places as the REST API sends and answers them: `[lon, lat]` in WGS-84, longitude first."""

from typing import Any

from django.contrib.gis.geos import Point
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.rest.fields import OneOf
from access.rest.shapes import Shape
from gis.coordinates import Coordinate, System
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
