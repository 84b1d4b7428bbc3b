"""What this room announces: ids, codes and ISO times; words people wrote stay in their own tables."""

from django.utils.translation import gettext_lazy as _

from journal.facts import Fact, fact


@fact("incidents.report_taken", says=_("{actor} took a report for {incident}"))
class ReportTaken(Fact):
    incident_id: int
    report_id: int
    source: str


@fact("incidents.incident_opened", says=_("{actor} opened {incident}"))
class IncidentOpened(Fact):
    incident_id: int
    kind: str
    severity: int
    version: int


@fact("incidents.incident_edited", says=_("{actor} edited {incident}"))
class IncidentEdited(Fact):
    incident_id: int
    before: dict[str, object]
    after: dict[str, object]
    version: int


@fact("incidents.triage_started", says=_("{actor} is triaging {incident}"))
class TriageStarted(Fact):
    incident_id: int
    version: int


@fact("incidents.incident_validated", says=_("{actor} validated {incident}: to assign"))
class IncidentValidated(Fact):
    incident_id: int
    version: int


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


@fact("incidents.incident_controlled", says=_("{actor} declared {incident} under control"))
class IncidentControlled(Fact):
    incident_id: int
    version: int


@fact("incidents.incident_resolved", says=_("{actor} declared {incident} resolved"))
class IncidentResolved(Fact):
    incident_id: int
    version: int


@fact("incidents.incident_verified", says=_("{actor} verified {incident}"))
class IncidentVerified(Fact):
    incident_id: int
    version: int


@fact("incidents.incident_closed", says=_("{actor} closed {incident}"))
class IncidentClosed(Fact):
    incident_id: int
    disposition: str
    version: int


@fact("incidents.incident_reopened", says=_("{actor} reopened {incident}: {reason}"))
class IncidentReopened(Fact):
    incident_id: int
    reason: str
    version: int


@fact("incidents.incident_held", says=_("{actor} put {incident} on hold: {reason}"))
class IncidentHeld(Fact):
    incident_id: int
    reason: str
    review_on: str
    version: int


@fact("incidents.incident_resumed", says=_("{actor} took up {incident} again"))
class IncidentResumed(Fact):
    incident_id: int
    version: int


@fact("incidents.incident_returned", says=_("{actor} returned {incident}: {reason}"))
class IncidentReturned(Fact):
    incident_id: int
    reason: str
    version: int


@fact("incidents.incident_transferred", says=_("{actor} transferred {incident}: {reason}"))
class IncidentTransferred(Fact):
    incident_id: int
    from_department_id: int
    to_department_id: int
    reason: str
    version: int


@fact("incidents.incident_cancelled", says=_("{actor} cancelled {incident}: {reason}"))
class IncidentCancelled(Fact):
    incident_id: int
    reason: str
    version: int


@fact("incidents.incident_merged", says=_("{actor} merged {incident} into {target_id:incident}"))
class IncidentMerged(Fact):
    incident_id: int
    target_id: int
    report_ids: tuple[int, ...]
    version: int


@fact("incidents.incident_unmerged", says=_("{actor} separated {incident} from {target_id:incident}"))
class IncidentUnmerged(Fact):
    incident_id: int
    target_id: int
    report_ids: tuple[int, ...]
    version: int


@fact("incidents.report_split", says=_("{actor} separated a report of {incident}: it is {target_id:incident} now"))
class ReportSplit(Fact):
    incident_id: int
    target_id: int
    report_id: int
    version: int


@fact("incidents.child_linked", says=_("{actor} put {incident} under {target_id:incident}"))
class ChildLinked(Fact):
    incident_id: int
    target_id: int
    version: int


@fact("incidents.child_unlinked", says=_("{actor} took {incident} from {target_id:incident}"))
class ChildUnlinked(Fact):
    incident_id: int
    target_id: int
    version: int


@fact("incidents.emergency_raised", says=_("{actor} raised {incident}"))
class EmergencyRaised(Fact):
    incident_id: int
    kind: str
    severity: int
    version: int


@fact("incidents.response_level_set", says=_("{actor} set the response level of {incident} to {level}: {reason}"))
class ResponseLevelSet(Fact):
    incident_id: int
    level: str
    reason: str
    version: int


@fact("incidents.task_issued", says=_("{actor} gave a task for {incident}"))
class TaskIssued(Fact):
    incident_id: int
    task_id: int
    department_id: int


@fact("incidents.task_advanced", says=_("{actor} set a task of {incident} to {state:task_state}"))
class TaskAdvanced(Fact):
    incident_id: int
    task_id: int
    state: str
    reason: str


@fact("incidents.note_written", says=_("{actor} wrote a note on {incident}"))
class NoteWritten(Fact):
    incident_id: int
    note_id: int


@fact("incidents.note_struck", says=_("{actor} struck a note on {incident}"))
class NoteStruck(Fact):
    incident_id: int
    note_id: int


@fact("incidents.file_attached", says=_("{actor} attached a file to {incident}"))
class FileAttached(Fact):
    incident_id: int
    attachment_id: int
    sha256: str


@fact("incidents.attachment_opened", says=_("{actor} opened a file of {incident}"))
class AttachmentOpened(Fact):
    incident_id: int
    attachment_id: int


@fact("incidents.caller_seen", says=_("{actor} looked at the caller of {incident}"))
class CallerSeen(Fact):
    incident_id: int


@fact("incidents.history_imported", says=_("{actor} imported {incident} from another system"))
class HistoryImported(Fact):
    incident_id: int
    assignments: int
    external_id: str


@fact("incidents.history_corrected", says=_("{actor} corrected {incident} after another system"))
class HistoryCorrected(Fact):
    incident_id: int
    external_id: str
    assignments_added: int
    assignments_corrected: int
    before: dict[str, object]
    after: dict[str, object]
    version: int


@fact("incidents.list_exported", says=_("{actor} exported {rows} incidents"))
class ListExported(Fact):
    rows: int
    query: str


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


@fact("incidents.report_continued", says=_("{actor} heard more for {incident}"))
class ReportContinued(Fact):
    incident_id: int
    report_id: int
    fields: tuple[str, ...]


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


@fact("incidents.plan_saved", says=_("{actor} saved version {version} of {plan}"))
class PlanSaved(Fact):
    plan_id: int
    level: str
    version: int
    items: int


@fact("incidents.plan_activated", says=_("{actor} set {plan} in motion for {incident}: {reason}"))
class PlanActivated(Fact):
    incident_id: int
    activation_id: int
    plan_id: int
    level: str
    task_ids: tuple[int, ...]
    reason: str
    version: int


@fact("incidents.plan_stood_down", says=_("{actor} stood {plan} down for {incident}"))
class PlanStoodDown(Fact):
    incident_id: int
    activation_id: int
    plan_id: int
    task_ids: tuple[int, ...]
    level: str
    version: int


@fact("incidents.evidence_shown", says=_("{actor} showed evidence for a task of {incident}"))
class EvidenceShown(Fact):
    incident_id: int
    task_id: int
    attachment_id: int


@fact("incidents.mode_switched", says=_("{actor} switched to emergency, response level {level}: {reason}"))
class ModeSwitched(Fact):
    mode_id: int
    region_id: int | None
    level: str
    before: str
    reason: str
    incident_id: int | None


@fact("incidents.mode_ended", says=_("{actor} switched back to routine: {reason}"))
class ModeEnded(Fact):
    mode_id: int
    region_id: int | None
    level: str
    reason: str


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
