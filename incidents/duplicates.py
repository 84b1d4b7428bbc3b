"""Which open incidents a call may be about: found by place and time, ordered by how much speaks for each, with the reasons in words."""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.gis.db.models.functions import Distance
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access import policy
from access.actors import Actor
from files.models import File
from incidents import permissions, selectors
from incidents.box import box_round
from incidents.models import Attachment, Incident, IncidentType, Report
from incidents.models.incidents import FINISHED
from incidents.reach import Reach, reach_of
from incidents.sameness import similarities
from kit.geo import Position

MOST = 9
POOL = 80

# What speaks for the same event, and how loudly. Words weigh most of what remains once place and type agree.
PLACE, TYPE, WORDS, TIME = 4.0, 3.0, 2.0, 1.0
SAME_TYPE, SAME_FAMILY, SAME_KIND, OTHER_KIND, NOT_CHOSEN = 1.0, 0.7, 0.2, 0.0, 0.5
# A different sort of event at the same place is told only where it is very near: somebody ill beside a fire is another call.
NEARER = {SAME_TYPE: 1.0, SAME_FAMILY: 1.0, NOT_CHOSEN: 1.0, SAME_KIND: 0.35, OTHER_KIND: 0.15}
LEAST_SCORE = 0.45
LIKELY_SCORE = 0.7
ALIKE = 0.35
SAME_ADDRESS = 0.6


@dataclass(frozen=True, slots=True)
class Call:
    """What is known of a call so far. `position` is WGS-84, longitude first; `type` None: not chosen yet."""

    at: datetime
    position: Position | None = None
    type: IncidentType | None = None
    place_words: str = ""
    words: str = ""

    @property
    def reach(self) -> Reach:
        return reach_of(self.type)

    def says_something(self) -> bool:
        """Whether there is enough to look for: a point or words for the place."""
        return self.position is not None or len(self.place_words.strip()) > 1


@dataclass(frozen=True, slots=True)
class Candidate:
    """An incident the call may be about: metres away (None without a point), age since its call, likeness of words and place, 0 to 1."""

    incident: Incident
    score: float
    metres: float | None
    age: timedelta
    kinship: float
    words: float
    place: float
    reports: int
    photo: UUID | None = None

    @property
    def is_likely(self) -> bool:
        """So much speaks for it that the call waits a moment before it becomes an incident of its own."""
        return self.score >= LIKELY_SCORE

    @property
    def why(self) -> list[str]:
        """What else speaks for it besides distance and age, in the reader's language."""
        said = {SAME_TYPE: _("same type"), SAME_FAMILY: _("related type"), SAME_KIND: _("other type"), OTHER_KIND: _("other kind")}
        reasons = [said[self.kinship]] if self.kinship in said else []
        if self.words >= ALIKE:
            reasons.append(_("similar words %(n)s %%") % {"n": round(100 * self.words)})
        if self.place >= SAME_ADDRESS:
            reasons.append(_("similar address"))
        if self.reports > 1:
            reasons.append(ngettext("%(n)s report", "%(n)s reports", self.reports) % {"n": self.reports})
        return reasons


def candidates(actor: Actor, call: Call, *, limit: int = MOST) -> list[Candidate]:
    """Open incidents the actor may add this call to, the likeliest first; at most nine. Nothing without a place."""
    if not call.says_something():
        return []
    open_ones = policy.visible(actor, permissions.REPORT, selectors.incidents(actor)).exclude(status__in=FINISHED)
    found = ranked(call, open_ones)[: min(limit, MOST)]
    photos = _photos([each.incident.pk for each in found])
    return [replace(each, photo=photos.get(each.incident.pk)) for each in found]


def ranked(call: Call, among: QuerySet[Incident]) -> list[Candidate]:
    """Those of the incidents that may be what the call is about, the likeliest first; it looks at the eighty nearest in reach."""
    pool = list(_pool(call, among))
    alike = similarities(call.words, [f"{row.summary} {row.said_last or ''}" for row in pool])  # type: ignore[attr-defined]
    places = similarities(call.place_words, [row.address for row in pool])
    scored = [_scored(call, row, words, place) for row, words, place in zip(pool, alike, places, strict=True)]
    likely = [each for each in scored if each is not None and each.score >= LEAST_SCORE]
    return sorted(likely, key=lambda each: (-each.score, each.metres if each.metres is not None else math.inf, -each.incident.pk))


def _pool(call: Call, among: QuerySet[Incident]) -> QuerySet[Incident]:
    """Heard of within the window and within the box round the point, which the index on points answers; then the nearest."""
    since = call.at - call.reach.window
    mine = Report.objects.filter(incident=OuterRef("pk")).order_by()
    open_words = mine.filter(is_confidential=False).order_by("-received_at", "-id")
    count = mine.values("incident").annotate(n=Count("pk")).values("n")
    found = (
        among.filter(call_received_at__lte=call.at + timedelta(minutes=5))
        .filter(Q(call_received_at__gte=since) | Exists(mine.filter(received_at__gte=since)))
        .annotate(said_last=Subquery(open_words.values("words")[:1]), report_count=Subquery(count))
    )
    if call.position is None:
        return found.order_by("-call_received_at", "-id")[:POOL]
    point = call.position.as_point()
    around = found.filter(Q(point__bboverlaps=box_round(call.position, call.reach.metres)) | Q(point=None))
    return around.annotate(away=Distance("point", point)).order_by(F("away").asc(nulls_last=True), "-call_received_at", "-id")[:POOL]


def _scored(call: Call, row: Incident, words: float, place: float) -> Candidate | None:
    """The candidate with its score: the weighted mean of what is known of place, type, words and time."""
    kinship = _kinship(call.type, row.type)
    away = getattr(row, "away", None)
    metres = float(away.m) if away is not None else None
    nearness = place if metres is None else 1 - metres / (call.reach.metres * NEARER[kinship])
    if nearness <= 0 or (metres is None and place < SAME_ADDRESS):
        return None
    age = max(call.at - row.call_received_at, timedelta())
    parts = [(PLACE, nearness), (TYPE, kinship), (TIME, max(0.0, 1 - age / call.reach.window))]
    if call.words.strip() and row.summary:
        parts.append((WORDS, min(1.0, 1.6 * words)))
    score = sum(weight * value for weight, value in parts) / sum(weight for weight, _value in parts)
    return Candidate(row, round(score, 4), metres, age, kinship, words, place, row.report_count or 0)  # type: ignore[attr-defined]


def _kinship(mine: IncidentType | None, other: IncidentType) -> float:
    if mine is None:
        return NOT_CHOSEN
    if mine.pk == other.pk:
        return SAME_TYPE
    family = reach_of(mine).family
    if (mine.group and mine.group == other.group) or (family and family == reach_of(other).family):
        return SAME_FAMILY
    return SAME_KIND if mine.kind == other.kind else OTHER_KIND


def _photos(incident_ids: list[int]) -> dict[int, UUID]:
    """The newest picture of each incident, by the key of its file."""
    rows = Attachment.objects.filter(incident_id__in=incident_ids, file__has_thumbnail=True, file__state=File.State.READY, struck_at=None)
    return dict(rows.order_by("incident_id", "-attached_at", "-id").distinct("incident_id").values_list("incident_id", "file__key"))
