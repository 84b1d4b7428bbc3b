"""Talking about an incident: whom to ring, its conference, its radio talk groups."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from access import policy
from access.faces import allowed, done
from incidents import permissions, selectors, services, talking
from incidents.contacts import contacts
from kit.naming import called


@require_GET
@allowed(permissions.TALK)
def dialog(request: HttpRequest, number: str) -> HttpResponse:
    """Everything one talks by, in one dialog: number keys ring, G gives a talk group."""
    actor = request.actor  # type: ignore[attr-defined]
    incident = selectors.incident(actor, number)
    policy.require(actor, permissions.TALK, incident)
    context: dict[str, Any] = {
        "incident": incident,
        "contacts": contacts(actor, [incident], at=timezone.now())[incident.pk],
        "uses": talking.talk_groups(incident.pk),
        "offered": [] if incident.is_finished() else talking.offered(incident.pk, incident.department_ids),
        "conference_host": urlsplit(settings.CONFERENCE_URL).hostname or "",
    }
    return render(request, "incidents/_talk.html", context)


@require_POST
@allowed(permissions.TALK)
def ring(request: HttpRequest, number: str) -> HttpResponse:
    """Ring a contact: the page goes to an address that the desk's telephone takes."""
    incident = selectors.incident(request.actor, number)  # type: ignore[attr-defined]
    key, now = request.POST.get("contact", ""), timezone.now()
    address = services.call_contact(request.actor, incident_id=incident.pk, key=key, now=now)  # type: ignore[attr-defined]
    return done(_("Your telephone rings them."), go=address, incident=incident.pk)


@require_GET
@allowed(permissions.TALK)
def confer(request: HttpRequest, number: str) -> HttpResponse:
    """Into the incident's conference, on another server; going in is recorded."""
    incident = selectors.incident(request.actor, number)  # type: ignore[attr-defined]
    answer = HttpResponseRedirect(services.join_conference(request.actor, incident_id=incident.pk, now=timezone.now()))  # type: ignore[attr-defined]
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@require_POST
@allowed(permissions.TALK)
def give(request: HttpRequest, number: str) -> HttpResponse:
    """Give a talk group; it can be taken back."""
    incident = selectors.incident(request.actor, number)  # type: ignore[attr-defined]
    code = request.POST.get("talk_group", "")
    use = services.give_talk_group(request.actor, incident_id=incident.pk, code=code, now=timezone.now())  # type: ignore[attr-defined]
    sentence = _("%(number)s speaks on %(group)s.") % {"number": number, "group": called(use.group)}
    return done(sentence, undo={"url": reverse("talk_group_free", args=[use.pk])}, incident=incident.pk)


@require_POST
@allowed(permissions.TALK)
def free(request: HttpRequest, use_id: int) -> HttpResponse:
    """Free a talk group; it can be given again."""
    use = services.free_talk_group(request.actor, use_id=use_id, now=timezone.now())  # type: ignore[attr-defined]
    again = {"url": reverse("incident_talk_group", args=[use.incident.number]), "values": {"talk_group": use.group.code}}
    return done(_("%(group)s is free.") % {"group": called(use.group)}, undo=again, incident=use.incident_id)
