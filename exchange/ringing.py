"""Questions about telephone calls: which ring, which were missed, what the form of one should show."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet

from access import policy
from access.actors import Actor
from exchange import permissions
from exchange.models import PhoneCall, PhoneLink, SharedNumber
from exchange.telephony.events import masked
from incidents import nearby, seeing
from incidents import permissions as incident_permissions
from incidents.models import Report

SILENT = timedelta(seconds=40)
MOST_RINGING = 6
MOST_MISSED = 100
MOST_NEWEST = 50
State = PhoneCall.State


@dataclass(frozen=True, slots=True)
class RingingLine:
    """A call that rings, as it stands on a screen that others see too: without its number. `before` are what this number reported."""

    call: PhoneCall
    number: str
    before: list[Report]
    calls_today: int
    is_shared: bool
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Ringing:
    """What rings: the calls that ring longest, how many more, how many nobody takes, how many wait to be called back;
    `broken` are lines of which nobody tells us: an empty box would be no news then; `sounds`: the reader is told of what nobody takes."""

    lines: list[RingingLine]
    more: int
    overdue: int
    missed: int
    broken: list[str]
    sounds: bool


def is_set_up() -> bool:
    """Whether any exchange can tell us of calls."""
    return bool(settings.TELEPHONY_SECRETS or settings.TELEPHONY_SIP_LINES)


def may_take(actor: Actor) -> bool:
    """Whether calls ring at this person's desk."""
    return is_set_up() and policy.can(actor, permissions.CLAIM_PHONE_CALL, None)


def ringing(actor: Actor, *, now: datetime) -> Ringing:
    """The calls that nobody has taken, the longest ringing first: at most six with what is known of their numbers."""
    policy.require(actor, permissions.VIEW_PHONE_CALLS, None)
    waiting = list(PhoneCall.objects.filter(ended_at=None, taker=None).order_by("rung_at", "id")[: MOST_MISSED + MOST_RINGING])
    lines = [_line(actor, call, now) for call in waiting[:MOST_RINGING]]
    overdue = sum(call.overflowed_at is not None and call.state == State.RINGING for call in waiting)
    sounds = overdue > 0 and policy.can(actor, permissions.VIEW_OVERFLOW, None)
    return Ringing(lines, len(waiting) - len(lines), overdue, to_call_back(actor, now=now).count(), broken_links(now=now), sounds)


def to_call_back(actor: Actor, *, now: datetime) -> QuerySet[PhoneCall]:
    """Callers who hung up before anybody answered and whose number is known still, the one that waits longest first."""
    policy.require(actor, permissions.VIEW_PHONE_CALLS, None)
    since = now - timedelta(hours=settings.TELEPHONY_HOURS)
    found = PhoneCall.objects.filter(state=State.ABANDONED, settled_at=None, ended_at__gt=since).exclude(number="")
    return found.select_related("taker").order_by("ended_at", "id")


@dataclass(frozen=True, slots=True)
class MissedLine:
    """A missed call in the list; `tries` counts how often this caller rang in vain within the time that numbers are kept.

    `is_shared`: many people call from its number, so it is a line of its own.
    """

    call: PhoneCall
    number: str
    tries: int
    is_being_called: bool
    is_shared: bool


def missed(actor: Actor, *, now: datetime) -> list[MissedLine]:
    """The list to call back, at most a hundred: one line for each caller, the call that is called back now or else the newest of each.

    Of a number that many share each call is a caller.
    """
    found: dict[str, list[PhoneCall]] = {}
    rows = list(to_call_back(actor, now=now)[:MOST_MISSED])
    shared = set(SharedNumber.objects.filter(caller__in={row.caller for row in rows}).values_list("caller", flat=True))
    for row in rows:
        found.setdefault(row.caller if row.caller and row.caller not in shared else f"#{row.pk}", []).append(row)
    shown = [(next((row for row in rows if row.is_being_called(now)), rows[-1]), len(rows)) for rows in found.values()]
    return [MissedLine(row, masked(row.number), tries, row.is_being_called(now), row.caller in shared) for row, tries in shown]


