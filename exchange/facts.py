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


@fact("exchange.phone_call_rang", says=_("A call rings on line {line}"))
class PhoneCallRang(Fact):
    phone_call_id: int
    line: str


@fact("exchange.phone_call_answered", says=_("{phone_call_id:phonecall} was answered"))
class PhoneCallAnswered(Fact):
    phone_call_id: int


@fact("exchange.phone_call_ended", says=_("{phone_call_id:phonecall} ended"))
class PhoneCallEnded(Fact):
    phone_call_id: int


@fact("exchange.phone_call_abandoned", says=_("{phone_call_id:phonecall}: the caller hung up before anybody answered"))
class PhoneCallAbandoned(Fact):
    phone_call_id: int


@fact("exchange.phone_call_claimed", says=_("{actor} took {phone_call_id:phonecall} and saw its number"))
class PhoneCallClaimed(Fact):
    phone_call_id: int
    desk_call_id: int


@fact("exchange.phone_call_released", says=_("{actor} gave {phone_call_id:phonecall} back"))
class PhoneCallReleased(Fact):
    phone_call_id: int


@fact("exchange.phone_call_called_back", says=_("{actor} called the number of {phone_call_id:phonecall} back"))
class PhoneCallCalledBack(Fact):
    phone_call_id: int
    attempt: int


@fact("exchange.phone_call_settled", says=_("{actor} settled the call back of {phone_call_id:phonecall}: {outcome:callback}"))
class PhoneCallSettled(Fact):
    phone_call_id: int
    outcome: str


@fact("exchange.phone_call_unsettled", says=_("{actor} put {phone_call_id:phonecall} back on the list to call back"))
class PhoneCallUnsettled(Fact):
    phone_call_id: int


@fact("exchange.phone_number_shared", says=_("{actor} said that many people call from the number of {phone_call_id:phonecall}"))
class PhoneNumberShared(Fact):
    phone_call_id: int
    shared_number_id: int


@fact("exchange.phone_number_unshared", says=_("{actor} said that a number is one caller's again"))
class PhoneNumberUnshared(Fact):
    shared_number_id: int


@fact("exchange.phone_call_overflowed", says=_("Nobody has taken {phone_call_id:phonecall} for {seconds} s"))
class PhoneCallOverflowed(Fact):
    phone_call_id: int
    seconds: int


@fact("exchange.phone_call_given_up", says=_("The exchange told no end of {phone_call_id:phonecall}; it rings no more"))
class PhoneCallGivenUp(Fact):
    phone_call_id: int


@fact("exchange.phone_calls_forgotten", says=_("{actor} forgot the numbers of {count} telephone calls"))
class PhoneCallsForgotten(Fact):
    count: int


@fact("exchange.phone_link_changed", says=_("The link to the telephone exchange is {state:phonelink}"))
class PhoneLinkChanged(Fact):
    phone_link_id: int
    state: str
