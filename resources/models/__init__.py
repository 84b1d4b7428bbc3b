"""Tables of the room, by subject."""

from resources.models.duty import Duty, Leave, Post, PostCall, Shift
from resources.models.positions import DispatchableUnit, Geofence, GeofencePresence, PositionDevice, TrackPoint, UnitPosition
from resources.models.radio import TalkGroup
from resources.models.units import Capability, LocalStatus, Station, Unit, UnitType

__all__ = [
    "Capability",
    "DispatchableUnit",
    "Duty",
    "Geofence",
    "GeofencePresence",
    "Leave",
    "LocalStatus",
    "PositionDevice",
    "Post",
    "PostCall",
    "Shift",
    "Station",
    "TalkGroup",
    "TrackPoint",
    "Unit",
    "UnitPosition",
    "UnitType",
]
