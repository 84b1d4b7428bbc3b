"""Who is on duty: at a moment, in a period, and where nobody is. The roster is a plan; leave, stand-ins and hand-overs change what holds."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from access import policy
from access.actors import Actor
from access.models import User
from kit.errors import NotFound
from resources import permissions
from resources.models import Duty, Leave, Post, PostCall, Shift

MOST_DAYS = 62
LONGEST = timedelta(hours=36)

_OPEN_CALLS = Prefetch("calls", PostCall.objects.open(), to_attr="open_calls")

# Why somebody is not on duty; the words stand in `alerts` and in templates, the codes in facts.
INACTIVE, ON_LEAVE, STOOD_IN, RELIEVED, NOT_ROSTERED = "INACTIVE", "ON_LEAVE", "STOOD_IN", "RELIEVED", "NOT_ROSTERED"


def on_duty(post: Post, at: datetime) -> list[Duty]:
    """Who holds a post at a moment, the longest first; empty is a gap."""
    return list(Duty.objects.held_at(at).filter(post=post).select_related("person", "shift").order_by("starts_at", "id"))


def holders(post_ids: Collection[int], at: datetime) -> dict[int, list[Duty]]:
    """Who holds each of these posts at a moment."""
    found: dict[int, list[Duty]] = {pk: [] for pk in post_ids}
    for duty in Duty.objects.held_at(at).filter(post__in=post_ids).select_related("person", "shift").order_by("starts_at", "id"):
        found[duty.post_id].append(duty)
    return found


def duty_of(person_id: int, at: datetime) -> Duty | None:
    """The duty a person holds at a moment, None when off duty."""
    return Duty.objects.held_at(at).filter(person=person_id).select_related("post", "shift").order_by("starts_at", "id").first()


def why_off_duty(person_id: int, at: datetime) -> str | None:
    """Why a person is not on duty at a moment, as a code; None when on duty."""
    if duty_of(person_id, at) is not None:
        return None
    if not User.objects.filter(pk=person_id, is_active=True).exists():
        return INACTIVE
    if Leave.objects.filter(person=person_id, cancelled_at=None, starts_at__lte=at, ends_at__gt=at).exists():
        return ON_LEAVE
    rostered = Duty.objects.planned().filter(person=person_id, starts_at__lte=at, ends_at__gt=at).first()
    if rostered is None:
        return NOT_ROSTERED
    return RELIEVED if rostered.left_at is not None and rostered.left_at <= at else STOOD_IN


def posts(actor: Actor) -> QuerySet[Post]:
    """The posts in use that the actor may see, the duty supervisor's first."""
    return policy.visible(actor, permissions.VIEW_ROSTER, Post.objects.filter(is_active=True)).select_related("superior", "department")


def supervisor_posts(department_ids: Collection[int]) -> list[Post]:
    """The posts that are called when nobody else answers: those of these departments, or, where they have none, all of the city's."""
    found = list(Post.objects.filter(is_supervisor=True, is_active=True).order_by("code"))
    return [post for post in found if set(post.department_ids) & set(department_ids)] or found


def posts_called_at(level: int, path: str) -> list[Post]:
    """The posts that an emergency of a response level (1 the gravest) calls, in a region and below it (its path; empty: the whole city)."""
    rows = Post.objects.filter(is_active=True, called_at__gte=level)
    if path:
        rows = rows.filter(region__path__startswith=path)
    return list(rows.order_by("-is_supervisor", "code"))


def post_call(call_id: int) -> PostCall | None:
    """One call to a post with its post, None when there is none."""
    return PostCall.objects.filter(pk=call_id).select_related("post").first()


def called_for(cause: str) -> int:
    """How many posts are called on account of `cause` and not stood down."""
    return PostCall.objects.open().filter(cause=cause).count()


def shifts() -> QuerySet[Shift]:
    """The shifts in use, by when they begin."""
    return Shift.objects.filter(is_active=True).order_by("begins", "code")


