"""Choosing a set of units for what is needed, without the database: the same for a live call and for a call of the past."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Slot:
    """One unit's worth of a need: a capability (id). `is_own`: who fills it fills no other. `alarm` says which card asked for it."""

    capability_id: int
    alarm: int = 1
    is_own: bool = False


@dataclass(slots=True)
class Server:
    """A unit that may fill slots, and which it fills: one of each capability, or a single one of its own."""

    unit_id: int
    capability_ids: frozenset[int]
    fills: set[int] = field(default_factory=set)
    is_bound: bool = False

    def may_fill(self, slot: Slot) -> bool:
        """Whether it can, and is not taken up by what it fills already."""
        if slot.capability_id not in self.capability_ids or slot.capability_id in self.fills or self.is_bound:
            return False
        return not (slot.is_own and self.fills)

    def fill(self, slot: Slot) -> None:
        """Take the slot."""
        self.fills.add(slot.capability_id)
        self.is_bound = slot.is_own


@dataclass(frozen=True, slots=True)
class Filled:
    """A slot and who fills it: a unit chosen now, a unit sent before (`is_sent`), or nobody."""

    slot: Slot
    unit_id: int | None
    is_sent: bool = False


Cost = Callable[[int, Collection[int]], float]


def fill(slots: Sequence[Slot], *, sent: Iterable[Server], free: Sequence[Server], cost: Cost, pinned: Collection[int] = ()) -> list[Filled]:
    """Fill slots in order: with units sent before, with units chosen already, else with the free unit that costs least.

    `cost` gives the seconds of a unit beside those chosen so far (their ids): infinity keeps it out. `pinned` free units are chosen first.
    Sent units that can do least go first into slots, so that one who can do more is kept for what only it can do. Nobody is chosen twice.
    """
    done = _with_sent(slots, list(sent))
    chosen: dict[int, Server] = {one.unit_id: one for one in free if one.unit_id in pinned}
    for number, slot in enumerate(slots):
        if number in done:
            continue
        server = next((one for one in chosen.values() if one.may_fill(slot)), None) or _cheapest(slot, free, chosen, cost)
        if server is not None:
            server.fill(slot)
            chosen[server.unit_id] = server
        done[number] = Filled(slot, server.unit_id if server else None)
    return [done[number] for number in range(len(slots))]


def _with_sent(slots: Sequence[Slot], sent: list[Server]) -> dict[int, Filled]:
    """The slots that units sent before fill; slots of their own first, as they have the fewest to choose from."""
    needed = {slot.capability_id for slot in slots}
    ready = sorted(sent, key=lambda one: (len(one.capability_ids & needed), one.unit_id))
    done: dict[int, Filled] = {}
    for number in sorted(range(len(slots)), key=lambda number: (not slots[number].is_own, number)):
        server = next((one for one in ready if one.may_fill(slots[number])), None)
        if server is not None:
            server.fill(slots[number])
            done[number] = Filled(slots[number], server.unit_id, is_sent=True)
    return done


def _cheapest(slot: Slot, free: Sequence[Server], chosen: Collection[int], cost: Cost) -> Server | None:
    able = [(cost(one.unit_id, chosen), number, one) for number, one in enumerate(free) if one.unit_id not in chosen and one.may_fill(slot)]
    best = min(able, key=lambda each: each[:2], default=None)
    return None if best is None or best[0] == float("inf") else best[2]
