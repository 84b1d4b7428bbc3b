"""The actions of this room. Seeing how long things took is `incidents.analyse`: it is about incidents."""

from django.utils.translation import gettext_lazy as _

from access.roles import Role, declare

SET_CLOCK = declare("insight.set_clock", _("Set the clocks that times are held against"), Role.ADMIN)
