"""The actions of this room."""

from django.utils.translation import gettext_lazy as _

from access.roles import DESK, FIELD, ROOM, Role, declare

VIEW = declare("chat.view", _("Read the rooms one belongs to"), *ROOM, *FIELD, Role.AUDITOR)
POST = declare("chat.post", _("Write messages"), *ROOM, *FIELD)
OPEN_ROOM = declare("chat.open_room", _("Open rooms and invite people"), *ROOM, Role.LIAISON, Role.STATION_OFFICER)
PIN = declare("chat.pin", _("Pin messages"), *ROOM, Role.LIAISON, Role.STATION_OFFICER)
ORDER = declare("chat.order", _("Give orders"), *DESK)
MODERATE = declare("chat.moderate", _("Strike others' messages, close rooms, end invitations"), Role.SUPERVISOR, Role.COMMANDER)
EXPORT = declare("chat.export", _("Take a whole room out as a file"), Role.SUPERVISOR, Role.COMMANDER, Role.AUDITOR)
SHARE = declare("chat.share", _("Show a room to another department or region"), *DESK)
