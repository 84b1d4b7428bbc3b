"""The actions of this room."""

from django.utils.translation import gettext_lazy as _

from access.roles import DESK, FIELD, MACHINES, ROOM, Role, declare

VIEW = declare("incidents.view", _("See incidents"), *ROOM, *FIELD, *MACHINES, Role.AUDITOR)
SEE_CALLER = declare("incidents.see_caller", _("See who called and from which number"), *ROOM, Role.LIAISON)
REPORT = declare("incidents.report", _("Take a report"), *ROOM, Role.LIAISON, *MACHINES)
VIEW_CALLS = declare("incidents.calls.view", _("See and take over calls parked at other desks"), *ROOM)
EDIT = declare("incidents.edit", _("Edit an incident"), *ROOM, Role.IMPORTER)
TRIAGE = declare("incidents.triage", _("Triage and validate"), *ROOM, Role.IMPORTER)
DISPATCH = declare("incidents.dispatch", _("Send and recall units"), *DESK, Role.IMPORTER)
ADVANCE = declare("incidents.advance", _("Report the progress of an assignment"), *DESK, Role.CREW, Role.STATION_OFFICER, Role.IMPORTER)
CONTROL = declare("incidents.control", _("Declare an incident under control"), Role.SUPERVISOR, Role.COMMANDER, Role.DISPATCHER, Role.CREW)
RESOLVE = declare("incidents.resolve", _("Declare an incident resolved"), *DESK, Role.CREW, Role.LIAISON)
VERIFY = declare("incidents.verify", _("Verify a resolved incident"), *ROOM, Role.LIAISON)
CLOSE = declare("incidents.close", _("Close and reopen"), *DESK, Role.IMPORTER)
HOLD = declare("incidents.hold", _("Put on hold, return, transfer or cancel"), *DESK)
MERGE = declare("incidents.merge", _("Merge, separate and group incidents"), *ROOM)
SET_LEVEL = declare("incidents.set_level", _("Raise an emergency and set the response level"), Role.SUPERVISOR, Role.COMMANDER)
TASK = declare("incidents.task", _("Give tasks"), *DESK)
ANSWER_TASK = declare("incidents.answer_task", _("Take and finish tasks"), *DESK, Role.CREW, Role.LIAISON, Role.STATION_OFFICER)
NOTE = declare("incidents.note", _("Write notes and attach files"), *ROOM, *FIELD)
BACKDATE = declare("incidents.backdate", _("Report times long past"), Role.IMPORTER)
IMPORT = declare("incidents.import", _("Import the history of another system"), Role.IMPORTER, Role.ADMIN)
ANALYSE = declare("incidents.analyse", _("See how long things took"), *DESK, Role.AUDITOR, Role.STATION_OFFICER)
MANAGE_TYPES = declare("incidents.manage_types", _("Edit types and dispositions of incidents"), Role.ADMIN)
STRIKE_ALARM = declare("incidents.strike_alarm", _("Strike a greater alarm"), *DESK)
MANAGE_CARDS = declare("incidents.manage_cards", _("Edit run cards, neighbours and how units are weighed"), Role.ADMIN)
VIEW_AID = declare("incidents.view_aid", _("See requests for mutual aid"), *ROOM, Role.LIAISON, Role.STATION_OFFICER, Role.AUDITOR)
REQUEST_AID = declare("incidents.request_aid", _("Ask neighbours for help"), *DESK)
ANSWER_AID = declare("incidents.answer_aid", _("Answer requests for help"), *DESK, Role.LIAISON, Role.STATION_OFFICER)
