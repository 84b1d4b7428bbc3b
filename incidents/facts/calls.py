"""Calls at a desk, the places they name, and what callers are told."""

from django.utils.translation import gettext_lazy as _

from journal.facts import Fact, fact


@fact("incidents.call_begun", says=_("{actor} began to take a call"))
class CallBegun(Fact):
    call_id: int


@fact("incidents.call_parked", says=_("{actor} parked {call_id:deskcall}"))
class CallParked(Fact):
    call_id: int


@fact("incidents.call_resumed", says=_("{actor} went on with {call_id:deskcall}"))
class CallResumed(Fact):
    call_id: int


@fact("incidents.call_taken_over", says=_("{actor} took over {call_id:deskcall} from {from_user_id:user}"))
class CallTakenOver(Fact):
    call_id: int
    from_user_id: int


@fact("incidents.confided_call_seen", says=_("{actor} read what was told in confidence in {call_id:deskcall}"))
class ConfidedCallSeen(Fact):
    call_id: int


@fact("incidents.call_finished", says=_("{actor} finished {call_id:deskcall}: it is {incident}"))
class CallFinished(Fact):
    call_id: int
    incident_id: int


@fact("incidents.call_added", says=_("{actor} added {call_id:deskcall} to {incident}"))
class CallAdded(Fact):
    call_id: int
    incident_id: int


@fact("incidents.call_discarded", says=_("{actor} discarded {call_id:deskcall}: {reason:discard}"))
class CallDiscarded(Fact):
    call_id: int
    reason: str


@fact("incidents.call_restored", says=_("{actor} took up {call_id:deskcall} again"))
class CallRestored(Fact):
    call_id: int


@fact("incidents.calls_forgotten", says=_("{actor} forgot what {calls} ended calls had held"))
class CallsForgotten(Fact):
    calls: int


@fact("incidents.call_form_wished", says=_("{actor} chose the order of the form for calls"))
class CallFormWished(Fact):
    user_id: int
    words_first: bool


@fact(
    "incidents.call_timed",
    says=_("{exchange} timed the call: rang {received_at:time}, answered {answered_at:time}, {answer_told_by:answer_teller}"),
)
class CallTimed(Fact):
    incident_id: int
    report_id: int
    received_at: str
    answered_at: str
    exchange: str
    answer_told_by: str


@fact("incidents.hazards_loaded", says=_("{actor} loaded hazards of {source}: {added} new, {changed} changed, {retired} out of use"))
class HazardsLoaded(Fact):
    source: str
    digest: str
    added: int
    changed: int
    retired: int


@fact("incidents.number_looked_up", says=_("{actor} looked at {found} earlier calls of a caller's number"))
class NumberLookedUp(Fact):
    found: int
    incident_ids: tuple[int, ...]


@fact("incidents.reporters_told", says=_("{actor} told {messages} reporters of {incident}: {occasion:occasion}"))
class ReportersTold(Fact):
    incident_id: int
    occasion: str
    messages: int


@fact("incidents.reporter_message_sent", says=_("{actor} sent a message to a reporter of {incident}"))
class ReporterMessageSent(Fact):
    incident_id: int
    message_id: int
    channel: str


@fact("incidents.reporter_message_failed", says=_("A reporter of {incident} could not be reached"))
class ReporterMessageFailed(Fact):
    incident_id: int
    message_id: int
    channel: str
    attempts: int


@fact("incidents.reporter_message_rerouted", says=_("A message to a reporter of {incident} goes by another way: the first one failed"))
class ReporterMessageRerouted(Fact):
    incident_id: int
    message_id: int
    channel: str
    instead_of: str


@fact("incidents.reporter_message_delivered", says=_("A message reached a reporter of {incident}"))
class ReporterMessageDelivered(Fact):
    incident_id: int
    message_id: int
    channel: str


@fact("incidents.reporter_message_retried", says=_("{actor} sent a message to a reporter of {incident} once more"))
class ReporterMessageRetried(Fact):
    incident_id: int
    message_id: int
    channel: str


@fact("incidents.pin_doubted", says=_("The place of {incident} is not sure"))
class PinDoubted(Fact):
    incident_id: int
    why: str


@fact("incidents.pin_answered", says=_("The outside geocoder named {answers} places for {incident}"))
class PinAnswered(Fact):
    incident_id: int
    answers: int


@fact("incidents.pin_settled", says=_("{actor} looked at the place of {incident}: {outcome:pin_outcome}"))
class PinSettled(Fact):
    incident_id: int
    outcome: str
