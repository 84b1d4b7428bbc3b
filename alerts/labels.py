"""How alarms and their rules are called in the timeline."""

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alerts.models import Alarm, AlarmRule, Escalation
from journal import labels

# Why somebody was not paged.
REASONS: dict[str, str | Promise] = {
    "INACTIVE": _("no longer with the city"),
    "ON_LEAVE": _("on leave"),
    "STOOD_IN": _("another stands in"),
    "RELIEVED": _("relieved already"),
    "NOT_ROSTERED": _("off duty"),
    "NOT_ALLOWED": _("may not know of it"),
    "POST_EMPTY": _("nobody is on duty there"),
}


def named(name: str, name_en: str) -> str:
    """A name in the reader's language."""
    return name_en if name_en and (get_language() or "").startswith("en") else name


def _alarms(ids: list[str]) -> dict[str, str]:
    rows = Alarm.objects.filter(pk__in=ids).values_list("pk", "rule__name", "rule__name_en", "unit__code", "incident__number")
    return {str(pk): " · ".join(part for part in (named(name, name_en), unit or number) if part) for pk, name, name_en, unit, number in rows}


def _rules(ids: list[str]) -> dict[str, str]:
    rows = AlarmRule.objects.filter(pk__in=ids).values_list("pk", "name", "name_en")
    return {str(pk): named(name, name_en) for pk, name, name_en in rows}


def about(run: Escalation) -> str:
    """What a call to a post is about, in the reader's language where an emergency calls it; of an alarm, what its rule is called."""
    if run.alarm is not None:
        return named(run.alarm.rule.name, run.alarm.rule.name_en)
    if run.called is None:
        return run.words
    return str(_("Emergency, response level %(level)s: %(reason)s")) % {"level": run.called.get_level_display(), "reason": run.words}


def _escalations(ids: list[str]) -> dict[str, str]:
    rows = Escalation.objects.filter(pk__in=ids).select_related("called").only("alarm_id", "words", "called__level")
    found = {str(run.pk): (str(run.alarm_id), "") if run.alarm_id is not None else ("", about(run)) for run in rows}
    alarms = _alarms([alarm for alarm, _words in found.values() if alarm])
    return {pk: alarms.get(alarm, "") or words for pk, (alarm, words) in found.items()}


def register() -> None:
    """Tell the journal how to name this room's subjects."""
    labels.register("alarm", _alarms)
    labels.register("alarmrule", _rules)
    labels.register("escalation", _escalations)
    labels.register("off_duty", lambda codes: {code: str(REASONS.get(code, code)) for code in codes})
