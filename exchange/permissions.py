"""The actions of this room."""

from django.utils.translation import gettext_lazy as _

from access.roles import ROOM, Role, declare

REPORT_CALLER_LOCATION = declare("exchange.report_caller_location", _("Report where callers' phones are"), Role.INTEGRATOR)
VIEW_CALLER_LOCATION = declare("exchange.caller_location.view", _("See where a caller's phone is"), *ROOM)

REPORT_PHONE_CALL = declare("exchange.report_phone_call", _("Report the calls of a telephone exchange"), Role.INTEGRATOR)
VIEW_PHONE_CALLS = declare("exchange.phone_calls.view", _("See which telephone calls ring"), *ROOM, Role.AUDITOR)
CLAIM_PHONE_CALL = declare("exchange.claim_phone_call", _("Take telephone calls and call back"), Role.CALL_TAKER, Role.DISPATCHER, Role.SUPERVISOR)
VIEW_OVERFLOW = declare("exchange.overflow.view", _("Be told of telephone calls that nobody takes"), Role.SUPERVISOR)
