"""Units and stations as the REST API sends and answers them."""

from typing import Any

from rest_framework import serializers

from access import selectors as access
from access.rest.fields import At, Count, OneOf, Reference, Text
from access.rest.shapes import Paged, ReferenceRow, Shape
from gis.shapes import AreaField, PlacedShape, PointField
from kit.geo import Position
from resources import selectors
from resources.models import Unit
from resources.services import NewStation, NewUnit, UnitChanges

SOURCES = ("BUTTON", "COMMAND", "RADIO", "AVL", "GEOFENCE", "IMPORT")


class UnitTypeRow(ReferenceRow):
    """A type of unit."""

    id = serializers.IntegerField()
    speed_kmh = serializers.IntegerField()
    capabilities = ReferenceRow(many=True)


class LocalStatusRow(ReferenceRow):
    """What a department calls a state."""

    department = serializers.CharField(source="department.code", default=None, allow_null=True)
    availability = serializers.CharField()
    activity = serializers.CharField()
    key = serializers.CharField(help_text="The crew's key, if it has one.")


class StationRow(ReferenceRow):
    """A station."""

    id = serializers.IntegerField()
    address = serializers.CharField()
    phone = serializers.CharField()
    point = PointField()
    department = ReferenceRow()
    region = ReferenceRow(allow_null=True)


class UnitRow(serializers.Serializer[Any]):
    """A unit with its state."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    type = ReferenceRow()
    capabilities = ReferenceRow(many=True, help_text="Those of its own, besides those of its type.")
    station = serializers.CharField(source="station.code", default=None, allow_null=True)
    department = ReferenceRow()
    region = ReferenceRow(allow_null=True)
    crew_size = serializers.IntegerField()
    availability = serializers.ChoiceField(choices=Unit.Availability.values)
    activity = serializers.ChoiceField(choices=Unit.Activity.values)
    label = ReferenceRow(source="status_label", allow_null=True)
    status_at = At()
    wants_to_speak_at = At(allow_null=True)
    distress_at = At(allow_null=True)
    version = serializers.IntegerField()


class UnitFilter(Paged):
    """Which units."""

    availability = serializers.ChoiceField(choices=Unit.Availability.values, required=False)
    type = Reference(selectors.unit_type_of_code, required=False)
    station = Reference(selectors.station_of_code, required=False)
    department = Reference(access.department_of_code, required=False)
    capability = Reference(selectors.capability_of_code, required=False, help_text="Of its own or of its type.")


class AddUnit(Shape):
    """A unit to add."""

    code = Text(max_length=40)
    name = Text(max_length=80, required=False, default="", allow_blank=True)
    type = Reference(selectors.unit_type_of_code)
    department = Reference(access.department_of_code)
    region = Reference(access.region_of_code, required=False, default=None, allow_null=True)
    station = Reference(selectors.station_of_code, required=False, default=None, allow_null=True)
    capabilities = serializers.ListField(child=Reference(selectors.capability_of_code), required=False, default=list, max_length=40)
    crew_size = Count(required=False, default=0, max_value=200)

    def values(self) -> dict[str, Any]:
        sent = self.validated_data
        unit = NewUnit(
            code=sent["code"],
            type_id=sent["type"],
            department_id=sent["department"],
            region_id=sent["region"],
            station_id=sent["station"],
            name=sent["name"],
            crew_size=sent["crew_size"],
            capability_ids=tuple(sent["capabilities"]),
        )
        return {"unit": unit}


class EditUnit(Shape):
    """What to change; what is not named stays. A retired unit (`is_active` false) is kept for its history and is never sent again."""

    name = Text(max_length=80, required=False, allow_blank=True)
    crew_size = Count(required=False, max_value=200)
    station = Reference(selectors.station_of_code, required=False)
    capabilities = serializers.ListField(child=Reference(selectors.capability_of_code), required=False, max_length=40)
    is_active = serializers.BooleanField(required=False)

    def values(self) -> dict[str, Any]:
        sent = self.validated_data
        changes = UnitChanges(
            name=sent.get("name"),
            crew_size=sent.get("crew_size"),
            station_id=sent.get("station"),
            is_active=sent.get("is_active"),
            capability_ids=tuple(sent["capabilities"]) if "capabilities" in sent else None,
        )
        return {"changes": changes}


class AreaRow(serializers.Serializer[Any]):
    """A watched area: a unit that enters or leaves it is a fact."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    area = AreaField()
    department = ReferenceRow()
    region = ReferenceRow(allow_null=True)
    drawn_at = At()


class DrawArea(Shape):
    """An area to watch."""

    name = Text(max_length=120)
    area = AreaField()
    department = Reference(access.department_of_code)
    region = Reference(access.region_of_code, required=False, default=None, allow_null=True)

    def values(self) -> dict[str, Any]:
        sent = self.validated_data
        return {"name": sent["name"], "area": sent["area"], "department_id": sent["department"], "region_id": sent["region"]}


class DeviceRow(serializers.Serializer[Any]):
    """A tracker or phone that reports for a unit."""

    id = serializers.IntegerField()
    identifier = serializers.CharField()
    needs_key = serializers.BooleanField()
    registered_at = At()
    revoked_at = At(allow_null=True)


class RegisteredDevice(serializers.Serializer[Any]):
    """A new device, and its key, which is answered this once."""

    device = DeviceRow()
    key = serializers.CharField()


class RegisterDevice(Shape):
    """A device to register."""

    identifier = Text(max_length=80)
    needs_key = serializers.BooleanField(required=False, default=True, help_text="False trusts the identifier alone: closed networks only.")


class AddStation(PlacedShape):
    """A station to add."""

    code = Text(max_length=40)
    name = Text(max_length=120)
    name_en = Text(max_length=120, required=False, default="", allow_blank=True)
    address = Text(max_length=200, required=False, default="", allow_blank=True)
    department = Reference(access.department_of_code)
    region = Reference(access.region_of_code, required=False, default=None, allow_null=True)
    point = PointField()

    def values(self) -> dict[str, Any]:
        sent, position = self.validated_data, self.position()
        assert isinstance(position, Position)
        station = NewStation(
            code=sent["code"],
            name=sent["name"],
            name_en=sent["name_en"],
            address=sent["address"],
            position=position,
            department_id=sent["department"],
            region_id=sent["region"],
        )
        return {"station": station}


class SetStatus(Shape):
    """A state: the city's two parts of it, or with `label` also the department's word."""

    availability = OneOf(choices=Unit.Availability.values)
    activity = OneOf(choices=Unit.Activity.values)
    label = Text(max_length=20, required=False, default="", allow_blank=True, help_text="Code of a local status.")
    source = OneOf(choices=SOURCES, required=False, default="COMMAND")

    def values(self) -> dict[str, Any]:
        sent = dict(self.validated_data)
        return {**{name: sent[name] for name in ("availability", "activity", "source")}, "label_code": sent["label"]}


class PressKey(Shape):
    """A crew's key."""

    key = OneOf(choices=list("123456780"))
    at = At(required=False)
    source = OneOf(choices=SOURCES, required=False, default="BUTTON")
    device_at = At(required=False, allow_null=True, default=None, help_text="What the device's own clock said.")
