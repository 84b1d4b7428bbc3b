"""Tables of the room, by subject."""

from resources.models.units import Capability, LocalStatus, Station, Unit, UnitType

__all__ = ["Capability", "LocalStatus", "Station", "Unit", "UnitType"]
