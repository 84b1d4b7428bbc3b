"""Tables of the room, by subject."""

from resources.models.positions import DispatchableUnit, Geofence, GeofencePresence, PositionDevice, TrackPoint, UnitPosition
from resources.models.units import Capability, LocalStatus, Station, Unit, UnitType

__all__ = [
    "Capability",
    "DispatchableUnit",
    "Geofence",
    "GeofencePresence",
    "LocalStatus",
    "PositionDevice",
    "Station",
    "TrackPoint",
    "Unit",
    "UnitPosition",
    "UnitType",
]
