"""To whom an order goes, and who may answer for them: a person, the people of a department, whoever holds a post, the crew of a unit."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from access import roles
from access.actors import Actor
from access.models import Department, User
from chat import permissions
from chat.models import Addressee
from incidents import crew
from resources import duty
from resources.handles import NAME, plain, spelled
from resources.models import Duty, Post, Unit


@dataclass(frozen=True, slots=True)
class Addressed:
    """Somebody who can be given an order, by the name of the column that says so."""

    column: str
    pk: int
    name: str
    name_en: str = ""

    def columns(self) -> dict[str, Any]:
        """As the columns of an addressee."""
        return {f"{self.column}_id": self.pk, "name": self.name[:120], "name_en": self.name_en[:120]}


def found(subjects: Sequence[str]) -> list[Addressed]:
    """Those of the subjects ("user:5", "department:3", "post:2", "unit:7") that exist, each once."""
    rows = [_found(*subject.partition(":")[::2]) for subject in dict.fromkeys(subjects)]
    return [row for row in rows if row is not None]


def _found(kind: str, number: str) -> Addressed | None:
    pk = int(number) if number.isascii() and number.isdigit() and len(number) < 13 else 0
    if kind == "user":
        return next((Addressed("person", pk, str(each)) for each in User.objects.filter(pk=pk, is_active=True)), None)
    if kind == "department":
        return next((Addressed("department", pk, each.name, each.name_en) for each in Department.objects.filter(pk=pk, is_active=True)), None)
    if kind == "post":
        return next((Addressed("post", pk, each.name, each.name_en) for each in Post.objects.filter(pk=pk, is_active=True)), None)
    if kind == "unit":
        return next((Addressed("unit", pk, each.code) for each in Unit.objects.filter(pk=pk, is_active=True)), None)
    return None


def people_meant(to: Iterable[Addressee], at: datetime) -> list[int]:
    """The people addressed by name, and those who hold a post addressed, at a moment."""
    posts = [each.post_id for each in to if each.post_id is not None]
    held = [each.person_id for duties in duty.holders(posts, at).values() for each in duties] if posts else []
    return sorted({each.person_id for each in to if each.person_id is not None} | set(held))


def speaks_for(actor: Actor, addressee: Addressee, now: datetime) -> bool:
    """Whether the actor may say how far an order has come for this addressee."""
    if addressee.person_id is not None:
        return addressee.person_id == actor.user_id
    if addressee.department_id is not None:
        return addressee.department_id in departments_of(actor, now)
    if addressee.post_id is not None:
        return addressee.post_id in posts_of(actor, now)
    return addressee.unit_id is not None and crew.may_speak_for(actor, addressee.unit_id)


def own(actor: Actor, *, unit_id: int | None, now: datetime) -> Q:
    """What is addressed to the actor, to a department or a post of theirs, and to a unit they may speak for, if one is named."""
    mine = Q(person_id=actor.user_id) & Q(person__isnull=False)
    held = Duty.objects.held_at(now).filter(person_id=actor.user_id).order_by().values("post_id")
    mine |= Q(department_id__in=departments_of(actor, now)) | Q(post_id__in=held)
    return mine | Q(unit_id=unit_id) if unit_id is not None and crew.may_speak_for(actor, unit_id) else mine


def subjects_of(actor: Actor, now: datetime) -> list[str]:
    """As whom the actor answers orders, units left out."""
    own_ = [f"user:{actor.user_id}"] if actor.user_id is not None else []
    return [*own_, *(f"department:{pk}" for pk in departments_of(actor, now)), *(f"post:{pk}" for pk in posts_of(actor, now))]


def departments_of(actor: Actor, now: datetime) -> list[int]:
    """The departments in whose name the actor may write."""
    holders = roles.having(permissions.POST)
    grants = [grant for grant in actor.grants if grant.role in holders and (grant.until is None or grant.until > now)]
    return sorted({grant.department_id for grant in grants if grant.department_id is not None})


def posts_of(actor: Actor, now: datetime) -> list[int]:
    """The posts the actor holds now."""
    if actor.user_id is None:
        return []
    return sorted(Duty.objects.held_at(now).filter(person_id=actor.user_id).values_list("post_id", flat=True).distinct())


def people_named(words: str) -> tuple[list[int], list[str]]:
    """Who is meant by names, user names, pinyin or initials with commas between them; and in words what fits nobody, or several."""
    wanted = [each.strip() for each in re.split("[,;\uff0c\uff1b\u3001]", words) if each.strip()]
    people = list(User.objects.filter(is_active=True).order_by("name", "username")) if wanted else []
    ids, problems = [], []
    for each in wanted:
        ranked = [(rank, one) for one in people if (rank := spelled(one.username, str(one)).rank(plain(each))) is not None]
        best = min((rank for rank, _one in ranked), default=NAME)
        found = [one for rank, one in ranked if rank == best]
        if len(found) == 1:
            ids.append(found[0].pk)
        elif not found:
            problems.append(_("Nobody is called %(name)s.") % {"name": each})
        else:
            several = ", ".join(f"{one} ({one.username})" for one in found[:8])
            problems.append(_("%(name)s may be %(several)s.") % {"name": each, "several": several})
    return ids, problems
