"""What this room announces. Nothing here tells who called, from what phone or where it is: entries of the journal are never forgotten."""

from django.utils.translation import gettext_lazy as _

from journal.facts import Fact, fact


@fact("exchange.caller_location_received", says=_("{actor} told where a caller's phone is"))
class CallerLocationReceived(Fact):
    location_id: int
    method: str


@fact("exchange.caller_location_seen", says=_("{actor} looked where a caller's phone is"))
class CallerLocationSeen(Fact):
    location_id: int


@fact("exchange.caller_locations_forgotten", says=_("{actor} forgot where callers' phones were"))
class CallerLocationsForgotten(Fact):
    count: int
