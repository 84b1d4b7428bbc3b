"""How often the suggested incident is the right one: the fire calls of San Francisco, and second callers planted among them.

Three questions, asked of the product's own ranking and of the plain rule "the nearest open call within 300 m and 30 minutes":
calls that the file itself shows twice, second callers planted with errors of place, time and type, and calls that nobody repeats.
How the labels are made and what they are worth stands in docs/explanation/duplicates.md.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from django.contrib.gis.db.models.functions import Distance
from django.db.models import QuerySet
from django.utils import timezone

from access.actors import Actor
from bench.harness import Row
from exchange.cad import importing, profiles
from exchange.cad.reading import Reading
from incidents.duplicates import MOST, Call, ranked
from incidents.models import Incident, IncidentType
from incidents.reach import reach_of
from kit.geo import Position

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "sf-fire"
DEPARTMENT = "sffd"
SAME_METRES, SAME_TIME = 150, timedelta(minutes=10)
PLANTED = 1000
MEAN_SECONDS, OTHER_TYPE = 180, 0.2
# Callers about a fire look at it from around; those about a patient mostly stand beside.
SIGMA_METRES, SIGMA_BESIDE = 60, 25

Rule = Callable[[Call, "QuerySet[Incident]"], list[int]]


@dataclass
class Case:
    """A call, the incidents it may be about by its label (none: it is news), and the one incident it is itself, if any."""

    call: Call
    right: frozenset[int]
    own: int | None


@dataclass
class Tally:
    """Calls that repeat something known and calls that do not; for how many the first, or any, suggestion was right, and how many got one."""

    repeated: int = 0
    news: int = 0
    first: int = 0
    any: int = 0
    offered: int = 0
    offered_to_news: int = 0

    @property
    def precision(self) -> float:
        """Of the first suggestions made to calls that repeat something, those that were right."""
        return self.first / self.offered if self.offered else 0.0

    def shares(self) -> str:
        n = max(1, self.repeated)
        said = f"n={self.repeated}: first right {self.first / n:.3f}, any of nine {self.any / n:.3f}, precision of the first {self.precision:.3f}"
        return f"{said}; news n={self.news}: {self.offered_to_news / max(1, self.news):.3f} offered something"


def measure() -> list[Row]:
    """The shares for each set, product against the plain rule."""
    files = sorted(FOLDER.glob("*.csv"))
    if not files:
        print(f"no file of calls in {FOLDER}: nothing to measure")
        return []
    _import(files[0])
    emergencies, medical = _twice_in_the_file()
    sets = {
        "repeated in the file, no patients": emergencies,
        "same block within minutes, patients": medical,
        "planted, no patients": _planted(False),
        "planted, patients": _planted(True),
    }
    rows = []
    for name, cases in sets.items():
        ours, plain = _ask(cases, _ours), _ask(cases, _nearest)
        for who, tally in (("product", ours), ("nearest within 300 m and 30 min", plain)):
            print(f"{name}: {who}: {tally.shares()}", flush=True)
        rows += _rows(name, ours, plain)
    return rows


def _rows(name: str, ours: Tally, plain: Tally) -> list[Row]:
    n, news = max(1, ours.repeated), max(1, ours.news)
    planted = name.startswith("planted")
    found = ours.any / n
    right = not planted or ours.precision >= plain.precision
    rule = "nearest in 300 m, 30 min"
    return [
        Row(f"{name}: precision of the first", "share", ours.precision, plain.precision, ">= rule" if planted else "told", right, rule),
        Row(f"{name}: recall, any of nine", "share", found, plain.any / n, ">= 0.9" if planted else "told", not planted or found >= 0.9, rule),
        Row(f"{name}: news that got an offer", "share", ours.offered_to_news / news, plain.offered_to_news / news, "told", True, rule),
    ]


def _import(file: Path) -> None:
    profile = profiles.load(DEPARTMENT, changes={})
    reading = Reading(file, profile)
    importing.import_file(
        Actor.system("bench"),
        reading=reading,
        profile=profile,
        reject=lambda rows: None,
        progress=lambda so_far, done: None,
        is_dry_run=False,
        now=timezone.now(),
    )


def _calls() -> "QuerySet[Incident]":
    return Incident.objects.filter(department__code=DEPARTMENT, point__isnull=False).select_related("type").order_by("call_received_at", "id")


def _as_call(row: Incident) -> Call:
    assert row.point is not None
    return Call(at=row.call_received_at, position=Position(row.point.x, row.point.y), type=row.type, place_words=row.address)


def _is_medical(row: Incident) -> bool:
    return reach_of(row.type).family == "medical"


def _twice_in_the_file() -> tuple[list[Case], list[Case]]:
    """Calls of the file with an earlier one still open, ten minutes before at most: within 150 m, or for patients at the same block."""
    emergencies, medical, recent = [], [], list[Incident]()
    for row in _calls():
        recent = [each for each in recent if row.call_received_at - each.call_received_at <= SAME_TIME]
        still = [each for each in recent if each.closed_at and each.closed_at > row.call_received_at and _is_medical(each) == _is_medical(row)]
        if _is_medical(row):
            right = frozenset(each.pk for each in still if each.address == row.address)
        else:
            right = frozenset(each.pk for each in still if _metres(each, row) <= SAME_METRES)
        (medical if _is_medical(row) else emergencies).append(Case(_as_call(row), right, row.pk))
        recent.append(row)
    return emergencies, medical


def _metres(one: Incident, other: Incident) -> float:
    assert one.point is not None
    assert other.point is not None
    return ((one.point.y - other.point.y) ** 2 + ((one.point.x - other.point.x) * 0.79) ** 2) ** 0.5 * 111_195


def _planted(is_medical: bool) -> list[Case]:
    """A second caller for up to a thousand calls: later by some minutes, standing some tens of metres off, one in five naming a related type."""
    chance = random.Random(11)
    types = list(IncidentType.objects.filter(pk__in=_calls().order_by().values("type")))
    cases = []
    rows = [row for row in _calls() if _is_medical(row) == is_medical]
    for row in chance.sample(rows, min(PLANTED, len(rows))):
        call = _as_call(row)
        later = min(timedelta(seconds=chance.expovariate(1 / MEAN_SECONDS)), (row.closed_at or call.at) - call.at - timedelta(seconds=1))
        assert call.position is not None
        north, east = (chance.gauss(0, SIGMA_BESIDE if is_medical else SIGMA_METRES) / 111_195 for _ in range(2))
        related = [each for each in types if reach_of(each).family == reach_of(row.type).family]
        said = chance.choice(related) if chance.random() < OTHER_TYPE else row.type
        position = Position(call.position.lon + east / 0.79, call.position.lat + north)
        cases.append(
            Case(replace(call, at=call.at + max(later, timedelta()), position=position, type=said, place_words=""), frozenset({row.pk}), None)
        )
    return cases


def _ask(cases: Iterable[Case], rule: Rule) -> Tally:
    """What a rule says of each call, among the calls that were open at that moment."""
    tally = Tally()
    for case in cases:
        open_then = _calls().filter(call_received_at__lte=case.call.at, closed_at__gt=case.call.at).exclude(pk=case.own)
        said = rule(case.call, open_then)
        if case.right:
            tally.repeated += 1
            tally.offered += bool(said)
            tally.first += bool(said and said[0] in case.right)
            tally.any += bool(case.right & set(said))
        else:
            tally.news += 1
            tally.offered_to_news += bool(said)
    return tally


def _ours(call: Call, among: "QuerySet[Incident]") -> list[int]:
    return [each.incident.pk for each in ranked(call, among)[:MOST]]


def _nearest(call: Call, among: "QuerySet[Incident]") -> list[int]:
    assert call.position is not None
    point = call.position.as_point()
    near = among.filter(call_received_at__gte=call.at - timedelta(minutes=30)).annotate(away=Distance("point", point)).order_by("away")
    return [row.pk for row in near[:MOST] if row.away.m <= 300]  # type: ignore[attr-defined]
