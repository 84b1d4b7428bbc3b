"""What this room announces."""

from django.utils.translation import gettext_lazy as _

from journal.facts import Fact, fact


@fact("resources.unit_added", says=_("{actor} added {unit}"))
class UnitAdded(Fact):
    unit_id: int


@fact("resources.unit_changed", says=_("{actor} changed {unit}"))
class UnitChanged(Fact):
    unit_id: int
    before: dict[str, object]
    after: dict[str, object]


@fact("resources.station_added", says=_("{actor} added {station}"))
class StationAdded(Fact):
    station_id: int


@fact("resources.unit_status_changed", says=_("{actor} set {unit} to {activity:activity}"))
class UnitStatusChanged(Fact):
    unit_id: int
    availability: str
    activity: str
    source: str
    version: int


@fact("resources.unit_wants_to_speak", says=_("{unit} asks to speak"))
class UnitWantsToSpeak(Fact):
    unit_id: int


@fact("resources.unit_in_distress", says=_("{unit} sent an emergency call"))
class UnitInDistress(Fact):
    unit_id: int


@fact("resources.distress_ended", says=_("{actor} ended the emergency call of {unit}"))
class DistressEnded(Fact):
    unit_id: int
