"""Who is sent, how far they have come, and what more is asked for."""

from django.utils.translation import gettext_lazy as _

from journal.facts import Fact, fact


@fact("incidents.recommendation_shown", says=_("{actor} was shown a recommendation for {incident}"))
class RecommendationShown(Fact):
    incident_id: int
    unit_ids: tuple[int, ...]


@fact("incidents.unit_dispatched", says=_("{actor} sent {unit} to {incident}"))
class UnitDispatched(Fact):
    incident_id: int
    unit_id: int
    assignment_id: int
    is_primary: bool
    occurred_at: str


@fact("incidents.assignment_advanced", says=_("{unit} is {step:step} at {incident}"))
class AssignmentAdvanced(Fact):
    incident_id: int
    unit_id: int
    assignment_id: int
    step: str
    source: str
    occurred_at: str


@fact("incidents.step_taken_back", says=_("{actor} took back that {unit} was {step:step} at {incident}: it is {back_to:step}"))
class StepTakenBack(Fact):
    incident_id: int
    unit_id: int
    assignment_id: int
    step: str
    back_to: str


@fact("incidents.assignment_declined", says=_("{unit} declined {incident}: {reason}"))
class AssignmentDeclined(Fact):
    incident_id: int
    unit_id: int
    assignment_id: int
    reason: str


@fact("incidents.assignment_cancelled", says=_("{actor} recalled {unit} from {incident}"))
class AssignmentCancelled(Fact):
    incident_id: int
    unit_id: int
    assignment_id: int
    reason: str


@fact("incidents.run_card_saved", says=_("{actor} saved the run card of {type:incidenttype} for alarm {level}"))
class RunCardSaved(Fact):
    type: str
    level: int
    version: int
    before: dict[str, object]
    after: dict[str, object]


@fact("incidents.alarm_struck", says=_("{actor} struck alarm {level} for {incident}"))
class AlarmStruck(Fact):
    incident_id: int
    level: int
    before: int
    cards: tuple[str, ...]
    version: int


@fact("incidents.alarm_withdrawn", says=_("{actor} took back alarm {level} of {incident}"))
class AlarmWithdrawn(Fact):
    incident_id: int
    level: int
    after: int
    version: int


@fact("incidents.aid_requested", says=_("{actor} asked {neighbour} for {asked} × {capability:capability} for {incident}"))
class AidRequested(Fact):
    incident_id: int
    request_id: int
    neighbour_id: int
    capability: str
    asked: int


@fact("incidents.aid_advanced", says=_("{neighbour}, help for {incident}: {state:aid_state}"))
class AidAdvanced(Fact):
    incident_id: int
    request_id: int
    neighbour_id: int
    state: str
    committed: int
