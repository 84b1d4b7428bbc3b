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


@fact("resources.unit_entered_area", says=_("{unit} entered {geofence}"))
class UnitEnteredArea(Fact):
    unit_id: int
    geofence_id: int
    occurred_at: str


@fact("resources.unit_left_area", says=_("{unit} left {geofence}"))
class UnitLeftArea(Fact):
    unit_id: int
    geofence_id: int
    occurred_at: str


@fact("resources.unit_lost_contact", says=_("Contact with {unit} was lost"))
class UnitLostContact(Fact):
    unit_id: int
    last_fix_at: str


@fact("resources.unit_contact_regained", says=_("{unit} is heard again"))
class UnitContactRegained(Fact):
    unit_id: int
    lost_at: str
    seconds: int


@fact("resources.track_viewed", says=_("{actor} looked at where {unit} was"))
class TrackViewed(Fact):
    unit_id: int
    since: str
    until: str


@fact("resources.area_drawn", says=_("{actor} drew the watched area {geofence}"))
class AreaDrawn(Fact):
    geofence_id: int


@fact("resources.area_retired", says=_("{actor} retired the watched area {geofence}"))
class AreaRetired(Fact):
    geofence_id: int


@fact("resources.position_device_registered", says=_("{actor} registered a position device for {unit}"))
class PositionDeviceRegistered(Fact):
    unit_id: int
    device_id: int
    needs_key: bool


@fact("resources.position_device_revoked", says=_("{actor} revoked a position device of {unit}"))
class PositionDeviceRevoked(Fact):
    unit_id: int
    device_id: int


@fact("resources.roster_imported", says=_("{actor} took in a roster with {duties} duties, {since:time} to {until:time}"))
class RosterImported(Fact):
    duties: int
    since: str
    until: str


@fact("resources.duty_rostered", says=_("{actor} rostered {person_id:user} at {post}, {starts_at:time} to {ends_at:time}"))
class DutyRostered(Fact):
    duty_id: int
    post_id: int
    person_id: int
    starts_at: str
    ends_at: str


@fact("resources.duty_cancelled", says=_("{actor} took {person_id:user} off the roster of {post}: {reason}"))
class DutyCancelled(Fact):
    duty_id: int
    post_id: int
    person_id: int
    reason: str


@fact(
    "resources.stand_in_named", says=_("{person_id:user} stands in for {instead_of_id:user} at {post}, {starts_at:time} to {ends_at:time}: {reason}")
)
class StandInNamed(Fact):
    duty_id: int
    post_id: int
    person_id: int
    instead_of_id: int
    starts_at: str
    ends_at: str
    reason: str


@fact("resources.duties_swapped", says=_("{person_id:user} and {with_person_id:user} changed duties: {reason}"))
class DutiesSwapped(Fact):
    duty_id: int
    with_duty_id: int
    post_id: int
    person_id: int
    with_person_id: int
    reason: str


@fact("resources.leave_noted", says=_("{actor} noted that {person_id:user} is away, {starts_at:time} to {ends_at:time}"))
class LeaveNoted(Fact):
    leave_id: int
    person_id: int
    starts_at: str
    ends_at: str


@fact("resources.leave_cancelled", says=_("{actor} took back the leave of {person_id:user}"))
class LeaveCancelled(Fact):
    leave_id: int
    person_id: int


@fact("resources.post_taken_over", says=_("{person_id:user} took over {post} from {from_id:user}"))
class PostTakenOver(Fact):
    post_id: int
    duty_id: int
    person_id: int
    from_id: int


@fact("resources.post_called_in", says=_("{actor} called {post} to duty: emergency, response level {level:emergency_level} ({reason})"))
class PostCalledIn(Fact):
    call_id: int
    post_id: int
    level: int
    reason: str


@fact("resources.post_stood_down", says=_("{actor} stood {post} down: it is held in its shifts again"))
class PostStoodDown(Fact):
    call_id: int
    post_id: int
