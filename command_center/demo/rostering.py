"""The demo city's posts, escalation chain and roster around the clock: made with the city, and carried on whenever it is started again."""

import json
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from access import selectors as access_selectors
from access.actors import Actor
from access.facts import ReferenceChanged
from alerts import selectors as alerts_selectors
from alerts import services as alerts
from alerts.services import NewChain, NewStep
from gis.demo.cells import facts as geography
from journal import selectors as journal_selectors
from resources import selectors as resources_selectors
from resources import services as resources
from resources.models import Post
from resources.services import NewPost, RosterLine

HERE = Path(__file__).parent
AHEAD_DAYS = 28


@cache
def duty() -> dict[str, Any]:
    """Shifts, posts and who holds them."""
    return dict(json.loads((HERE / "duty.json").read_text(encoding="utf-8")))


def roster(actor: Actor, *, made_at: datetime, now: datetime) -> None:
    """Make posts and shifts where they are missing, and fill the roster from yesterday to four weeks ahead.

    The first crew has the shift in which the city was made, so that a first visitor is on duty; the second has the other.
    """
    _shifts(actor)
    _posts(actor)
    _chains(actor)
    today = timezone.localtime(now).date()
    days = [today + timedelta(days=n) for n in range(-1, AHEAD_DAYS + 1)]
    resources.import_roster(actor, lines=_lines(days, _first_crew(made_at)), now=now)


def _first_crew(made_at: datetime) -> str:
    """The code of the shift that the first crew has."""
    at = timezone.localtime(made_at).time()
    begins = {one["code"]: time.fromisoformat(one["begins"]) for one in duty()["shifts"]}
    return "day" if begins["day"] <= at < begins["night"] else "night"


def _lines(days: list[date], first: str) -> list[RosterLine]:
    people = {person.username for person in access_selectors.people()}
    made = []
    for post in duty()["posts"]:
        crews = post["crews"]
        turns = {"day": crews[0]} if len(crews) == 1 else {first: crews[0], "night" if first == "day" else "day": crews[1]}
        made += [(post["code"], shift, day, who) for day in days for shift, who in turns.items() if who in people]
    return [RosterLine(number, *line) for number, line in enumerate(made, start=1)]


def _shifts(actor: Actor) -> None:
    known = {shift.code for shift in resources_selectors.shifts()}
    for one in duty()["shifts"]:
        if one["code"] not in known:
            begins = time.fromisoformat(one["begins"])
            resources.add_shift(actor, code=one["code"], name=one["name"], name_en=one["name_en"], begins=begins, minutes=one["minutes"])


def _chains(actor: Actor) -> None:
    known = alerts_selectors.chain_codes()
    posts = {post.code: post.pk for post in resources_selectors.posts(actor)}
    for one in duty()["chains"]:
        if one["code"] not in known:
            steps = tuple(NewStep(seconds, posts[code] if code else None) for code, seconds in one["steps"])
            alerts.add_chain(actor, chain=NewChain(one["code"], one["name"], one["name_en"], steps, one["worst_level"]))


def _posts(actor: Actor) -> None:
    known = {post.code: post for post in resources_selectors.posts(actor)}
    departments = {department.code: department.pk for department in access_selectors.departments()}
    city = access_selectors.region_of_code(geography()["city"]["code"])
    for one in duty()["posts"]:
        if post := known.get(one["code"]):
            _level(actor, post, one.get("called_at"))
            continue
        new = NewPost(
            code=one["code"],
            name=one["name"],
            name_en=one["name_en"],
            department_id=departments[one["department"]],
            region_id=city.pk if city else None,
            superior=one["superior"],
            is_supervisor=one["is_supervisor"],
            called_at=one.get("called_at"),
            shift_codes=("day", "night") if len(one["crews"]) > 1 else ("day",),
        )
        resources.add_post(actor, post=new)


def _level(actor: Actor, post: Post, called_at: int | None) -> None:
    """A post of a city from before posts had levels gets its own, unless somebody has changed the post since it was made."""
    if post.called_at is None and called_at is not None and len(journal_selectors.timeline(post, names=[ReferenceChanged.name], limit=2)) == 1:
        resources.call_post_from(actor, post_id=post.pk, level=called_at)
