"""Whom a message names: @person, @post, @department, @unit. What is stored is the subject and how it stands in the text."""

from collections.abc import Sequence
from typing import Any

from access.actors import Actor
from access.models import Department, User
from chat import membership
from chat.models import Room
from kit.naming import called
from resources import duty
from resources import selectors as resources
from resources.handles import plain, spelled
from resources.models import Post, Unit

MOST = 30
MOST_PEOPLE = 5000
OFFERED = 8

Mention = dict[str, str]


def of(room: Room, words: str, subjects: Sequence[str]) -> list[Mention]:
    """Those of the subjects whose name stands in the words behind an @; the others are left out, as is what does not exist."""
    found = []
    for subject in list(dict.fromkeys(subjects))[:MOST]:
        names = _names(subject)
        name = next((name for name in names if name and f"@{name}" in words), None)
        if name is not None:
            found.append({"of": subject, "name": name})
    return found


def still_named(mentions: list[Mention], words: str) -> list[Mention]:
    """Those that still stand in the words after these were changed."""
    return [each for each in mentions if f"@{each['name']}" in words]


def offered(actor: Actor, room: Room, typed: str) -> list[dict[str, Any]]:
    """Whom the letters behind an @ could mean: people of the room first, then posts, departments, units the actor may see; by name or pinyin."""
    wanted = plain(typed)
    named = membership.people_of(room).values_list("pk", "name", "username")[:MOST_PEOPLE]
    people = [("user", pk, name or username, username) for pk, name, username in named]
    posts = [("post", each.pk, called(each), each.code, each.name, each.name_en) for each in duty.posts(actor)[:200]]
    departments = [
        ("department", each.pk, called(each), each.code, each.name, each.name_en)
        for each in Department.objects.filter(is_active=True).order_by("code")[:100]
    ]
    known: list[tuple[Any, ...]] = [*people, *posts, *departments]
    ranked = sorted((rank, place, each) for place, each in enumerate(known) if (rank := _rank(wanted, *each[2:])) is not None)
    units = [("unit", each.pk, each.code, each.name) for each in resources.find_units(actor, typed, limit=OFFERED)] if wanted else []
    rows = [*(each[:4] for _rank_, _place, each in ranked), *units][:OFFERED]
    return [{"of": f"{kind}:{pk}", "name": name, "note": note} for kind, pk, name, note in rows]


def _rank(wanted: str, name: str, code: str, *names: str) -> int | None:
    return spelled(code, name, *names).rank(wanted) if wanted else 0


def _names(subject: str) -> tuple[str, ...]:
    kind, pk = _split(subject)
    if kind == "user":
        return tuple(str(each) for each in User.objects.filter(pk=pk, is_active=True))
    if kind == "post":
        return tuple(name for each in Post.objects.filter(pk=pk, is_active=True) for name in (each.name, each.name_en))
    if kind == "department":
        return tuple(name for each in Department.objects.filter(pk=pk, is_active=True) for name in (each.name, each.name_en))
    if kind == "unit":
        return tuple(Unit.objects.filter(pk=pk).values_list("code", flat=True))
    return ()


def _split(subject: str) -> tuple[str, int]:
    kind, _, pk = subject.partition(":")
    return (kind, int(pk)) if pk.isascii() and pk.isdigit() and len(pk) < 13 else ("", 0)
