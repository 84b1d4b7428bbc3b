"""REST: units, stations and their reference data. Translates; every rule is in services."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from access.rest.shapes import Paged, ReferenceRow, page_of
from access.rest.views import Answer, ApiView, Call, operation
from kit.paging import Page
from resources import selectors, services, shapes
from resources.positions import areas, devices


def paged(found: Page[Any]) -> dict[str, Any]:
    """A page as it is answered."""
    return {"items": found.rows, "next": found.next_cursor}


class UnitsView(ApiView):
    """Units."""

    tag = "units"

    @operation(gives=page_of(shapes.UnitRow), query=shapes.UnitFilter, also=(304,))
    def get(self, call: Call) -> Any:
        """The units in service that you may see, by code."""
        wanted = dict(call.query)
        cursor, limit = wanted.pop("cursor", None), wanted.pop("limit", None)
        return paged(selectors.unit_page(call.actor, wanted=wanted, cursor=cursor, limit=limit))

    @operation(takes=shapes.AddUnit, gives=shapes.UnitRow, status=201, is_versioned=True)
    def post(self, call: Call) -> Any:
        """Add a unit, available at its station."""
        unit = services.add_unit(call.actor, **call.body, now=call.now)
        return Answer(unit, version=unit.version, location=reverse("api:unit", args=[unit.pk]))


class UnitView(ApiView):
    """One unit."""

    tag = "units"

    @operation(gives=shapes.UnitRow, is_versioned=True, also=(304,))
    def get(self, call: Call, id: int) -> Any:
        """One unit with its state."""
        return _unit(call, id)

    @operation(takes=shapes.EditUnit, gives=shapes.UnitRow, is_versioned=True, needs_match=True)
    def patch(self, call: Call, id: int) -> Any:
        """Change what is known of a unit, built on the version that you read, or retire it."""
        version = call.expected_version(is_required=True)
        if version is not None:
            services.expect_version(call.actor, unit_id=id, version=version)
        unit = services.edit_unit(call.actor, unit_id=id, **call.body, now=call.now)
        return Answer(unit, version=unit.version)


class UnitStatusView(ApiView):
    """The state of a unit."""

    tag = "units"

    @operation(takes=shapes.SetStatus, gives=shapes.UnitRow, is_versioned=True, may_match=True)
    def post(self, call: Call, id: int) -> Any:
        """Say what a unit is doing."""
        version = call.expected_version(is_required=False)
        if version is not None:
            services.expect_version(call.actor, unit_id=id, version=version)
        services.set_unit_status(call.actor, unit_id=id, **call.body, now=call.now)
        return _unit(call, id)


class EndDistressView(ApiView):
    """The emergency call of a unit."""

    tag = "units"

    @operation(gives=shapes.UnitRow, is_versioned=True)
    def post(self, call: Call, id: int) -> Any:
        """The room has dealt with a unit's emergency call."""
        services.end_distress(call.actor, unit_id=id, now=call.now)
        return _unit(call, id)


class UnitDevicesView(ApiView):
    """Trackers and phones of a unit."""

    tag = "positions"

    @operation(gives=shapes.DeviceRow, many=True, is_private=True)
    def get(self, call: Call, id: int) -> Any:
        """The devices that report for a unit, newest first, revoked ones too."""
        return selectors.devices_of_unit(call.actor, id)

    @operation(takes=shapes.RegisterDevice, gives=shapes.RegisteredDevice, status=201, is_private=True)
    def post(self, call: Call, id: int) -> Any:
        """Let a device report for a unit. Its key is shown this once."""
        device, key = devices.register_device(call.actor, unit_id=id, **call.body, now=call.now)
        return Answer({"device": device, "key": key}, location=reverse("api:unit-devices", args=[id]))


class RevokeDeviceView(ApiView):
    """A device that is not to report any longer."""

    tag = "positions"

    @operation(status=204)
    def post(self, call: Call, id: int) -> Any:
        """Let a device report no longer; again changes nothing."""
        devices.revoke_device(call.actor, device_id=id, now=call.now)
        return HttpResponse(status=204)


class AreasView(ApiView):
    """Watched areas."""

    tag = "areas"

    @operation(gives=page_of(shapes.AreaRow), query=Paged, also=(304,))
    def get(self, call: Call) -> Any:
        """The areas that are watched and that you may see."""
        return paged(selectors.area_page(call.actor, cursor=call.query.get("cursor"), limit=call.query.get("limit")))

    @operation(takes=shapes.DrawArea, gives=shapes.AreaRow, status=201)
    def post(self, call: Call) -> Any:
        """Watch an area: every unit that enters or leaves it from now on is told."""
        area = areas.draw_area(call.actor, **call.body, now=call.now)
        return Answer(area, location=reverse("api:areas"))


class RetireAreaView(ApiView):
    """An area that is not to be watched any longer."""

    tag = "areas"

    @operation(status=204)
    def post(self, call: Call, id: int) -> Any:
        """Watch an area no longer. Nobody leaves it by that."""
        areas.retire_area(call.actor, geofence_id=id, now=call.now)
        return HttpResponse(status=204)


class StationsView(ApiView):
    """Stations."""

    tag = "stations"

    @operation(gives=page_of(shapes.StationRow), query=Paged, also=(304,))
    def get(self, call: Call) -> Any:
        """The stations in use that you may see, by code."""
        return paged(selectors.station_page(call.actor, cursor=call.query.get("cursor"), limit=call.query.get("limit")))

    @operation(takes=shapes.AddStation, gives=shapes.StationRow, status=201)
    def post(self, call: Call) -> Any:
        """Add a station."""
        station = services.add_station(call.actor, **call.body)
        return Answer(station, location=reverse("api:stations"))


class UnitTypesView(ApiView):
    """Types of units."""

    tag = "reference"

    @operation(gives=shapes.UnitTypeRow, many=True, also=(304,))
    def get(self, call: Call) -> Any:
        """Every type of unit with what its units can do."""
        return selectors.unit_types()


class CapabilitiesView(ApiView):
    """Capabilities."""

    tag = "reference"

    @operation(gives=ReferenceRow, many=True, also=(304,))
    def get(self, call: Call) -> Any:
        """Everything that a unit can be able to do."""
        return selectors.capabilities()


class LocalStatusesView(ApiView):
    """The words of departments for states."""

    tag = "reference"

    @operation(gives=shapes.LocalStatusRow, many=True, also=(304,))
    def get(self, call: Call) -> Any:
        """What departments call states, and what each means for the city."""
        return selectors.all_local_statuses()


def _unit(call: Call, unit_id: int) -> Answer:
    unit = selectors.unit(call.actor, unit_id)
    return Answer(unit, version=unit.version)
