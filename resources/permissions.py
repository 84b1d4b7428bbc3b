"""The actions of this room."""

from django.utils.translation import gettext_lazy as _

from access.roles import DESK, FIELD, MACHINES, ROOM, Role, declare

VIEW = declare("resources.view", _("See units and stations"), *ROOM, *FIELD, *MACHINES, Role.AUDITOR, Role.ADMIN, Role.WALL)
SET_STATUS = declare("resources.set_status", _("Change the state of a unit"), *DESK, Role.CREW, Role.STATION_OFFICER, Role.IMPORTER)
REPORT_POSITION = declare("resources.report_position", _("Report positions of units"), Role.CREW, Role.DEVICE, *MACHINES)
VIEW_TRACK = declare("resources.view_track", _("See where a unit was"), *DESK, Role.AUDITOR)
MANAGE = declare("resources.manage", _("Add and change units and stations"), Role.ADMIN, Role.IMPORTER)
VIEW_ROSTER = declare("resources.roster.view", _("See who is on duty"), *ROOM, *FIELD, Role.AUDITOR, Role.ADMIN)
MANAGE_ROSTER = declare(
    "resources.manage_roster", _("Keep the roster: duties, stand-ins, leave"), Role.SUPERVISOR, Role.COMMANDER, Role.STATION_OFFICER, Role.ADMIN
)
CALL_POSTS = declare("resources.call_posts", _("Call posts to duty in an emergency, and stand them down"), Role.SUPERVISOR, Role.COMMANDER)
SHARE_AREA = declare("resources.share_area", _("Show a watched area to another department or region"), *DESK)
MANAGE_POSTS = declare("resources.manage_posts", _("Edit posts and shifts"), Role.ADMIN)
