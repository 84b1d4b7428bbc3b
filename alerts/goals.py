"""Whom a step of a chain means at a moment: who is on duty there, and who would be but is not, with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from access.models import User
from alerts.models import ChainStep
from resources import selectors as resources
from resources.models import Duty, Post

POST_EMPTY = "POST_EMPTY"


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody (or nobody) a step means; `reason` says why not to page, empty: page."""

    post: Post | None
    person: User | None
    reason: str


def goals_of_post(post: Post, now: datetime) -> list[Called]:
    """Those on duty at a post, those who are rostered there and away, and, where nobody is on duty, that."""
    held = resources.on_duty(post, now)
    on = {duty.person_id for duty in held}
    rostered = Duty.objects.planned().filter(post=post, starts_at__lte=now, ends_at__gt=now).select_related("person").order_by("pk")
    away = {duty.person_id: duty.person for duty in rostered if duty.person_id not in on}
    found = [Called(post, duty.person, "") for duty in held]
    found += [Called(post, person, resources.why_off_duty(person.pk, now) or "") for person in away.values()]
    # One who is away here may be on duty at another post: he is not paged as this one either.
    found = [each if each.person is None or each.person.pk in on else Called(post, each.person, each.reason or "STOOD_IN") for each in found]
    return found if held else [*found, Called(post, None, POST_EMPTY)]


def goals_of_step(steps: Sequence[ChainStep], place: int, now: datetime) -> list[Called]:
    """Those whom a step means; `place` is its place among the steps in order."""
    step = steps[place]
    if step.kind == ChainStep.Kind.PERSON and step.person is not None:
        return [Called(None, step.person, resources.why_off_duty(step.person.pk, now) or "")]
    post = post_of_step(steps, place, now)
    return goals_of_post(post, now) if post is not None else []


def post_of_step(steps: Sequence[ChainStep], place: int, now: datetime) -> Post | None:
    """The post of a step: its own, that of its person's duty, or the one above the step before; None when there is none."""
    if place < 0:
        return None
    step = steps[place]
    if step.kind == ChainStep.Kind.POST:
        return step.post
    if step.kind == ChainStep.Kind.PERSON:
        duty = resources.duty_of(step.person_id, now) if step.person_id is not None else None
        return duty.post if duty is not None else None
    below = post_of_step(steps, place - 1, now)
    return below.superior if below is not None else None
