"""Who else has an incident open, and who is changing it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from access import policy
from access import selectors as access
from access.faces import allowed
from incidents import permissions, selectors
from live import services as live


@require_POST
@allowed(permissions.VIEW)
def here(request: HttpRequest, number: str) -> HttpResponse:
    """I look at it, edit it, or leave it (`doing`); the others who are there, by name."""
    actor = request.actor  # type: ignore[attr-defined]
    incident = selectors.incident(actor, number)
    scopes = policy.audience(permissions.VIEW, incident)
    there = live.be_present(actor.user_id, about=f"incident:{incident.pk}", doing=request.POST.get("doing", ""), scopes=scopes)
    if there is None:
        return HttpResponse(status=204)  # the page keeps what it shows and asks again soon
    others = [each for each in there if each.user_id != actor.user_id]
    names = access.names_of({each.user_id for each in others})
    context = {"others": [(names[each.user_id], each.is_editing) for each in others if each.user_id in names]}
    return render(request, "incidents/_here.html", context)
