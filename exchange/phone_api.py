"""REST: a telephone exchange tells what happens to its calls, in messages signed as Standard Webhooks says."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from access.rest.fields import At, Text
from access.rest.shapes import Shape
from access.rest.throttles import CallerThrottle, caller
from access.rest.views import Answer, ApiView, Call, operation
from exchange import services
from exchange.telephony.events import CallEvent, Kind
from exchange.telephony.signing import Signed
from kit.errors import Refused
from resources.positions.limits import Limit

MOST_BYTES = 4_000
LIMIT = Limit(rate=50, burst=500)


class TooLong(Refused):
    code = "too_long"
    status = 413
    says = _("An event of a call has at most %(most)s bytes.")


class NewPhoneCallEvent(Shape):
    """What happened to one call of a telephone exchange. The headers `webhook-id`, `webhook-timestamp` and `webhook-signature` sign it."""

    system = Text(max_length=40, help_text="The exchange's name, always the same.")
    call = Text(max_length=120, help_text="The exchange's own name for the call: the same in all events of one call.")
    event = serializers.ChoiceField(choices=[kind.value for kind in Kind], help_text="What happened; `abandoned`: hung up before an answer.")
    at = At(help_text="When it happened, by the exchange's clock.")
    number = Text(required=False, allow_blank=True, max_length=60, help_text="Who calls; left out or empty where it is withheld.")
    line = Text(required=False, allow_blank=True, max_length=40, help_text="What was dialled, for example 119.")


class PhoneCallReceipt(serializers.Serializer[Any]):
    """What became of it; nothing of the caller is told back."""

    is_new = serializers.BooleanField(help_text="False when the same was told before.")
    state = serializers.CharField(help_text="How the call stands now; empty when nothing is known of it.")


class PhoneThrottle(BaseThrottle):
    """500 events at once and 50 a second on average, for each token."""

    def allow_request(self, request: Request, view: Any) -> bool:
        return LIMIT.take(caller(request))

    def wait(self) -> float:
        return 10.0


class PhoneCallEventsView(ApiView):
    """Calls of telephone exchanges."""

    throttle_classes = (CallerThrottle, PhoneThrottle)
    tag = "telephony"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            raise TooLong(most=MOST_BYTES)

    @operation(takes=NewPhoneCallEvent, gives=PhoneCallReceipt, status=201, also=(200,), refusals=(403, 409, 413, 422, 429), is_private=True)
    def post(self, call: Call) -> Any:
        """Tell what happened to a call. The same message again changes nothing; events may come late and in any order."""
        headers, body = call.request.headers, call.body
        message = Signed(
            id=headers.get("webhook-id", ""),
            timestamp=headers.get("webhook-timestamp", ""),
            signature=headers.get("webhook-signature", ""),
            body=call.request._request.body,
        )
        event = CallEvent(body["system"], body["call"], Kind(body["event"]), body["at"], body.get("number", ""), body.get("line", ""))
        row, is_new = services.take_phone_message(call.actor, message=message, event=event, now=call.now)
        return Answer({"is_new": is_new, "state": row.state if row else ""}, status=201 if is_new else 200)
