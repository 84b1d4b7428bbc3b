"""The actions of this room. Seeing how long things took is `incidents.analyse`: it is about incidents."""

from django.utils.translation import gettext_lazy as _

from access.roles import FIELD, ROOM, Role, declare

VIEW_REPORTS = declare("insight.handover.view", _("Read hand-overs of watches"), *ROOM, *FIELD, Role.AUDITOR)
HAND_OVER = declare("insight.hand_over", _("Hand a watch over and take one over"), *ROOM, *FIELD)
SET_CLOCK = declare("insight.set_clock", _("Set the clocks that times are held against"), Role.ADMIN)
