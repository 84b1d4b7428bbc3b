"""Taking one incident out of the house."""

from django.utils.translation import gettext_lazy as _

from journal.facts import Fact, fact


@fact("incidents.incident_exported", says=_("{actor} took {incident} out as a document"))
class IncidentExported(Fact):
    incident_id: int
