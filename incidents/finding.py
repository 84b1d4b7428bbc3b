"""Finding an incident by what a person remembers of it: its number or the end of it, its place or type, in characters, pinyin or initials."""

import re
from datetime import datetime, timedelta

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from access.actors import Actor
from incidents import seeing, selectors
from incidents.models import Incident
from incidents.models.incidents import FINISHED
from resources.handles import plain, ways_to_say

# Ended incidents are looked for this far back; older ones are found by their whole number or in the list of incidents.
DAYS_BACK = 31
OPEN_LOOKED_AT = 1000
_DIGITS = re.compile(r"(?:(\d{8})-?)?(\d{1,6})")


def find_incidents(actor: Actor, words: str, *, limit: int, now: datetime) -> list[Incident]:
    """Incidents the actor may see and that `words` may mean, best first: by number, then open ones, then those ended in the last month."""
    typed = words.strip()
    if not typed:
        return []
    found = {each.pk: each for each in _by_number(actor, typed, now)[:limit]}
    if len(found) < limit:
        ids = [pk for pk in _open_that_sound_like(actor, typed) if pk not in found][: limit - len(found)]
        by_id = seeing.known(actor).in_bulk(ids)
        found |= {pk: by_id[pk] for pk in ids if pk in by_id}
    if len(found) < limit and len(typed) > 1:
        found |= {each.pk: each for each in _ended(actor, typed, now).exclude(pk__in=found)[: limit - len(found)]}
    return list(found.values())


def _by_number(actor: Actor, typed: str, now: datetime) -> QuerySet[Incident]:
    """Those whose number this is, or the end of it on one of the last days: exact numbers, so each is one look in an index."""
    digits = _DIGITS.fullmatch(typed)
    none = Incident.objects.none()
    if digits is None:
        return seeing.known(actor).filter(number=typed) if re.fullmatch(r"[\w-]{3,24}", typed) else none
    today = timezone.localtime(now).date()
    days = [digits[1]] if digits[1] else [f"{today - timedelta(days=back):%Y%m%d}" for back in range(DAYS_BACK)]
    numbers = [f"{day}-{int(digits[2]):04d}" for day in days] + [typed]
    ended_last = Case(When(status__in=FINISHED, then=Value(1)), default=Value(0))
    return seeing.known(actor).filter(number__in=numbers).order_by(ended_last, "-call_received_at", "-id")


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


def _ended(actor: Actor, typed: str, now: datetime) -> QuerySet[Incident]:
    told = seeing.told(actor, typed)
    held = told | Q(type__name__icontains=typed) | Q(type__name_en__icontains=typed)
    recent = seeing.known(actor).filter(call_received_at__gte=now - timedelta(days=DAYS_BACK))
    return recent.filter(held).order_by(F("call_received_at").desc(), "-id")
