"""The city, or a district, goes into a time of emergency and comes back to routine."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access import policy, regions
from access import selectors as access
from access.actors import Actor
from access.models import Region
from incidents import facts, modes, permissions
from incidents.models import CityMode, Incident
from incidents.models.plans import LEVELS
from incidents.services.common import reason_of
from journal import services as journal
from kit.errors import Forbidden, Invalid, NotFound, Refused
from resources import selectors as resource_questions
from resources import services as resources


class EmergencyHolds(Refused):
    code = "emergency_holds"
    says = _("An emergency holds there already. Look at it first.")


class NotLookedThrough(Refused):
    code = "not_looked_through"
    says = _("Look through this first: %(what)s")


@transaction.atomic
def switch_mode(actor: Actor, *, region_id: int | None, level: str, reason: str, incident_id: int | None, now: datetime) -> CityMode:
    """Put a region (None: the whole city) into a time of emergency at a level, with a reason and perhaps the incident it is for.

    Where one holds at another level already, that one ends and this begins. Raises `EmergencyHolds` for the same level, and for the second
    of two at once.
    """
    _require(actor, region_id)
    if level not in LEVELS:
        raise Invalid({"level": _("There is no such response level.")})
    if incident_id is not None:
        basis = Incident.objects.filter(pk=incident_id).first()
        policy.require(actor, permissions.VIEW, basis)
    why = reason_of(reason)
    there = Q(region=None) if region_id is None else Q(region_id=region_id)
    running = CityMode.objects.select_for_update(of=("self",), no_key=True).filter(there, ended_at=None).first()
    if running is not None:
        if running.level == level:
            raise EmergencyHolds
        _end(running, actor, why, now)
    try:
        with transaction.atomic():
            mode = CityMode.objects.create(
                region_id=region_id, level=level, reason=why, incident_id=incident_id, began_at=now, began_by=actor.label[:80]
            )
    except IntegrityError:
        raise EmergencyHolds from None
    before = running.level if running else ""
    fact = facts.ModeSwitched(mode_id=mode.pk, region_id=region_id, level=level, before=before, reason=why, incident_id=incident_id)
    journal.record(actor, fact, about=_about(mode), scopes=access.scopes_held(permissions.VIEW, region_id), at=now)
    _call_posts(actor, mode, running, now)
    return mode


def _call_posts(actor: Actor, mode: CityMode, running: CityMode | None, now: datetime) -> None:
    """The posts that a level calls are called with the switch; those that the level before called and this does not are stood down."""
    number, path = modes.LEVEL_NUMBERS[mode.level], regions.lineage(mode.region_id).path
    wanted = [post.pk for post in resource_questions.posts_called_at(number, path)]
    before = modes.cause_of(running) if running is not None else ""
    resources.call_posts(actor, post_ids=wanted, cause=modes.cause_of(mode), before=before, level=number, reason=mode.reason, now=now)


@transaction.atomic
def end_mode(actor: Actor, *, mode_id: int, reason: str, looked: Mapping[str, int], now: datetime) -> CityMode:
    """Bring a region, or the city, back to routine, with a reason; `looked` is what was looked through, how many of each code.

    Raises `NotLookedThrough` for what the hand-back list names and was not, or has grown since. Ending twice changes nothing.
    """
    mode = CityMode.objects.select_for_update(of=("self",), no_key=True).filter(pk=mode_id).first()
    if mode is None:
        raise NotFound
    _require(actor, mode.region_id)
    if mode.ended_at is not None:
        return mode
    why = reason_of(reason)
    standing = modes.hand_back(actor, mode)
    missed = modes.unseen(standing, looked)
    if missed:
        raise NotLookedThrough(what=" ".join(each.sentence for each in missed))
    _end(mode, actor, why, now)
    resources.stand_posts_down(actor, cause=modes.cause_of(mode), now=now)
    left = {each.code: each.count for each in standing}
    fact = facts.ModeEnded(mode_id=mode.pk, region_id=mode.region_id, level=mode.level, reason=why, left=left)
    journal.record(actor, fact, about=_about(mode), scopes=access.scopes_held(permissions.VIEW, mode.region_id), at=now)
    return mode


def _end(mode: CityMode, actor: Actor, reason: str, now: datetime) -> None:
    mode.ended_at, mode.ended_by, mode.end_reason = now, actor.label[:80], reason
    mode.save(update_fields=["ended_at", "ended_by", "end_reason"])


def _require(actor: Actor, region_id: int | None) -> None:
    """Who may switch: for the whole city only who has authority over all of it."""
    policy.require(actor, permissions.SWITCH_MODE, None)
    if region_id is not None and not Region.objects.filter(pk=region_id).exists():
        raise Invalid({"region": _("There is no such region.")})
    if not access.has_authority_in(actor, permissions.SWITCH_MODE, region_id):
        raise Forbidden


def _about(mode: CityMode) -> list[str]:
    related = {"incident": mode.incident_id, "region": mode.region_id}
    return [f"citymode:{mode.pk}", *(f"{kind}:{pk}" for kind, pk in related.items() if pk is not None)]