@dataclass(frozen=True, slots=True)
class PostNow:
    """A post at a moment: who holds it, who comes next, and whether it must be held now."""

    post: Post
    held: Sequence[Duty]
    coming: Sequence[Duty]
    must_be_held: bool
    called: PostCall | None

    @property
    def is_gap(self) -> bool:
        return self.must_be_held and len(self.held) < self.post.seats


def watch_at(actor: Actor, at: datetime) -> list[PostNow]:
    """Every post the actor may see, as it is held at a moment, with who comes in the next twelve hours."""
    found = list(posts(actor).prefetch_related("shifts", _OPEN_CALLS))
    held = holders([post.pk for post in found], at)
    soon = Duty.objects.planned().filter(post__in=found, starts_at__gt=at, starts_at__lte=at + timedelta(hours=12), came_at=None)
    coming: dict[int, list[Duty]] = {}
    for duty in soon.select_related("person", "shift").order_by("starts_at", "id")[:500]:
        coming.setdefault(duty.post_id, []).append(duty)
    return [
        PostNow(post, held[post.pk], coming.get(post.pk, [])[: post.seats], _must_be_held(post, at), next(iter(_calls_of(post)), None))
        for post in found
    ]


def _must_be_held(post: Post, at: datetime) -> bool:
    return any(begin <= at < end for _shift, begin, end in needed(post, at - timedelta(days=1), at + timedelta(seconds=1)))


def _calls_of(post: Post) -> list[PostCall]:
    """The emergencies that call a post now, the gravest first; asked once for all posts by `_OPEN_CALLS`."""
    calls = getattr(post, "open_calls", None)
    found = list(post.calls.filter(until=None)) if calls is None else calls
    return sorted(found, key=lambda call: (call.level, call.since))


def needed(post: Post, since: datetime, until: datetime) -> list[tuple[Shift | None, datetime, datetime]]:
    """When a post must be held in a period, in order: each shift that touches it, and (shift None) the times between while it is called."""
    first, last = timezone.localtime(since).date() - timedelta(days=1), timezone.localtime(until).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    spans = [(shift, *shift.span_on(day)) for day in days for shift in post.shifts.all() if shift.is_active]
    in_shifts = sorted((span for span in spans if span[1] < until and span[2] > since), key=lambda span: (span[1], span[0].pk))
    calls = _calls_of(post)
    if not calls:
        return list(in_shifts)
    begin = max(since, min(call.since for call in calls))
    cuts = [(start, stop) for _shift, start, stop in in_shifts]
    between = [(None, start, stop) for start, stop in _without(begin, until, cuts)] if begin < until else []
    return sorted([*in_shifts, *between], key=lambda span: span[1])


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time without interruption in which a person holds a post."""

    starts_at: datetime
    ends_at: datetime
    duty: Duty


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which a post must be held and fewer hold it than it has seats; `away` are those who were rostered and are on leave.

    `shift` None: an emergency calls the post outside its shifts.
    """

    post: Post
    shift: Shift | None
    starts_at: datetime
    ends_at: datetime
    missing: int
    away: tuple[str, ...]


def stretches(duties: Iterable[Duty], leaves: Iterable[Leave]) -> list[Stretch]:
    """When duties are really held: without leave, without what others stand in for, from coming early to being relieved early."""
    rows = list(duties)
    away: dict[int, list[tuple[datetime, datetime]]] = {}
    for leave in leaves:
        away.setdefault(leave.person_id, []).append((leave.starts_at, leave.ends_at))
    replaced: dict[int, list[tuple[datetime, datetime]]] = {}
    for duty in rows:
        if duty.stands_in_for_id is not None:
            replaced.setdefault(duty.stands_in_for_id, []).append((duty.starts_at, duty.ends_at))
    found = []
    for duty in rows:
        begin, end = min(duty.starts_at, duty.came_at or duty.starts_at), min(duty.ends_at, duty.left_at or duty.ends_at)
        cuts = sorted([*away.get(duty.person_id, ()), *replaced.get(duty.pk, ())])
        found += [Stretch(start, stop, duty) for start, stop in _without(begin, end, cuts) if duty.person.is_active]
    return found


