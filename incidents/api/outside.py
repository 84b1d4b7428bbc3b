"""Situation reports for people outside."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from access import policy
from access.rest.views import Answer, ApiView, Call, operation
from incidents import permissions, selectors, services
from incidents.shapes import outside


class HandoutsView(ApiView):
    """Situation reports given to people outside."""

    tag = "sharing"

    @operation(gives=outside.HandoutRow, many=True, is_private=True)
    def get(self, call: Call, number: str) -> Any:
        """Who outside was given the report, the newest first, and how often each was opened."""
        incident = selectors.incident(call.actor, number)
        policy.require(call.actor, permissions.HAND_OUT, incident)
        return selectors.handouts(incident)

    @operation(takes=outside.NewHandout, gives=outside.HandedOut, status=201, is_private=True)
    def post(self, call: Call, number: str) -> Any:
        """Give it to somebody outside by a link that ends; with an address it is mailed and the link is not answered."""
        made, secret = services.hand_out(call.actor, incident_id=selectors.id_of(call.actor, number), now=call.now, **call.body)
        link = None if made.email else settings.PUBLIC_URL.rstrip("/") + reverse("outside", args=[secret])
        return Answer({"handout": made, "link": link})


class EndHandoutView(ApiView):
    """A report taken back."""

    tag = "sharing"

    @operation(gives=outside.HandoutRow, is_private=True)
    def post(self, call: Call, id: int) -> Any:
        """Take a report back: its link opens nothing any more."""
        return services.end_handout(call.actor, handout_id=id, now=call.now)


class MailAgainView(ApiView):
    """A mail that did not go, once more."""

    tag = "sharing"

    @operation(gives=outside.HandoutRow, is_private=True)
    def post(self, call: Call, id: int) -> Any:
        """Mail a report once more that could not be mailed. One that is on its way, was mailed or is over stays as it is."""
        return services.retry_handout_mail(call.actor, handout_id=id, now=call.now)
