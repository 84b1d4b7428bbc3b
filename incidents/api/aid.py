"""Mutual aid and run cards."""

from typing import Any

from django.urls import reverse

from access.rest.views import Answer, ApiView, Call, operation
from incidents import aid, selectors, services
from incidents.shapes import helping


def _row(row: Any, **options: Any) -> Answer:
    return Answer(row, version=row.version, **options)


class IncidentAidView(ApiView):
    """Help asked for an incident."""

    tag = "mutual aid"

    @operation(gives=helping.AidRow, many=True, is_private=True)
    def get(self, call: Call, number: str) -> Any:
        """What was asked of neighbours, in the order it was."""
        return aid.requests_of(call.actor, selectors.incident(call.actor, number))

    @operation(takes=helping.AskAid, gives=helping.AidRow, status=201, is_versioned=True)
    def post(self, call: Call, number: str) -> Any:
        """Ask a neighbour for units. It sees the request and its place, not the incident."""
        row = services.request_aid(call.actor, incident_id=selectors.id_of(call.actor, number), **call.body, now=call.now)
        return _row(aid.request(call.actor, row.pk), location=reverse("api:aid-request", args=[row.pk]))


class AidRequestsView(ApiView):
    """Requests for mutual aid."""

    tag = "mutual aid"

    @operation(gives=helping.AidRow, many=True, query=helping.AidFilter, is_private=True)
    def get(self, call: Call) -> Any:
        """The requests that you may see, of your own department or region and for its incidents, newest first."""
        return list(aid.requests_for(call.actor, with_ended=call.query["ended"])[: call.query["limit"]])


class AidRequestView(ApiView):
    """One request."""

    tag = "mutual aid"

    @operation(gives=helping.AidRow, is_versioned=True, also=(304,))
    def get(self, call: Call, id: int) -> Any:
        """One request with its answer."""
        return _row(aid.request(call.actor, id))


class AdvanceAidView(ApiView):
    """What becomes of a request."""

    tag = "mutual aid"

    @operation(takes=helping.AnswerAid, gives=helping.AidRow, is_versioned=True)
    def post(self, call: Call, id: int) -> Any:
        """Commit, decline, set out, arrive, go home; those who asked release and withdraw."""
        services.advance_aid(call.actor, request_id=id, **call.body, now=call.now)
        return _row(aid.request(call.actor, id))


class RunCardsView(ApiView):
    """Run cards."""

    tag = "reference"

    @operation(gives=helping.CardRow, many=True, also=(304,))
    def get(self, call: Call) -> Any:
        """The cards in force, by type and alarm."""
        return list(selectors.cards_in_force())
