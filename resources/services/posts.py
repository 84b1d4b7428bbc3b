"""Posts and shifts, as a city sets them up."""

from dataclasses import dataclass, field
from datetime import time

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from access.facts import ReferenceChanged
from journal import services as journal
from kit.errors import Invalid, NotFound
from resources import permissions
from resources.models import Post, Shift


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post to add; `superior` is the code of the post above, `called_at` the emergency level (1 to 4) from which it is called."""

    code: str
    name: str
    name_en: str
    department_id: int
    region_id: int | None
    seats: int = 1
    superior: str = ""
    is_supervisor: bool = False
    called_at: int | None = None
    shift_codes: tuple[str, ...] = field(default=())


@transaction.atomic
def add_shift(actor: Actor, *, code: str, name: str, name_en: str, begins: time, minutes: int) -> Shift:
    """Add a shift that begins at a time of the city's clocks and lasts so many minutes, at most a day. Raises `Invalid`."""
    policy.require(actor, permissions.MANAGE_POSTS, None)
    if Shift.objects.filter(code=code).exists():
        raise Invalid({"code": _("This code is taken.")})
    if not 1 <= minutes <= 1440:
        raise Invalid({"minutes": _("A shift lasts a minute to a day.")})
    row = Shift.objects.create(code=code, name=name[:80], name_en=name_en[:80], begins=begins, minutes=minutes)
    fact = ReferenceChanged(subject=f"shift:{row.pk}", before={}, after={"code": row.code})
    journal.record(actor, fact, about=[row], scopes=[f"{permissions.MANAGE_POSTS}@*:*"], at=None)
    return row


@transaction.atomic
def add_post(actor: Actor, *, post: NewPost) -> Post:
    """Add a post. Raises `Invalid` when its code is taken."""
    policy.require(actor, permissions.MANAGE_POSTS, None)
    if Post.objects.filter(code=post.code).exists():
        raise Invalid({"code": _("This code is taken.")})
    row = Post(
        code=post.code, name=post.name[:80], name_en=post.name_en[:80], seats=post.seats, is_supervisor=post.is_supervisor, called_at=post.called_at,
        department_id=post.department_id, department_ids=[post.department_id], region_id=post.region_id,
        superior=Post.objects.get(code=post.superior) if post.superior else None,
    )  # fmt: skip
    row.save()
    row.shifts.set(Shift.objects.filter(code__in=post.shift_codes))
    fact = ReferenceChanged(subject=f"post:{row.pk}", before={}, after={"code": row.code})
    journal.record(actor, fact, about=[row], scopes=[f"{permissions.MANAGE_POSTS}@*:*"], at=None)
    return row


@transaction.atomic
def call_post_from(actor: Actor, *, post_id: int, level: int) -> Post:
    """Let emergencies of a response level (1 the gravest, to 4) and of graver ones call a post. Raises `NotFound`, `Invalid`."""
    policy.require(actor, permissions.MANAGE_POSTS, None)
    row = Post.objects.select_for_update(of=("self",), no_key=True).filter(pk=post_id).first()
    if row is None:
        raise NotFound
    if not 1 <= level <= 4:
        raise Invalid({"called_at": _("A response level is I to IV.")})
    before, row.called_at = row.called_at, level
    if before == level:
        return row
    row.save(update_fields=["called_at"])
    fact = ReferenceChanged(subject=f"post:{row.pk}", before={"called_at": before}, after={"called_at": level})
    journal.record(actor, fact, about=[row], scopes=[f"{permissions.MANAGE_POSTS}@*:*"], at=None)
    return row
