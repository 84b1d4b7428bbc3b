"""REST for the switch on the tablet: what is offered, tell this browser, tell it no longer."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from access import policy
from access.rest.views import Answer, ApiView, Call, operation
from incidents.permissions import ANSWER_TASK
from push import sealing, selectors, services, shapes
from push.models import Subscription
from push.services.subscribing import Browser


class PushView(ApiView):
    """Being told while the tablet's page is closed."""

    tag = "field"

    @operation(gives=shapes.OfferRow, query=shapes.WhichBrowser, also=(304,))
    def get(self, call: Call) -> Any:
        """Whether closed tablets are told in this city, the key to subscribe with, and whether this browser is told."""
        policy.require(call.actor, ANSWER_TASK, None)
        return {"key": sealing.public_key(), "is_told": selectors.is_told(call.actor, call.query.get("id"))}

    @operation(takes=shapes.NewSubscription, gives=shapes.SubscriptionRow, status=201, is_private=True, refusals=(400, 404))
    def post(self, call: Call) -> Any:
        """Tell this browser of its person's work, until it signs out. Said again, it brings the unit up to date. A browser's session only."""
        unit_id = call.body.pop("unit", None)
        session_key = call.request._request.session.session_key if call.request.auth is None else ""
        browser = Browser(**call.body, session_key=session_key or "")
        made = services.subscribe(call.actor, browser=browser, unit_id=unit_id, now=call.now)
        return Answer(made, location=reverse("api:field-push-end", args=[made.key]))


class PushEndView(ApiView):
    """One browser that is told."""

    tag = "field"

    @operation(status=204, refusals=(404,))
    def delete(self, call: Call, push_key: UUID) -> Any:
        """Tell this browser of yours no longer. Again changes nothing."""
        policy.require(call.actor, ANSWER_TASK, None)
        services.unsubscribe(call.actor, key=push_key, why=Subscription.Ended.SWITCHED_OFF, now=call.now)
        return HttpResponse(status=204)