def _without(begin: datetime, end: datetime, cuts: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """What is left of a time when others are cut out of it; the cuts are in order."""
    left, at = [], begin
    for start, stop in cuts:
        if start > at:
            left.append((at, min(start, end)))
        at = max(at, stop)
    if at < end:
        left.append((at, end))
    return [(start, stop) for start, stop in left if start < stop]


def gaps(actor: Actor, *, since: datetime, until: datetime) -> list[Gap]:
    """Where a post the actor may see stands empty, or emptier than it should, in a period of at most 62 days; the earliest first."""
    until = min(until, since + timedelta(days=MOST_DAYS))
    found = list(posts(actor).prefetch_related("shifts", _OPEN_CALLS))
    duties = _duties(found, since, until)
    leaves = _leaves({duty.person_id for duty in duties}, since, until)
    by_post: dict[int, list[Stretch]] = {}
    for stretch in stretches(duties, leaves):
        by_post.setdefault(stretch.duty.post_id, []).append(stretch)
    names = {duty.person_id: str(duty.person) for duty in duties}
    gone = [(leave, names[leave.person_id]) for leave in leaves]
    rostered = {(duty.post_id, duty.person_id) for duty in duties}
    made = [
        gap
        for post in found
        for shift, begin, end in needed(post, since, until)
        for gap in _gaps_of(post, shift, max(begin, since), min(end, until), by_post.get(post.pk, []), gone, rostered)
    ]
    return sorted(made, key=lambda gap: (gap.starts_at, gap.post.code))


def _gaps_of(
    post: Post,
    shift: Shift | None,
    begin: datetime,
    end: datetime,
    held: list[Stretch],
    gone: list[tuple[Leave, str]],
    rostered: set[tuple[int, int]],
) -> list[Gap]:
    mine = [each for each in held if each.starts_at < end and each.ends_at > begin]
    edges = sorted({begin, end, *(at for each in mine for at in (each.starts_at, each.ends_at) if begin < at < end)})
    found: list[Gap] = []
    for start, stop in pairwise(edges):
        missing = post.seats - sum(each.starts_at <= start and each.ends_at >= stop for each in mine)
        if missing <= 0:
            continue
        away = tuple(
            sorted({name for leave, name in gone if leave.starts_at < stop and leave.ends_at > start and (post.pk, leave.person_id) in rostered})
        )
        last = found[-1] if found else None
        if last is not None and last.ends_at == start and (last.missing, last.away) == (missing, away):
            found[-1] = Gap(post, shift, last.starts_at, stop, missing, away)
        else:
            found.append(Gap(post, shift, start, stop, missing, away))
    return found


def _duties(found: Sequence[Post], since: datetime, until: datetime) -> list[Duty]:
    rows = Duty.objects.planned().filter(Q(ends_at__gt=since), Q(starts_at__lt=until) | Q(came_at__lt=until), post__in=found)
    return list(rows.select_related("person", "shift", "post", "stands_in_for__person").order_by("starts_at", "id")[:20_000])


def _leaves(person_ids: Collection[int], since: datetime, until: datetime) -> list[Leave]:
    rows = Leave.objects.filter(person__in=person_ids, cancelled_at=None, starts_at__lt=until, ends_at__gt=since)
    return list(rows.select_related("person").order_by("starts_at", "id")[:5_000])


@dataclass(frozen=True, slots=True)
class Cell:
    """A post on a day: who is rostered, with what became of it, and what is missing."""

    day: date
    duties: list[Duty]
    gaps: list[Gap]


@dataclass(frozen=True, slots=True)
class Row:
    """A post with its days."""

    post: Post
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Roster:
    """Some days of the roster: a row for each post; the leave that touches them."""

    days: list[date]
    rows: list[Row]
    gaps: list[Gap]
    leaves: list[Leave]


def roster(actor: Actor, *, first: date, days: int) -> Roster:
    """The roster of the posts the actor may see, from a day on, at most 62 days. A night belongs to the day on which it begins."""
    wanted = [first + timedelta(days=n) for n in range(min(days, MOST_DAYS))]
    since, until = _midnight(wanted[0]), _midnight(wanted[-1] + timedelta(days=1))
    found = list(posts(actor))
    duties = [duty for duty in _duties(found, since, until) if duty.starts_at >= since]
    missing = gaps(actor, since=since, until=until)
    rows = [
        Row(
            post,
            [
                Cell(day, [each for each in duties if each.post_id == post.pk and _day(each.starts_at) == day],
                     [each for each in missing if each.post.pk == post.pk and _day(each.starts_at) == day])
                for day in wanted
            ],
        )
        for post in found
    ]  # fmt: skip
    people = set(User.objects.filter(duties__post__in=found).values_list("pk", flat=True).distinct())
    return Roster(wanted, rows, missing, _leaves(people, since, until))


def duty(actor: Actor, duty_id: int) -> Duty | None:
    """One line of the roster at a post the actor may see, None when there is none."""
    rows = Duty.objects.planned().filter(pk=duty_id, post__in=posts(actor).values("pk"))
    return rows.select_related("post", "person", "shift", "stands_in_for__person").first()


def duty_line(actor: Actor, duty_id: int) -> Duty:
    """One line of the roster. Raises `NotFound` when there is none at a post the actor may see."""
    policy.require(actor, permissions.VIEW_ROSTER, None)
    found = duty(actor, duty_id)
    if found is None:
        raise NotFound
    return found


def duties_between(actor: Actor, *, since: datetime, until: datetime) -> list[Duty]:
    """The lines of the roster that touch a period, of the posts the actor may see, at most 5,000, in order."""
    return _duties(list(posts(actor)), since, until)[:5_000]


def leaves_between(actor: Actor, *, since: datetime, until: datetime) -> list[Leave]:
    """Who of those rostered at posts the actor may see is away in a period."""
    people = User.objects.filter(duties__post__in=posts(actor)).values_list("pk", flat=True).distinct()
    return _leaves(set(people), since, until)


def post_of_code(code: str) -> Post | None:
    """The post in use with this code; whether the caller may see it does not matter to name it."""
    return Post.objects.filter(code=code, is_active=True).first()


def shift_of_code(code: str) -> Shift | None:
    """The shift in use with this code."""
    return Shift.objects.filter(code=code, is_active=True).first()


def duties_of_person(person_id: int, *, since: datetime, days: int) -> list[Duty]:
    """What a person is rostered for from a moment on, at most 100."""
    rows = Duty.objects.planned().filter(person=person_id, ends_at__gt=since, starts_at__lt=since + timedelta(days=days))
    return list(rows.select_related("post", "shift", "stands_in_for__person").order_by("starts_at", "id")[:100])


def other_duties(actor: Actor, duty: Duty, *, now: datetime) -> list[Duty]:
    """Duties of others with which one could be exchanged: those of the next month that have not begun, at most 200."""
    rows = Duty.objects.planned().filter(post__in=posts(actor).values("pk"), starts_at__gt=now, starts_at__lt=now + timedelta(days=31))
    rows = rows.exclude(person=duty.person_id).filter(stands_in_for=None)
    return list(rows.select_related("post", "person", "shift").order_by("starts_at", "id")[:200])


def people_of_posts(actor: Actor) -> list[User]:
    """Whom a roster may name: people with authority that is in force, at most 1,000, by name."""
    policy.require(actor, permissions.VIEW_ROSTER, None)
    return list(User.objects.filter(is_active=True, memberships__isnull=False).distinct().order_by("name", "username")[:1_000])


def next_at_post(leaving: Duty, *, now: datetime) -> list[Duty]:
    """Who may take a duty over now: others at the same post whose duty runs or begins within twelve hours."""
    rows = Duty.objects.planned().filter(post=leaving.post_id, ends_at__gt=now, starts_at__lte=now + timedelta(hours=12), left_at=None)
    return list(rows.exclude(person=leaving.person_id).select_related("person", "shift").order_by("starts_at", "id")[:20])


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()
