"""The actions of this room."""

from django.utils.translation import gettext_lazy as _

from access.roles import DESK, ROOM, Role, declare

VIEW = declare("alerts.view", _("See alarms"), *ROOM, Role.AUDITOR, Role.WALL)
ACKNOWLEDGE = declare("alerts.acknowledge", _("Acknowledge alarms"), *DESK)
SHELVE = declare("alerts.shelve", _("Shelve alarms for a time"), *DESK)
SHELVE_GRAVEST = declare("alerts.shelve_gravest", _("Shelve alarms of level 1"), Role.SUPERVISOR, Role.COMMANDER)
CHECK_WELFARE = declare("alerts.check_welfare", _("Note that a crew on scene is well"), *DESK, Role.CREW, Role.STATION_OFFICER)
MANAGE_RULES = declare("alerts.manage_rules", _("Edit and rehearse alarm rules"), Role.ADMIN)
PAGE = declare("alerts.page", _("Page those on duty at a post"), *DESK)
MANAGE_CHAINS = declare("alerts.manage_chains", _("Edit escalation chains"), Role.ADMIN)
