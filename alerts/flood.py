"""How many alarms come, and whether it is a flood. Figures as EEMUA 191 and IEC 62682 give them."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=10)
BEGINS_ABOVE = 10
ENDS_BELOW = 5


@dataclass(frozen=True, slots=True)
class Rate:
    """Alarms in the last ten minutes, and since when a flood runs (None: there is none): it begins above ten and ends below five."""

    in_window: int
    flood_since: datetime | None

    @property
    def is_flood(self) -> bool:
        return self.flood_since is not None


def rate(raised: Iterable[datetime], *, now: datetime) -> Rate:
    """The rate of alarms raised at these times. A flood is a state, so the times before the window matter: give an hour of them."""
    times = sorted(each for each in raised if each <= now)
    running = [begin for begin, end in floods(times) if end is None or now < end]
    return Rate(sum(each > now - WINDOW for each in times), running[-1] if running else None)


def flood_seconds(raised: Iterable[datetime], *, until: datetime) -> float:
    """For how many seconds in all a flood ran."""
    return sum(((end or until) - begin).total_seconds() for begin, end in floods(sorted(raised)) if begin < until)


def floods(times: list[datetime]) -> list[tuple[datetime, datetime | None]]:
    """Each flood as its beginning and its end (None: it had not ended with what is known), for times in order."""
    found: list[tuple[datetime, datetime | None]] = []
    recent: deque[datetime] = deque()
    began: datetime | None = None
    for at in times:
        ended = _leave(recent, at, began is not None)
        if began is not None and ended is not None:
            found.append((began, ended))
            began = None
        recent.append(at)
        if began is None and len(recent) > BEGINS_ABOVE:
            began = at
    if began is not None:
        # The window empties as time goes on without another alarm.
        found.append((began, recent[-ENDS_BELOW] + WINDOW if len(recent) >= ENDS_BELOW else None))
    return found


def _leave(recent: "deque[datetime]", at: datetime, is_flood: bool) -> datetime | None:
    """Let times older than the window before `at` go; says when, in a flood, fewer than five were left."""
    ended = None
    while recent and recent[0] <= at - WINDOW:
        left = recent.popleft()
        if is_flood and ended is None and len(recent) < ENDS_BELOW:
            ended = left + WINDOW
    return ended
