"""How an incident begins, goes on and ends."""

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


@fact("incidents.report_continued", says=_("{actor} heard more for {incident}"))
class ReportContinued(Fact):
    incident_id: int
    report_id: int
    fields: tuple[str, ...]
