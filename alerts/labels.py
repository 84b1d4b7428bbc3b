"""How alarms and their rules are called in the timeline."""

from django.utils.translation import get_language

from alerts.models import Alarm, AlarmRule
from journal import labels


def _named(name: str, name_en: str) -> str:
    return name_en if name_en and (get_language() or "").startswith("en") else name


def _alarms(ids: list[str]) -> dict[str, str]:
    rows = Alarm.objects.filter(pk__in=ids).values_list("pk", "rule__name", "rule__name_en", "unit__code", "incident__number")
    return {str(pk): " · ".join(part for part in (_named(name, name_en), unit or number) if part) for pk, name, name_en, unit, number in rows}


def _rules(ids: list[str]) -> dict[str, str]:
    rows = AlarmRule.objects.filter(pk__in=ids).values_list("pk", "name", "name_en")
    return {str(pk): _named(name, name_en) for pk, name, name_en in rows}


def register() -> None:
    """Tell the journal how to name this room's subjects."""
    labels.register("alarm", _alarms)
    labels.register("alarmrule", _rules)
