"""What a watch hands over, put together from what stands and from what happened, for one person's eyes and with ids, codes and times.

Names that a reader needs stand in it in both languages: a report is kept as it was written, whatever things are called later. It holds no
caller, no number of one and none of the caller's words.
"""

import hashlib
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.utils import translation

from access import selectors as access
from access.actors import Actor
from alerts import conditions
from alerts import selectors as alerts
from alerts.models import Alarm, AlarmRule, State
from incidents import desk, modes, plans
from incidents import selectors as incidents
from incidents.models import Incident
from journal import selectors as journal
from resources import selectors as resources
from resources.models import Duty, Unit

MOST = 200
MOST_PLANS = 40
MOST_ENTRIES = 2_000
GAPS_AHEAD = timedelta(hours=24)
# What a coming watch wants to read one by one; everything else that happened is counted.
TOLD = (
    "access.glass_broken",
    "alerts.alarm_escalated",
    "alerts.chain_exhausted",
    "alerts.page_answered",
    "alerts.page_withheld",
    "alerts.post_empty",
    "incidents.aid_requested",
    "incidents.alarm_struck",
    "incidents.emergency_raised",
    "incidents.incident_held",
    "incidents.incident_returned",
    "incidents.incident_transferred",
    "incidents.mode_ended",
    "incidents.mode_switched",
    "incidents.plan_activated",
    "incidents.plan_stood_down",
    "incidents.response_level_set",
    "resources.post_taken_over",
    "resources.stand_in_named",
    "resources.unit_in_distress",
)
COUNTED = (
    "incidents.incident_opened",
    "incidents.unit_dispatched",
    "incidents.incident_closed",
    "alerts.alarm_raised",
    "incidents.incident_reopened",
)

Content = dict[str, Any]


def watch_report(actor: Actor, *, duty: Duty, now: datetime) -> Content:
    """All that the holder of a duty hands over, as the holder may see it; lists are bounded and say how many they leave out."""
    seen = list(incidents.open_incidents(actor)[: MOST + 1])
    since = min(duty.came_at or duty.starts_at, duty.starts_at)
    return {
        "version": 1,
        "since": since.isoformat(),
        "until": now.isoformat(),
        "incidents": _incidents(actor, seen),
        "overdue": _overdue(actor, now),
        "alarms": _alarms(actor),
        "units": _units(actor),
        "calls": _calls(actor),
        "plans": _plans(actor, now),
        "modes": [_mode(mode) for mode in modes.in_force()],
        "gaps": _gaps(actor, now),
        "events": _events(actor, since, now),
    }


