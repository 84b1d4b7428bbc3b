"""For which units an actor may report, remembered for a few seconds.

The memory is kept under the actor's own grants: a membership that begins or ends, a token that is narrowed, makes another actor value and
so another memory. Only a unit that changes its department or region, or goes out of service, waits for the memory to end.
"""

import threading
from collections import OrderedDict
from collections.abc import Collection, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from access import policy
from access.actors import Actor
from resources import permissions
from resources.models import Unit

KEPT = timedelta(seconds=15)
MOST_ACTORS = 2000


@dataclass(slots=True)
class _Memory:
    until: datetime
    permitted: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)


_memories: OrderedDict[Hashable, _Memory] = OrderedDict()
_lock = threading.Lock()


def permitted(actor: Actor, unit_ids: Collection[int], *, now: datetime) -> frozenset[int]:
    """Those of the units for which the actor may report positions; asks the database only for units it was not asked about just now."""
    memory = _memory_of(actor, now)
    asked = set(unit_ids)
    unknown = asked - memory.permitted - memory.refused
    if unknown:
        units = policy.visible(actor, permissions.REPORT_POSITION, Unit.objects.in_service().filter(pk__in=unknown))
        found = set(units.order_by().values_list("pk", flat=True))
        memory.permitted |= found
        memory.refused |= unknown - found
    return frozenset(asked & memory.permitted)


def _memory_of(actor: Actor, now: datetime) -> _Memory:
    key = (actor.kind, actor.id, actor.grants, actor.actions)
    with _lock:
        memory = _memories.get(key)
        if memory is None or memory.until <= now:
            ends = [grant.until for grant in actor.grants if grant.until is not None and grant.until > now]
            memory = _memories[key] = _Memory(min([now + KEPT, *ends]))
            while len(_memories) > MOST_ACTORS:
                _memories.popitem(last=False)
        _memories.move_to_end(key)
    return memory
