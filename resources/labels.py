"""How units and stations are called in the timeline."""

from django.utils.translation import get_language

from journal import labels
from resources.models import Capability, Geofence, Post, Station, Unit
from resources.models.duty import EMERGENCY_LEVELS


def _units(ids: list[str]) -> dict[str, str]:
    return {str(pk): code for pk, code in Unit.objects.filter(pk__in=ids).values_list("pk", "code")}


def _stations(ids: list[str]) -> dict[str, str]:
    english = (get_language() or "").startswith("en")
    rows = Station.objects.filter(pk__in=ids).values_list("pk", "name", "name_en")
    return {str(pk): (name_en or name) if english else name for pk, name, name_en in rows}


def _geofences(ids: list[str]) -> dict[str, str]:
    return {str(pk): name for pk, name in Geofence.objects.filter(pk__in=ids).values_list("pk", "name")}


def _capabilities(codes: list[str]) -> dict[str, str]:
    english = (get_language() or "").startswith("en")
    rows = Capability.objects.filter(code__in=codes).values_list("code", "name", "name_en")
    return {code: (name_en or name) if english else name for code, name, name_en in rows}


def _posts(ids: list[str]) -> dict[str, str]:
    english = (get_language() or "").startswith("en")
    rows = Post.objects.filter(pk__in=ids).values_list("pk", "name", "name_en")
    return {str(pk): (name_en or name) if english else name for pk, name, name_en in rows}


def register() -> None:
    """Tell the journal how to name this room's subjects."""
    labels.register("unit", _units)
    labels.register("station", _stations)
    labels.register("geofence", _geofences)
    labels.register("capability", _capabilities)
    labels.register("post", _posts)
    labels.register("emergency_level", lambda codes: {code: dict(EMERGENCY_LEVELS).get(int(code), code) for code in codes if code.isdigit()})
