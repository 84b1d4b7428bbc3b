"""Finding an incident by what a person remembers of it: its number or the end of it, its place or type, in characters, pinyin or initials."""

import re
from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, Case, Expression, F, Func, Q, TextField, Value, When
from django.utils import timezone

from access.actors import Actor
from incidents import seeing, selectors
from incidents.models import Incident, IncidentType
from incidents.models.incidents import FINISHED
from resources.handles import plain, ways_to_say

# Ended incidents are looked for this far back; older ones are found by their whole number or in the list of incidents.
DAYS_BACK = 31
OPEN_LOOKED_AT = 1000
LOOKED_AT = 200
_DIGITS = re.compile(r"(?:(\d{8})-?)?(\d{1,6})")


def find_incidents(actor: Actor, words: str, *, limit: int, now: datetime) -> list[Incident]:
    """Incidents the actor may see and that `words` may mean, best first: by number, then open ones, then those ended in the last month."""
    typed = words.strip()
    if not typed:
        return []
    ids = list(dict.fromkeys([*_by_number(typed, now), *_open_that_sound_like(actor, typed)[:limit]]))
    by_id = seeing.known(actor).in_bulk(ids) if ids else {}
    found = [by_id[pk] for pk in ids if pk in by_id][:limit]
    if len(found) < limit and len(typed) > 1:
        found += _ended(actor, typed, now, but=list(by_id), limit=limit - len(found))
    return found


def _by_number(typed: str, now: datetime) -> list[int]:
    """The ids of those whose number this is, or the end of it on one of the last days: exact numbers, so each is one look in an index."""
    digits = _DIGITS.fullmatch(typed)
    if digits is None:
        return list(Incident.objects.filter(number=typed).values_list("pk", flat=True)) if re.fullmatch(r"[\w-]{3,24}", typed) else []
    today = timezone.localtime(now).date()
    days = [digits[1]] if digits[1] else [f"{today - timedelta(days=back):%Y%m%d}" for back in range(DAYS_BACK)]
    numbers = [f"{day}-{int(digits[2]):04d}" for day in days] + [typed]
    ended_last = Case(When(status__in=FINISHED, then=Value(1)), default=Value(0))
    return list(Incident.objects.filter(number__in=numbers).order_by(ended_last, "-call_received_at", "-id").values_list("pk", flat=True))


def _open_that_sound_like(actor: Actor, typed: str) -> list[int]:
    """The ids of open incidents of which a part is, or is read, like this; one that begins so first, then level and age."""
    wanted = plain(typed)
    if not wanted:
        return []
    rows = selectors.open_incidents(actor).values_list("pk", "address", "summary", "type__name", "type__name_en")[:OPEN_LOOKED_AT]
    shown = [(row.pk, row.address, row.summary, row.type.name, row.type.name_en) for row in seeing.shown_open(actor)]
    ranked = []
    for place, (pk, *parts) in enumerate([*rows, *shown]):
        ways = [way for part in parts for way in ways_to_say(part)]
        if any(wanted in way for way in ways):
            ranked.append((not any(way.startswith(wanted) for way in ways), place, pk))
    return [pk for _begins, _place, pk in sorted(ranked)]


def _ended(actor: Actor, typed: str, now: datetime, *, but: list[int], limit: int) -> list[Incident]:
    """The newest that an index says may be meant; only these are asked whether the actor sees them, and is told what holds the words."""
    types = IncidentType.objects.filter(Q(name__icontains=typed) | Q(name_en__icontains=typed)).order_by().values_list("pk", flat=True)
    of_type = Q(type_id__in=list(types))
    recent = Q(call_received_at__gte=now - timedelta(days=DAYS_BACK)) & ~Q(pk__in=but)
    holds = Q(_MayHold(typed)) & (Q(address__icontains=typed) | Q(summary__icontains=typed))
    newest = Incident.objects.filter(recent, of_type | holds).order_by("-call_received_at", "-id").values_list("pk", flat=True)
    ids = list(newest[:LOOKED_AT])
    if not ids:
        return []
    seen = seeing.known(actor).filter(of_type | seeing.told(actor, typed)).order_by("-call_received_at", "-id")
    if len(ids) < LOOKED_AT:
        return list(seen.filter(pk__in=ids)[:limit])
    # Of so many somebody may see few: one's own are few rows to look into, or soon met.
    return list(seen.filter(recent, seeing.reach(actor))[:limit])


class _MayHold(Func):
    """Whether every two letters of some words that stand side by side do so in the address or the summary: the index `incident_pairs`."""

    template = "%(expressions)s"
    arg_joiner = " @> "
    output_field = BooleanField()

    def __init__(self, words: str) -> None:
        super().__init__(_pairs(F("address"), F("summary")), _pairs(Value(words), Value("")))


def _pairs(*texts: Expression | F) -> Func:
    return Func(*texts, function="incidents_pairs", output_field=ArrayField(TextField()))
