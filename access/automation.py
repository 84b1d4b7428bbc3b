"""What works by itself, as people read of it in a timeline: the names that `Actor.system` is given, in the reader's language."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NAMES: dict[str, str | Promise] = {
    "areas": _("Watch over areas"),
    "callers": _("Caller locations"),
    "calls": _("Call desk"),
    "chat": _("Rooms and messages"),
    "clock": _("By the clock"),
    "contact": _("Watch over contact"),
    "dispatch": _("Dispatching"),
    "exports": _("Exports"),
    "feedback": _("Answers to reporters"),
    "files": _("File check"),
    "geocoder": _("Outside geocoder"),
    "help": _("Calls for help"),
    "intervals": _("Analysis"),
    "mail": _("Mail"),
    "paging": _("Paging"),
    "pins": _("Check of places"),
    "push": _("Messages to closed tablets"),
    "telephony": _("Telephone exchange"),
    "watch": _("The watch"),
    "demo crews": _("Demo crews"),
    "demo_city": _("Set-up of the demo city"),
    "demo-replay": _("Played day"),
    "cad-import": _("Import of a dispatch system"),
    "cad-replay": _("Played records of a dispatch system"),
    "build_basemap": _("Set-up of the map"),
    "build_routes": _("Set-up of the roads"),
    "load_hazards": _("Import of hazards"),
    "load_places": _("Import of places"),
    "load_regions": _("Import of regions"),
    "set-up": _("Set-up"),
    "issue_token": _("Set-up"),
}


def called(name: str) -> str:
    """What an automation is called; one that is not known here, by its own name."""
    return str(NAMES.get(name, name))


def label(ids: Iterable[str]) -> dict[str, str]:
    """The names of automations, as the journal asks for them."""
    return {each: called(each) for each in ids}
