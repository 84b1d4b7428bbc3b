"""Looking at callers, bringing history in, and taking lists out."""

from django.utils.translation import gettext_lazy as _

from journal.facts import Fact, fact


@fact("incidents.caller_seen", says=_("{actor} looked at the caller of {incident}"))
class CallerSeen(Fact):
    incident_id: int


@fact("incidents.confidential_seen", says=_("{actor} read what was told in confidence about {incident}"))
class ConfidentialSeen(Fact):
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
