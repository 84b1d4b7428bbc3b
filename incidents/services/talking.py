"""Talking about an incident: giving it radio talk groups, going into its conference, ringing its contacts."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from incidents import facts, permissions
from incidents.contacts import contacts
from incidents.models import Incident, TalkGroupUse
from incidents.services.common import IncidentClosed, announce, checked
from kit.errors import Invalid, NotFound, Refused
from resources.models import TalkGroup

MOST_TALK_GROUPS = 12
DIALLED = frozenset("0123456789+*#")


class NoConference(Refused):
    code = "no_conference"
    says = _("No conference server is set (CONFERENCE_URL).")


@transaction.atomic
def give_talk_group(actor: Actor, *, incident_id: int, code: str, now: datetime) -> TalkGroupUse:
    """Let the units of an incident speak on a talk group; a second time changes nothing. Raises `Invalid` for one that is not in use."""
    incident = checked(actor, permissions.TALK, incident_id)
    if incident.is_finished():
        raise IncidentClosed(incident)
    group = TalkGroup.objects.filter(code=code, is_active=True).first()
    if group is None:
        raise Invalid({"talk_group": _("Choose a talk group.")})
    given = {use.group_id: use for use in TalkGroupUse.objects.open().filter(incident=incident).select_related("group")}
    if group.pk in given:
        return given[group.pk]
    if len(given) >= MOST_TALK_GROUPS:
        raise Invalid({"talk_group": _("At most %(most)s talk groups.") % {"most": MOST_TALK_GROUPS}})
    use = TalkGroupUse.objects.create(incident=incident, group=group, given_at=now, given_by=actor.label[:80])
    announce(actor, facts.TalkGroupGiven(incident_id=incident.pk, talkgroup_id=group.pk), incident, now=now)
    return use


@transaction.atomic
def free_talk_group(actor: Actor, *, use_id: int, now: datetime) -> TalkGroupUse:
    """Take a talk group from an incident; one that is free already stays so. Raises `NotFound`."""
    incident_id = TalkGroupUse.objects.filter(pk=use_id).values_list("incident_id", flat=True).first()
    if incident_id is None:
        raise NotFound
    incident = checked(actor, permissions.TALK, incident_id)
    use = TalkGroupUse.objects.select_related("group").get(pk=use_id)
    if use.freed_at is None:
        _free(actor, incident, use, now)
    return use


def free_talk_groups(actor: Actor, incident: Incident, *, now: datetime) -> None:
    """An incident that is over speaks on none; it is locked already."""
    for use in TalkGroupUse.objects.open().filter(incident=incident).order_by("id"):
        _free(actor, incident, use, now)


def _free(actor: Actor, incident: Incident, use: TalkGroupUse, now: datetime) -> None:
    use.freed_at = max(now, use.given_at)
    use.save(update_fields=["freed_at"])
    announce(actor, facts.TalkGroupFreed(incident_id=incident.pk, talkgroup_id=use.group_id), incident, now=now)


@transaction.atomic
def join_conference(actor: Actor, *, incident_id: int, now: datetime) -> str:
    """The address of the incident's conference, which nobody guesses; that somebody went in is recorded. Raises `NoConference`."""
    incident = checked(actor, permissions.TALK, incident_id)
    if not settings.CONFERENCE_URL:
        raise NoConference
    announce(actor, facts.ConferenceJoined(incident_id=incident.pk), incident, now=now)
    mark = salted_hmac("incidents.conference", incident.number, algorithm="sha256").hexdigest()[:24]
    return str(settings.CONFERENCE_URL).format(room=f"{incident.number}-{mark}".lower())


@transaction.atomic
def call_contact(actor: Actor, *, incident_id: int, key: str, now: datetime) -> str:
    """The address that makes the desk's telephone ring a contact of the incident (CALL_URL); that it was rung is recorded.

    Nobody else can be rung this way. Raises `NotFound`.
    """
    incident = checked(actor, permissions.TALK, incident_id)
    contact = next((each for each in contacts(actor, [incident], at=now)[incident.pk] if each.key == key), None)
    if contact is None:
        raise NotFound
    announce(actor, facts.ContactCalled(incident_id=incident.pk, contact=contact.key), incident, now=now)
    return str(settings.CALL_URL).format(number="".join(sign for sign in contact.phone if sign in DIALLED))
