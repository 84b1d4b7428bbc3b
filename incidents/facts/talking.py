"""Talking about an incident: radio talk groups, conferences, telephone calls."""

from django.utils.translation import gettext_lazy as _

from journal.facts import Fact, fact


@fact("incidents.talk_group_given", says=_("{actor} gave {incident} the talk group {talkgroup}"))
class TalkGroupGiven(Fact):
    incident_id: int
    talkgroup_id: int


@fact("incidents.talk_group_freed", says=_("{actor} freed the talk group {talkgroup} of {incident}"))
class TalkGroupFreed(Fact):
    incident_id: int
    talkgroup_id: int


@fact("incidents.conference_joined", says=_("{actor} went into the conference of {incident}"))
class ConferenceJoined(Fact):
    incident_id: int


@fact("incidents.contact_called", says=_("{actor} rang {contact} about {incident}"))
class ContactCalled(Fact):
    incident_id: int
    contact: str
