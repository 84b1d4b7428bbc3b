"""How people, departments and regions are called in the timeline."""

from django.utils.translation import get_language

from access.models import Department, Region, User
from journal import labels


def _names(model: type[Department] | type[Region], ids: list[str]) -> dict[str, str]:
    english = (get_language() or "").startswith("en")
    rows = model.objects.filter(pk__in=ids).values_list("pk", "name", "name_en")
    return {str(pk): (name_en or name) if english else name for pk, name, name_en in rows}


def _people(ids: list[str]) -> dict[str, str]:
    return {str(user.pk): str(user) for user in User.objects.filter(pk__in=ids)}


def register() -> None:
    """Tell the journal how to name this room's subjects."""
    labels.register("user", _people)
    labels.register("department", lambda ids: _names(Department, ids))
    labels.register("region", lambda ids: _names(Region, ids))
