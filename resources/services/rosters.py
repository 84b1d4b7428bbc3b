"""The roster: who stands where and when, stand-ins, exchanges, leave, and the taking over of a post."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import BigIntegerField, Case, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext as _now_said
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from access.models import User
from journal import services as journal
from journal.facts import Fact
from kit.errors import Invalid, NotFound, Refused
from resources import facts, permissions
from resources.models import Duty, Leave, Post, Shift

MOST_LINES = 5_000
LONGEST_LEAVE = timedelta(days=400)
EARLIEST = timedelta(hours=12)


class PersonBusy(Refused):
    code = "person_busy"
    says = _("%(person)s already has a duty at that time: %(post)s.")


class DutyOver(Refused):
    code = "duty_over"
    says = _("This duty is over.")


class NotTheSamePost(Refused):
    code = "not_the_same_post"
    says = _("Only the next at the same post can take it over.")


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A line of a roster as a file has it: codes, a day, and who; `number` is its place in the file."""

    number: int
    post: str
    shift: str
    day: date
    username: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a roster's lines."""

    added: int
    known: int


class RosterRefused(Invalid):
    """Lines that cannot be, each with its reason; nothing of the file is kept."""

    code = "roster_refused"
    says = _("Nothing was taken in, because some lines cannot be.")


