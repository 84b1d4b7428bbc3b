"""Radio talk groups as reference data."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from access.facts import ReferenceChanged
from journal import services as journal
from kit.errors import Invalid
from resources import permissions
from resources.models import TalkGroup


@dataclass(frozen=True, slots=True)
class NewTalkGroup:
    """A talk group with its number on the radios; without a department it is shared by all."""

    code: str
    name: str
    name_en: str
    number: str
    department: int | None


@transaction.atomic
def add_talk_group(actor: Actor, *, group: NewTalkGroup) -> TalkGroup:
    """Add a talk group. Raises `Invalid` when its code is taken."""
    policy.require(actor, permissions.MANAGE, None)
    if TalkGroup.objects.filter(code=group.code).exists():
        raise Invalid({"code": _("This code is taken.")})
    row = TalkGroup.objects.create(
        code=group.code,
        name=group.name[:80],
        name_en=group.name_en[:80],
        number=group.number[:20],
        department_id=group.department,
        is_shared=group.department is None,
    )
    fact = ReferenceChanged(subject=f"talkgroup:{row.pk}", before={}, after={"code": row.code})
    journal.record(actor, fact, about=[row], scopes=[f"{permissions.MANAGE}@*:*"], at=None)
    return row
