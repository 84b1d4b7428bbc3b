"""Calls for help from the field."""

from django.utils.translation import gettext_lazy as _

from journal.facts import Fact, fact


@fact("incidents.help_called", says=_("{actor} made an emergency call"))
class HelpCalled(Fact):
    call_id: int
    incident_id: int | None
    unit_id: int | None


@fact("incidents.support_asked", says=_("{actor} asks for support"))
class SupportAsked(Fact):
    call_id: int
    incident_id: int | None
    unit_id: int | None


@fact("incidents.help_call_ended", says=_("{actor} dealt with the call for help of {helpcall}"))
class HelpCallEnded(Fact):
    call_id: int
    incident_id: int | None
    unit_id: int | None