@transaction.atomic
def import_roster(actor: Actor, *, lines: Sequence[RosterLine], now: datetime) -> Imported:
    """Take in a roster, all of it or nothing; a line that is known already is passed over, so a file may be sent twice.

    Raises `RosterRefused` with each wrong line and its reason.
    """
    policy.require(actor, permissions.MANAGE_ROSTER, None)
    if len(lines) > MOST_LINES:
        raise Invalid({"file": _("At most 5,000 lines at once.")})
    posts, shifts, people = _named(lines)
    # Two files at once would each find the people free: the second waits, and finds what the first has written.
    list(User.objects.filter(pk__in=[each.pk for each in people.values()]).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    known = _planned_of(people.values(), lines)
    new: list[Duty] = []
    wrong: dict[str, str | Promise] = {}
    passed = 0
    for line in lines:
        try:
            duty = _duty_of(actor, line, posts, shifts, people)
            if _is_known(duty, known):
                passed += 1
                continue
            _refuse_overlap(duty, known)
        except Refused as refusal:
            wrong[str(line.number)] = _now_said("Line %(n)s: %(why)s") % {"n": line.number, "why": refusal.in_full}
            continue
        known.setdefault(duty.person_id, []).append(duty)
        new.append(duty)
    if wrong:
        raise RosterRefused(dict(list(wrong.items())[:50]))
    Duty.objects.bulk_create(new, batch_size=500)
    if new:
        _tell_import(actor, new, now)
    return Imported(len(new), passed)


@transaction.atomic
def roster_duty(actor: Actor, *, post_id: int, shift_id: int, day: date, person_id: int, now: datetime) -> Duty:
    """Put a person at a post for a shift of a day. Raises `PersonBusy`, `DutyOver` for a shift that has passed."""
    post = _post(actor, post_id)
    shift, person = Shift.objects.filter(pk=shift_id, is_active=True).first(), User.objects.filter(pk=person_id, is_active=True).first()
    if shift is None or person is None:
        raise Invalid({"shift_id": _("There is no such shift, or no such person.")})
    starts_at, ends_at = shift.span_on(day)
    if ends_at <= now:
        raise DutyOver
    duty = _kept(Duty(post=post, person=person, shift=shift, starts_at=starts_at, ends_at=ends_at))
    fact = facts.DutyRostered(duty_id=duty.pk, post_id=post.pk, person_id=person.pk, starts_at=starts_at.isoformat(), ends_at=ends_at.isoformat())
    _tell(actor, fact, post, [person.pk], now)
    return duty


@transaction.atomic
def cancel_duty(actor: Actor, *, duty_id: int, reason: str, now: datetime) -> Duty:
    """Take a line of the roster back, with its stand-ins. Raises `DutyOver`."""
    duty = _running(actor, now, duty_id)[0]
    duty.cancelled_at, duty.reason = now, _said(reason)
    duty.save(update_fields=["cancelled_at", "reason"])
    stand_ins = list(Duty.objects.planned().filter(stands_in_for=duty).values_list("person_id", flat=True))
    Duty.objects.planned().filter(stands_in_for=duty).update(cancelled_at=now, reason=duty.reason)
    fact = facts.DutyCancelled(duty_id=duty.pk, post_id=duty.post_id, person_id=duty.person_id, reason=duty.reason)
    _tell(actor, fact, duty.post, [duty.person_id, *stand_ins], now)
    return duty


@transaction.atomic
def name_stand_in(
    actor: Actor, *, duty_id: int, person_id: int, starts_at: datetime | None, ends_at: datetime | None, reason: str, now: datetime
) -> Duty:
    """Let another person stand in for a duty, or for a part of it (times None: from now or its beginning, to its end).

    Raises `PersonBusy`, `DutyOver`, `Invalid` when the part lies outside.
    """
    duty = _running(actor, now, duty_id)[0]
    person = User.objects.filter(pk=person_id, is_active=True).first()
    begin, end = starts_at or max(duty.starts_at, now), ends_at or duty.ends_at
    if person is None or person.pk == duty.person_id:
        raise Invalid({"person_id": _("Somebody else must stand in.")})
    if not duty.starts_at <= begin < end <= duty.ends_at:
        raise Invalid({"starts_at": _("The time lies outside the duty.")})
    if Duty.objects.planned().filter(stands_in_for=duty, starts_at__lt=end, ends_at__gt=begin).exists():
        raise Invalid({"starts_at": _("Somebody stands in at that time already.")})
    new = Duty(post=duty.post, person=person, shift=duty.shift, starts_at=begin, ends_at=end, stands_in_for=duty, reason=_said(reason))
    stand_in = _kept(new)
    fact = facts.StandInNamed(
        duty_id=stand_in.pk, post_id=duty.post_id, person_id=person.pk, instead_of_id=duty.person_id,
        starts_at=begin.isoformat(), ends_at=end.isoformat(), reason=stand_in.reason,
    )  # fmt: skip
    _tell(actor, fact, duty.post, [person.pk, duty.person_id], now)
    return stand_in


@transaction.atomic
def swap_duties(actor: Actor, *, duty_id: int, with_duty_id: int, reason: str, now: datetime) -> tuple[Duty, Duty]:
    """Let two people change duties with each other. Raises `PersonBusy` when one has another duty then, `DutyOver` when one has begun."""
    first, second = sorted(_running(actor, now, duty_id, with_duty_id), key=lambda each: each.pk != duty_id)
    if min(first.starts_at, second.starts_at) <= now:
        raise DutyOver
    if first.person_id == second.person_id:
        raise Invalid({"with_duty_id": _("Both duties are the same person's.")})
    why = _said(reason)
    owner = Case(When(pk=first.pk, then=Value(second.person_id)), default=Value(first.person_id), output_field=BigIntegerField())
    try:
        with transaction.atomic():
            Duty.objects.filter(pk__in=[first.pk, second.pk]).update(person=owner, reason=why)
    except IntegrityError:
        raise PersonBusy(person=f"{first.person} / {second.person}", post=_now_said("another post")) from None
    # One who already stood in for the other would now stand in for himself.
    Duty.objects.planned().filter(stands_in_for__in=[first.pk, second.pk]).update(cancelled_at=now, reason=why)
    fact = facts.DutiesSwapped(
        duty_id=first.pk, with_duty_id=second.pk, post_id=first.post_id, person_id=first.person_id, with_person_id=second.person_id, reason=why
    )
    _tell(actor, fact, first.post, [first.person_id, second.person_id], now)
    first.refresh_from_db()
    second.refresh_from_db()
    return first, second


@transaction.atomic
def note_leave(actor: Actor, *, person_id: int, starts_at: datetime, ends_at: datetime, reason: str, now: datetime) -> Leave:
    """Note that a person is away: not on duty whatever the roster says, and a gap where nobody stands in."""
    policy.require(actor, permissions.MANAGE_ROSTER, None)
    person = User.objects.filter(pk=person_id, is_active=True).first()
    if person is None:
        raise NotFound
    if not starts_at < ends_at <= starts_at + LONGEST_LEAVE or ends_at <= now:
        raise Invalid({"ends_at": _("The end lies before the beginning, is past, or more than 400 days away.")})
    _require_posts_of(actor, person_id, starts_at, ends_at)
    leave = Leave.objects.create(person=person, starts_at=starts_at, ends_at=ends_at, reason=_said(reason))
    fact = facts.LeaveNoted(leave_id=leave.pk, person_id=person.pk, starts_at=starts_at.isoformat(), ends_at=ends_at.isoformat())
    journal.record(actor, fact, about=[leave, person], scopes=_leave_scopes(person_id, starts_at, ends_at), at=now)
    return leave


@transaction.atomic
def cancel_leave(actor: Actor, *, leave_id: int, now: datetime) -> Leave:
    """Take leave back: the person is on duty again as the roster says. Twice changes nothing."""
    leave = Leave.objects.select_for_update(of=("self",), no_key=True).filter(pk=leave_id).first()
    if leave is None:
        raise NotFound
    _require_posts_of(actor, leave.person_id, leave.starts_at, leave.ends_at)
    if leave.cancelled_at is None:
        leave.cancelled_at = now
        leave.save(update_fields=["cancelled_at"])
        fact = facts.LeaveCancelled(leave_id=leave.pk, person_id=leave.person_id)
        scopes = _leave_scopes(leave.person_id, leave.starts_at, leave.ends_at)
        journal.record(actor, fact, about=[leave, f"user:{leave.person_id}"], scopes=scopes, at=now)
    return leave


@transaction.atomic
def take_over(actor: Actor, *, leaving_id: int, coming_id: int, now: datetime) -> Duty:
    """The coming person has the post from now on, the leaving one is off duty; who comes early is on duty from now.

    The actor is the coming person: the verb above has checked what was signed. Raises `NotTheSamePost`.
    """
    rows = {each.pk: each for each in Duty.objects.locked(leaving_id, coming_id)}
    leaving, coming = rows.get(leaving_id), rows.get(coming_id)
    if leaving is None or coming is None or leaving.post_id != coming.post_id or leaving.person_id == coming.person_id:
        raise NotTheSamePost
    policy.require(actor, permissions.VIEW_ROSTER, coming.post)
    if coming.person_id != actor.user_id or not coming.starts_at - EARLIEST <= now < coming.ends_at:
        raise NotTheSamePost
    leaving.left_at = min(now, leaving.ends_at)
    leaving.save(update_fields=["left_at"])
    coming.came_at = now
    coming.save(update_fields=["came_at"])
    fact = facts.PostTakenOver(post_id=coming.post_id, duty_id=coming.pk, person_id=coming.person_id, from_id=leaving.person_id)
    _tell(actor, fact, coming.post, [coming.person_id, leaving.person_id], now)
    return coming


def hold_duty(actor: Actor, *, duty_id: int) -> Duty:
    """The duty, locked until the caller's transaction ends, for the verb above that writes about it."""
    rows = Duty.objects.locked(duty_id)
    if not rows:
        raise NotFound
    policy.require(actor, permissions.VIEW_ROSTER, rows[0].post)
    return rows[0]


def _named(lines: Sequence[RosterLine]) -> tuple[dict[str, Post], dict[str, Shift], dict[str, User]]:
    posts = {each.code: each for each in Post.objects.filter(code__in={line.post for line in lines}, is_active=True)}
    shifts = {each.code: each for each in Shift.objects.filter(code__in={line.shift for line in lines}, is_active=True)}
    people = {each.username: each for each in User.objects.filter(username__in={line.username for line in lines}, is_active=True)}
    return posts, shifts, people


def _duty_of(actor: Actor, line: RosterLine, posts: dict[str, Post], shifts: dict[str, Shift], people: dict[str, User]) -> Duty:
    post, shift, person = posts.get(line.post), shifts.get(line.shift), people.get(line.username)
    if post is None or not policy.can(actor, permissions.VIEW_ROSTER, post):
        raise Invalid({"post": _now_said("there is no post %(code)s") % {"code": line.post[:40]}})
    policy.require(actor, permissions.MANAGE_ROSTER, post)
    if shift is None:
        raise Invalid({"shift": _now_said("there is no shift %(code)s") % {"code": line.shift[:40]}})
    if person is None:
        raise Invalid({"person": _now_said("there is nobody called %(name)s") % {"name": line.username[:80]}})
    starts_at, ends_at = shift.span_on(line.day)
    return Duty(post=post, person=person, shift=shift, starts_at=starts_at, ends_at=ends_at)


def _planned_of(people: "Sequence[User] | object", lines: Sequence[RosterLine]) -> dict[int, list[Duty]]:
    found: dict[int, list[Duty]] = {}
    if not lines:
        return found
    days = [line.day for line in lines]
    rows = Duty.objects.planned().filter(person__in=people, starts_at__date__lte=max(days) + timedelta(days=2))  # type: ignore[misc]
    for duty in rows.filter(ends_at__date__gte=min(days) - timedelta(days=1)).select_related("post"):
        found.setdefault(duty.person_id, []).append(duty)
    return found


def _is_known(duty: Duty, known: dict[int, list[Duty]]) -> bool:
    return any(each.post_id == duty.post_id and each.starts_at == duty.starts_at for each in known.get(duty.person_id, ()))


def _refuse_overlap(duty: Duty, known: dict[int, list[Duty]]) -> None:
    for each in known.get(duty.person_id, ()):
        if each.starts_at < duty.ends_at and duty.starts_at < each.ends_at:
            raise PersonBusy(person=duty.person, post=each.post)


def _kept(duty: Duty) -> Duty:
    """Save a duty; the database refuses a person two places at a time, whoever was first."""
    clash = Duty.objects.touching(duty.starts_at, duty.ends_at).filter(person=duty.person).select_related("post").first()
    if clash is not None:
        raise PersonBusy(person=duty.person, post=clash.post)
    try:
        with transaction.atomic():
            duty.save()
    except IntegrityError:
        raise PersonBusy(person=duty.person, post=duty.post) from None
    return duty


def _running(actor: Actor, now: datetime, *duty_ids: int) -> list[Duty]:
    rows = Duty.objects.locked(*duty_ids)
    if len(rows) != len(set(duty_ids)):
        raise NotFound
    for duty in rows:
        policy.require(actor, permissions.MANAGE_ROSTER, duty.post)
        if duty.ends_at <= now:
            raise DutyOver
    return rows


def _post(actor: Actor, post_id: int) -> Post:
    policy.require(actor, permissions.MANAGE_ROSTER, None)
    post = Post.objects.filter(pk=post_id, is_active=True).first()
    if post is None:
        raise NotFound
    policy.require(actor, permissions.MANAGE_ROSTER, post)
    return post


def _require_posts_of(actor: Actor, person_id: int, starts_at: datetime, ends_at: datetime) -> None:
    """Leave touches every post the person is to hold meanwhile, so all of them must be the actor's to keep."""
    policy.require(actor, permissions.MANAGE_ROSTER, None)
    for post in Post.objects.filter(duties__in=Duty.objects.touching(starts_at, ends_at).filter(person_id=person_id)).distinct():
        policy.require(actor, permissions.MANAGE_ROSTER, post)


def _leave_scopes(person_id: int, starts_at: datetime, ends_at: datetime) -> list[str]:
    posts = Post.objects.filter(duties__in=Duty.objects.touching(starts_at, ends_at).filter(person_id=person_id)).distinct()
    return [f"user:{person_id}", *(scope for post in posts for scope in policy.audience(permissions.VIEW_ROSTER, post))]


def _tell(actor: Actor, fact: Fact, post: Post, people: Sequence[int], now: datetime) -> None:
    scopes = [*policy.audience(permissions.VIEW_ROSTER, post), *(f"user:{pk}" for pk in people)]
    journal.record(actor, fact, about=[post, *(f"user:{pk}" for pk in people)], scopes=scopes, at=now)


def _tell_import(actor: Actor, new: list[Duty], now: datetime) -> None:
    posts = {duty.post_id: duty.post for duty in new}
    first, last = min(duty.starts_at for duty in new), max(duty.ends_at for duty in new)
    fact = facts.RosterImported(duties=len(new), since=first.isoformat(), until=last.isoformat())
    scopes = [scope for post in posts.values() for scope in policy.audience(permissions.VIEW_ROSTER, post)]
    journal.record(actor, fact, about=list(posts.values()), scopes=scopes, at=now)


def _said(reason: str) -> str:
    text = reason.strip()[:200]
    if not text:
        raise Invalid({"reason": _("Say why.")})
    return text
