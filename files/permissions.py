"""The actions of this room. Who may open a file is asked of the room that adopted it."""

from django.utils.translation import gettext_lazy as _

from access.roles import FIELD, ROOM, Role, declare

HAND_IN = declare("files.hand_in", _("Hand in pictures, videos, voice and documents"), *ROOM, *FIELD, Role.INTEGRATOR)
