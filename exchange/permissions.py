"""The actions of this room."""

from django.utils.translation import gettext_lazy as _

from access.roles import ROOM, Role, declare

REPORT_CALLER_LOCATION = declare("exchange.report_caller_location", _("Report where callers' phones are"), Role.INTEGRATOR)
VIEW_CALLER_LOCATION = declare("exchange.caller_location.view", _("See where a caller's phone is"), *ROOM)