def digest_of(content: Content, words: str) -> str:
    """One short text for all that a report says: the same only for the same."""
    return hashlib.sha256(orjson.dumps({"content": content, "words": words}, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _named(thing: Any) -> dict[str, str]:
    return {"name": thing.name, "name_en": thing.name_en or thing.name} if thing is not None else {"name": "", "name_en": ""}


def _bounded(rows: list[Content], *, more: int = 0) -> Content:
    return {"rows": rows[:MOST], "more": max(more, len(rows) - MOST, 0)}


def _incidents(actor: Actor, seen: list[Incident]) -> Content:
    whole = incidents.open_incidents(actor)
    levels = Counter(whole.values_list("severity", flat=True))
    rows = [
        {
            "number": each.number,
            **_named(each.type),
            "severity": each.severity,
            "state": each.state,  # type: ignore[attr-defined]
            "address": each.address,
            "since": each.call_received_at.isoformat(),
            "response_level": each.response_level,
        }
        for each in seen
    ]
    total = sum(levels.values())
    return {"total": total, "levels": [[level, levels.get(level, 0)] for level in (1, 2, 3, 4)], **_bounded(rows, more=total - MOST)}


def _overdue(actor: Actor, now: datetime) -> Content:
    """Clocks that have run out for incidents and units of the reader's, the gravest and oldest first."""
    rules = conditions.rules_in_force()
    found = [each for each in conditions.look(rules, now=now).standing.values() if each.due_at <= now]
    numbers = dict(incidents.open_incidents(actor).order_by().values_list("pk", "number"))
    codes = dict(resources.units(actor).order_by().values_list("pk", "code"))
    mine = [each for each in found if each.incident_id in numbers or (each.incident_id is None and each.unit_id in codes)]
    names = AlarmRule.objects.in_bulk([rule.id for rule in rules])
    rows = [
        {
            **_named(names.get(each.rule.id)),
            "level": each.rule.level,
            "number": numbers.get(each.incident_id or 0, ""),
            "unit": codes.get(each.unit_id or 0, ""),
            "due_at": each.due_at.isoformat(),
        }
        for each in sorted(mine, key=lambda one: (one.rule.level, one.due_at, one.subject))
    ]
    return _bounded(rows)


def _alarms(actor: Actor) -> Content:
    standing = list(alerts.listed(actor, (State.UNACKED, State.RETURNED, State.ACKED))[: MOST + 1])
    shelved = list(alerts.listed(actor, (State.SHELVED,))[: MOST + 1])
    counts = alerts.tabs(actor)
    return {
        "counts": {name.value: counts.get(name, 0) for name in (State.UNACKED, State.RETURNED, State.ACKED, State.SHELVED, State.SUPPRESSED)},
        "standing": [_alarm(each) for each in standing[:MOST]],
        "shelved": [_shelved(each) for each in shelved[:MOST]],
    }


def _alarm(alarm: Alarm) -> Content:
    return {
        **_named(alarm.rule),
        "level": alarm.level,
        "state": alarm.state,
        "unit": alarm.unit.code if alarm.unit else "",
        "number": alarm.incident.number if alarm.incident else "",
        "since": alarm.raised_at.isoformat(),
        "by": alarm.acknowledged_by,
    }


def _shelved(alarm: Alarm) -> Content:
    until = alarm.shelved_until.isoformat() if alarm.shelved_until else ""
    return _alarm(alarm) | {"until": until, "reason": alarm.shelve_reason, "by": alarm.shelved_by}


def _units(actor: Actor) -> Content:
    rows = resources.units(actor).filter(
        availability=Unit.Availability.NOT_AVAILABLE, activity__in=[Unit.Activity.OUT_OF_SERVICE, Unit.Activity.OFF_DUTY]
    )
    found = [
        {"code": unit.code, **_named(unit.type), "activity": unit.activity, "label": unit.status_label.name if unit.status_label else "",
         "since": unit.status_at.isoformat()}
        for unit in rows[:MOST]
    ]  # fmt: skip
    return _bounded(found, more=rows.count() - MOST)


def _calls(actor: Actor) -> Content:
    lines = [*(call for call in desk.own_calls(actor) if call.is_parked), *desk.calls_elsewhere(actor)]
    return _bounded([{"taker": call.taker, **_named(call.type), "number": call.number, "since": call.began_at.isoformat()} for call in lines])


def _plans(actor: Actor, now: datetime) -> Content:
    rows = incidents.open_incidents(actor).exclude(response_level="").exclude(response_level="NONE").order_by("severity", "call_received_at", "id")
    found = [
        {
            "number": incident.number,
            "level": running.activation.plan.level,
            **_named(running.activation.plan),
            "done": running.done,
            "all": running.all,
            "since": running.activation.activated_at.isoformat(),
        }
        for incident in rows[:MOST_PLANS]
        for running in plans.running(incident)
    ]
    return _bounded(found, more=rows.count() - MOST_PLANS)


def _mode(mode: Any) -> Content:
    return {**_named(mode.region), "level": mode.level, "since": mode.began_at.isoformat(), "reason": mode.reason, "by": mode.began_by}


def _gaps(actor: Actor, now: datetime) -> Content:
    rows = resources.gaps(actor, since=now, until=now + GAPS_AHEAD)
    return _bounded(
        [
            {**_named(gap.post), "starts_at": gap.starts_at.isoformat(), "ends_at": gap.ends_at.isoformat(), "missing": gap.missing,
             "away": list(gap.away)}
            for gap in rows
        ]
    )  # fmt: skip


def _events(actor: Actor, since: datetime, now: datetime) -> Content:
    """What happened in the watch: the lines a coming watch reads one by one, in both languages, and how often the rest."""
    scopes = access.scopes_of(actor)
    entries = journal.entries_named([*TOLD, *COUNTED], since=since, until=now, limit=MOST_ENTRIES)
    mine = [entry for entry in entries if scopes & set(entry.scopes)]
    told = [entry for entry in mine if entry.name in TOLD]
    counts = Counter(entry.name for entry in mine if entry.name in COUNTED)
    said: dict[str, list[str]] = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            said[language] = [line.sentence for line in journal.lines(told[-MOST:])]
    lines = [
        {"at": entry.at.isoformat(), "name": chinese, "name_en": english}
        for entry, chinese, english in zip(told[-MOST:], said["zh-hans"], said["en"], strict=True)
    ]
    return {
        "counts": [[name, counts.get(name, 0)] for name in COUNTED],
        "is_cut": len(entries) == MOST_ENTRIES,
        **_bounded(lines, more=len(told) - MOST),
    }
