"""How incidents, steps and states are called in the timeline."""

from collections.abc import Callable

from django.db.models import Model, TextChoices
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access.models import Department, User
from incidents.models import DeskCall, Disposition, Handout, HelpCall, Incident, IncidentType, Neighbour, Plan, WeakPin
from incidents.models.aid import AidState
from incidents.models.assignments import Step
from incidents.models.calls import DiscardReason
from incidents.models.feedback import Occasion
from incidents.models.work import TaskState
from journal import labels
from resources.models import Station, TalkGroup, Unit


def _incidents(ids: list[str]) -> dict[str, str]:
    return {str(pk): number for pk, number in Incident.objects.filter(pk__in=ids).values_list("pk", "number")}


def _calls(ids: list[str]) -> dict[str, str]:
    rows = DeskCall.objects.filter(pk__in=ids).values_list("pk", "began_at")
    return {str(pk): _("the call of %(time)s") % {"time": f"{timezone.localtime(began_at):%H:%M:%S}"} for pk, began_at in rows}


def _help_calls(ids: list[str]) -> dict[str, str]:
    return {str(pk): caller for pk, caller in HelpCall.objects.filter(pk__in=ids).values_list("pk", "caller")}


def _handouts(ids: list[str]) -> dict[str, str]:
    return {str(pk): recipient for pk, recipient in Handout.objects.filter(pk__in=ids).values_list("pk", "recipient")}


def _dispositions(codes: list[str]) -> dict[str, str]:
    english = (get_language() or "").startswith("en")
    rows = Disposition.objects.filter(code__in=codes).values_list("code", "name", "name_en")
    return {code: (name_en or name) if english else name for code, name, name_en in rows}


def _types(codes: list[str]) -> dict[str, str]:
    english = (get_language() or "").startswith("en")
    rows = IncidentType.objects.filter(code__in=codes).values_list("code", "name", "name_en")
    return {code: (name_en or name) if english else name for code, name, name_en in rows}


def _neighbours(ids: list[str]) -> dict[str, str]:
    english = (get_language() or "").startswith("en")
    rows = Neighbour.objects.filter(pk__in=ids).values_list("pk", "name", "name_en")
    return {str(pk): (name_en or name) if english else name for pk, name, name_en in rows}


def _plans(ids: list[str]) -> dict[str, str]:
    english = (get_language() or "").startswith("en")
    rows = Plan.objects.filter(pk__in=ids).values_list("pk", "name", "name_en")
    return {str(pk): (name_en or name) if english else name for pk, name, name_en in rows}


def _answer_tellers(codes: list[str]) -> dict[str, str]:
    said = {"EXCHANGE": _("as the exchange told"), "DESK": _("when the desk took it")}
    return {code: said[code] for code in codes if code in said}


def _talk_groups(ids: list[str]) -> dict[str, str]:
    english = (get_language() or "").startswith("en")
    rows = TalkGroup.objects.filter(pk__in=ids).values_list("pk", "name", "name_en")
    return {str(pk): (name_en or name) if english else name for pk, name, name_en in rows}


def _contacts(keys: list[str]) -> dict[str, str]:
    tables: dict[str, type[Model]] = {"department": Department, "person": User, "station": Station}
    found: dict[str, str] = {}
    for kind, table in tables.items():
        ids = [key.partition(":")[2] for key in keys if key.startswith(f"{kind}:")]
        found |= {f"{kind}:{row.pk}": str(row) for row in table._default_manager.filter(pk__in=ids)}
    return found


def _choices(choices: type[TextChoices]) -> Callable[[list[str]], dict[str, str]]:
    return lambda ids: {value: str(label) for value, label in choices.choices if value in ids}


def register() -> None:
    """Tell the journal how to name this room's subjects and codes."""
    labels.register("incident", _incidents)
    labels.register("deskcall", _calls)
    labels.register("handout", _handouts)
    labels.register("helpcall", _help_calls)
    labels.register("answer_teller", _answer_tellers)
    labels.register("discard", _choices(DiscardReason))
    labels.register("disposition", _dispositions)
    labels.register("occasion", _choices(Occasion))
    labels.register("pin_outcome", _choices(WeakPin.Outcome))
    labels.register("incidenttype", _types)
    labels.register("contact", _contacts)
    labels.register("talkgroup", _talk_groups)
    labels.register("neighbour", _neighbours)
    labels.register("plan", _plans)
    labels.register("aid_state", _choices(AidState))
    labels.register("step", _choices(Step))
    labels.register("task_state", _choices(TaskState))
    labels.register("activity", _choices(Unit.Activity))
