"""The chart of a span: bands to the 50th, 90th and 95th percentile for each call group, as positions in per cent for the template.

Everything is a share of the drawing's width, so text keeps its size on every screen and the page needs no script.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from insight.durations import clock_text
from insight.selectors import SpanFigures

LEFT = 26.0  # per cent of the width for the names of the groups
RIGHT = 99.0
ROW = 30  # pixels
HEAD = 26
STEPS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800)
MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One group: its name and n, the x and width of each band, and where its clock stands (None: it has none)."""

    group: str | None
    n: int
    y: int
    text_y: int
    p50: float
    p90_x: float
    p90: float
    p95_x: float
    p95: float
    clock: float | None
    clock_end: int
    says: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the scale."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """All that the template draws of a span."""

    height: int
    left: float
    width: float
    head: int
    ticks: list[Tick]
    bars: list[Bar]


def chart(figures: Sequence[SpanFigures]) -> Chart | None:
    """The chart of one span's figures, all groups first; None where nothing was measured."""
    measured = [one for one in figures if one.n]
    if not measured:
        return None
    top = max(max(one.p95 or 0.0 for one in measured), max(one.clock_max or 0.0 for one in measured), 1.0) * 1.04
    bars = [_bar(one, place, top) for place, one in enumerate(measured)]
    return Chart(HEAD + ROW * len(bars) + 4, LEFT, RIGHT - LEFT, HEAD, _ticks(top), bars)


def _bar(one: SpanFigures, place: int, top: float) -> Bar:
    p50, p90, p95 = (_x(value, top) for value in (one.p50, one.p90, one.p95))
    clock = _x(one.clock_max, top) if one.clock_max is not None and one.clock_min == one.clock_max else None
    y = HEAD + ROW * place + 7
    says = " / ".join(clock_text(value) for value in (one.p50, one.p90, one.p95))
    return Bar(one.group, one.n, y, y + 13, p50 - LEFT, p50, p90 - p50, p90, p95 - p90, clock, y + 20, says)


def _x(seconds: float | None, top: float) -> float:
    return round(LEFT + (RIGHT - LEFT) * (seconds or 0.0) / top, 3)


def _ticks(top: float) -> list[Tick]:
    step = next((one for one in STEPS if top / one <= MOST_TICKS), STEPS[-1])
    return [Tick(_x(seconds, top), clock_text(seconds)) for seconds in range(0, int(top) + 1, step)]
