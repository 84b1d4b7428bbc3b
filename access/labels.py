"""How people, departments and regions are called in the timeline."""

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access import automation
from access.models import BrokenGlass, Department, Region, Share, User
from access.sharing import kinds
from journal import labels


def _names(model: type[Department] | type[Region], ids: list[str]) -> dict[str, str]:
    english = (get_language() or "").startswith("en")
    rows = model.objects.filter(pk__in=ids).values_list("pk", "name", "name_en")
    return {str(pk): (name_en or name) if english else name for pk, name, name_en in rows}


def _people(ids: list[str]) -> dict[str, str]:
    return {str(user.pk): str(user) for user in User.objects.filter(pk__in=ids)}


def _shares(ids: list[str]) -> dict[str, str]:
    rows = Share.objects.filter(pk__in=ids).select_related("department", "region", "person").defer("region__geometry")
    return {str(row.pk): _share(row) for row in rows}


def _share(row: Share) -> str:
    english = (get_language() or "").startswith("en")
    names = [(each.name_en or each.name) if english else each.name for each in (row.department, row.region) if each is not None]
    whom = str(row.person) if row.person is not None else " · ".join(names)
    until = f"{timezone.localtime(row.until):%m-%d %H:%M}"
    return _("%(whom)s (%(level)s, until %(until)s)") % {"whom": whom, "level": kinds.level_label(row.kind, row.level), "until": until}


def register() -> None:
    """Tell the journal how to name this room's subjects."""
    labels.register("user", _people)
    labels.register(labels.AUTOMATION, automation.label)
    labels.register("department", lambda ids: _names(Department, ids))
    labels.register("region", lambda ids: _names(Region, ids))
    labels.register("share", _shares)
    labels.register("share_ended", lambda codes: {code: str(label) for code, label in Share.Ended.choices if code in codes})
    labels.register("glass_finding", lambda codes: {code: str(label) for code, label in BrokenGlass.Finding.choices if code in codes})