def is_shared(caller: str) -> bool:
    """Whether many people call from the number with this keyed hash: its calls are not of one caller."""
    return bool(caller) and SharedNumber.objects.filter(caller=caller).exists()


def shared_numbers(actor: Actor) -> list[SharedNumber]:
    """The numbers from which many people call, the last marked first, with who said so; at most a hundred."""
    policy.require(actor, permissions.VIEW_PHONE_CALLS, None)
    return list(SharedNumber.objects.select_related("by")[:MOST_MISSED])


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call in the list of the newest; `number` is its incident's, empty when it has none or the reader may not know of it (`is_kept`)."""

    call: PhoneCall
    number: str
    is_kept: bool


def newest_calls(actor: Actor) -> list[CallLine]:
    """The last fifty calls, the newest first, each with the number of its incident where the actor may open that."""
    policy.require(actor, permissions.VIEW_PHONE_CALLS, None)
    calls = list(PhoneCall.objects.select_related("taker", "desk_call").order_by("-rung_at", "-id")[:MOST_NEWEST])
    made = {call.pk: call.desk_call.incident_id for call in calls if call.desk_call is not None and call.desk_call.incident_id is not None}
    known: dict[int, str] = dict(seeing.known(actor).filter(pk__in=set(made.values())).values_list("pk", "number"))
    numbers = {call_id: known.get(incident_id, "") for call_id, incident_id in made.items()}
    return [CallLine(call, numbers.get(call.pk, ""), numbers.get(call.pk) == "") for call in calls]


def call_of_form(actor: Actor, key: UUID) -> PhoneCall | None:
    """The telephone call behind a person's own form, None when it was begun by hand."""
    if actor.user_id is None:
        return None
    return PhoneCall.objects.filter(desk_call__key=key, desk_call__taker_id=actor.user_id).first()


def is_known(actor: Actor, *, system: str, ref: str) -> bool:
    """Whether an exchange has told of this call before."""
    policy.require(actor, permissions.VIEW_PHONE_CALLS, None)
    return PhoneCall.objects.filter(system=system, ref=ref).exists()


def going_on(actor: Actor, *, system: str, line: str) -> list[str]:
    """The exchange's own names of the calls on one of its lines that have not ended."""
    policy.require(actor, permissions.VIEW_PHONE_CALLS, None)
    found = PhoneCall.objects.filter(ended_at=None, system=system, line=line).order_by("rung_at", "id")
    return list(found.values_list("ref", flat=True))


def links(actor: Actor) -> list[PhoneLink]:
    """How each subscription at a telephone exchange stands."""
    policy.require(actor, permissions.VIEW_PHONE_CALLS, None)
    return list(PhoneLink.objects.filter(uri__in=settings.TELEPHONY_SIP_LINES).order_by("uri"))


def broken_links(*, now: datetime) -> list[str]:
    """Lines whose calls nobody tells us of at present: the exchange does not answer, or the process that asks it does not run."""
    if not settings.TELEPHONY_SIP_LINES:
        return []
    fresh = PhoneLink.objects.filter(uri__in=settings.TELEPHONY_SIP_LINES, state=PhoneLink.State.UP, seen_at__gt=now - SILENT)
    up = set(fresh.values_list("uri", flat=True))
    return [uri for uri in settings.TELEPHONY_SIP_LINES if uri not in up]


def _line(actor: Actor, call: PhoneCall, now: datetime) -> RingingLine:
    sees = policy.can(actor, incident_permissions.SEE_CALLER, None)
    before = nearby.calls_of_number(actor, call.number, now=now) if sees and call.number else []
    of_many = is_shared(call.caller)
    today = PhoneCall.objects.filter(caller=call.caller).aggregate(n=Count("id"))["n"] if call.caller and not of_many else 1
    return RingingLine(call, masked(call.number), before, today, of_many, call.overflowed_at is not None and call.state == State.RINGING)
