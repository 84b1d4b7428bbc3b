"""Talking about an incident: contacts, conference, radio talk groups."""

from typing import Any

from django.urls import reverse

from access import policy
from access.rest.views import Answer, ApiView, Call, operation
from incidents import permissions, selectors, services, talking
from incidents.contacts import contacts
from incidents.shapes import talking as shapes
from resources import selectors as resources


class TalkGroupsView(ApiView):
    """The radio talk groups of the city."""

    tag = "talking"

    @operation(gives=shapes.TalkGroupRow, many=True, also=(304,))
    def get(self, call: Call) -> Any:
        """Those in use, by code."""
        return resources.talk_groups(call.actor)


class IncidentTalkGroupsView(ApiView):
    """The talk groups of an incident."""

    tag = "talking"

    @operation(gives=shapes.TalkGroupUseRow, many=True, also=(304,))
    def get(self, call: Call, number: str) -> Any:
        """Those it has now."""
        return talking.talk_groups(selectors.id_of(call.actor, number))

    @operation(takes=shapes.GiveTalkGroup, gives=shapes.TalkGroupUseRow, status=201)
    def post(self, call: Call, number: str) -> Any:
        """Give it one; a second time changes nothing."""
        use = services.give_talk_group(call.actor, incident_id=selectors.id_of(call.actor, number), **call.body, now=call.now)
        return Answer(use, location=reverse("api:incident-talk-groups", args=[number]))


class FreeTalkGroupView(ApiView):
    """One that is no longer needed."""

    tag = "talking"

    @operation(gives=shapes.TalkGroupUseRow)
    def post(self, call: Call, id: int) -> Any:
        """Free it; closing the incident does so too."""
        return services.free_talk_group(call.actor, use_id=id, now=call.now)


class ContactsView(ApiView):
    """Whom to ring about an incident."""

    tag = "talking"

    @operation(gives=shapes.RingableRow, many=True, also=(304,))
    def get(self, call: Call, number: str) -> Any:
        """Its departments, who is on duty there, stations and people at work on it; each once."""
        incident = selectors.incident(call.actor, number)
        policy.require(call.actor, permissions.TALK, incident)
        return contacts(call.actor, [incident], at=call.now)[incident.pk]

    @operation(takes=shapes.RingContact, gives=shapes.AddressRow)
    def post(self, call: Call, number: str) -> Any:
        """Ring one of them: the address that a telephone takes; it is recorded who rang whom."""
        address = services.call_contact(call.actor, incident_id=selectors.id_of(call.actor, number), **call.body, now=call.now)
        return {"address": address}


class ConferenceView(ApiView):
    """The conference of an incident."""

    tag = "talking"

    @operation(gives=shapes.AddressRow)
    def post(self, call: Call, number: str) -> Any:
        """Its address, the same for everybody; it is recorded who went in."""
        return {"address": services.join_conference(call.actor, incident_id=selectors.id_of(call.actor, number), now=call.now)}
