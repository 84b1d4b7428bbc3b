"""Places and drawings as they are sent and answered."""

from typing import Any

from rest_framework import serializers

from access.rest.fields import OneOf, Text
from access.rest.shapes import Shape
from chat import marks

Rows = serializers.Serializer[Any]


class GeometryRow(Rows):
    """A geometry of GeoJSON (RFC 7946) in WGS-84, longitude first."""

    type = serializers.ChoiceField(choices=list(marks.FEWEST))
    coordinates = serializers.ListField(child=serializers.JSONField())


class PlaceRow(Rows):
    """A place or a drawing in a message."""

    geometry = GeometryRow()
    word = serializers.CharField(help_text="What it is; may be empty.")


class Geometry(Shape):
    """A geometry of GeoJSON (RFC 7946) in WGS-84, longitude first."""

    type = OneOf(choices=list(marks.FEWEST))
    coordinates = serializers.ListField(child=serializers.JSONField(), max_length=marks.MOST_POINTS + 1)


class Place(Shape):
    """A place or a drawing, and what it is."""

    geometry = Geometry()
    word = Text(max_length=marks.LONGEST, required=False, default="", allow_blank=True)
