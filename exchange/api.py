"""REST: networks and location servers tell where a caller's phone is. Translates; every rule is in `services`."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from access.rest.fields import At, Text
from access.rest.shapes import Shape
from access.rest.throttles import CallerThrottle, caller
from access.rest.views import Answer, ApiView, Call, operation
from exchange import selectors, services
from exchange.caller_location import aml, held
from exchange.services import Wire
from kit.errors import Refused
from resources.positions.limits import Limit

MOST_BYTES = 130_000  # a PIDF-LO document of 64,000 bytes, escaped for JSON
LIMIT = Limit(rate=20, burst=200)


class TooLong(Refused):
    code = "too_long"
    status = 413
    says = _("A location message has at most %(most)s bytes.")


class NewCallerLocation(Shape):
    """A location message as it came, and the number that it came with: `aml` or `held`, never both."""

    number = Text(max_length=60, help_text="The caller's number. It is not kept: a keyed hash of it is.")
    aml = Text(required=False, max_length=aml.LONGEST, trim_whitespace=False, help_text="The text of an AML SMS (ETSI TS 103 625).")
    held = Text(required=False, max_length=held.MOST_BYTES, trim_whitespace=False, help_text="A HELD answer or PIDF-LO, as XML.")

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if ("aml" in data) == ("held" in data):
            raise serializers.ValidationError({"aml": _("Give either an AML text or a HELD document.")})
        return data


class CallerLocationReceipt(serializers.Serializer[Any]):
    """What became of it; nothing of the caller is told back."""

    is_kept = serializers.BooleanField(help_text="False when the phone knew no place, or knew it too long ago.")
    forgotten_at = At(allow_null=True, help_text="When it will be forgotten.")


class TokenThrottle(BaseThrottle):
    """200 messages at once and 20 a second on average, for each token."""

    def allow_request(self, request: Request, view: Any) -> bool:
        return LIMIT.take(caller(request))

    def wait(self) -> float:
        return 10.0


class CallerLocationsView(ApiView):
    """Where callers' phones are."""

    throttle_classes = (CallerThrottle, TokenThrottle)
    tag = "caller locations"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            raise TooLong(most=MOST_BYTES)

    @operation(takes=NewCallerLocation, gives=CallerLocationReceipt, status=201, also=(200,), refusals=(403, 413, 422, 429), is_private=True)
    def post(self, call: Call) -> Any:
        """Tell where a caller's phone is. The same message again changes nothing."""
        wire = Wire.AML if "aml" in call.body else Wire.HELD
        row = services.record_caller_location(call.actor, number=call.body["number"], wire=wire, text=call.body[wire.lower()], now=call.now)
        if row is None:
            return Answer({"is_kept": False, "forgotten_at": None}, status=200)
        return {"is_kept": True, "forgotten_at": row.received_at + selectors.kept_for()}
