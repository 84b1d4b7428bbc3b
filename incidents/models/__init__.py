"""Tables of the room, by subject."""

from incidents.models.aid import AidRequest, Neighbour
from incidents.models.assignments import Assignment
from incidents.models.calls import DeskCall, DeskWish, WeakPin
from incidents.models.cards import GreaterAlarm, RunCard, RunCardLine, Weighing
from incidents.models.feedback import ReporterAttempt, ReporterMessage
from incidents.models.handouts import Enclosure, Handout
from incidents.models.hazards import Hazard
from incidents.models.help_calls import HelpCall
from incidents.models.incidents import Incident
from incidents.models.intake import KeyQuestion, TypeRule
from incidents.models.modes import CityMode
from incidents.models.plans import Plan, PlanActivation, PlanItem
from incidents.models.radio import TalkGroupUse
from incidents.models.reference import DayNumber, Disposition, IncidentType
from incidents.models.reports import Report
from incidents.models.work import Attachment, Note, Task

__all__ = [
    "AidRequest",
    "Assignment",
    "Attachment",
    "CityMode",
    "DayNumber",
    "DeskCall",
    "DeskWish",
    "Disposition",
    "Enclosure",
    "GreaterAlarm",
    "Handout",
    "Hazard",
    "HelpCall",
    "Incident",
    "IncidentType",
    "KeyQuestion",
    "Neighbour",
    "Note",
    "Plan",
    "PlanActivation",
    "PlanItem",
    "Report",
    "ReporterAttempt",
    "ReporterMessage",
    "RunCard",
    "RunCardLine",
    "TalkGroupUse",
    "Task",
    "TypeRule",
    "WeakPin",
    "Weighing",
]
