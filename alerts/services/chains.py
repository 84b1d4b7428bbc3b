"""Escalation chains, as a city sets them up."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from access.facts import ReferenceChanged
from alerts import permissions
from alerts.models import Chain, ChainStep
from journal import services as journal
from kit.errors import Invalid


@dataclass(frozen=True, slots=True)
class NewStep:
    """A step: of a post, of a person, or (neither) of the post above the step before; and how long it has to answer."""

    seconds: int
    post_id: int | None = None
    person_id: int | None = None

    @property
    def kind(self) -> str:
        return ChainStep.Kind.POST if self.post_id is not None else ChainStep.Kind.PERSON if self.person_id is not None else ChainStep.Kind.SUPERIOR


@dataclass(frozen=True, slots=True)
class NewChain:
    """A chain to add, its steps in order."""

    code: str
    name: str
    name_en: str
    steps: tuple[NewStep, ...]
    worst_level: int = 1
    department_id: int | None = None


@transaction.atomic
def add_chain(actor: Actor, *, chain: NewChain) -> Chain:
    """Add an escalation chain with its steps. Raises `Invalid` when its code is taken or it has no step."""
    policy.require(actor, permissions.MANAGE_CHAINS, None)
    if Chain.objects.filter(code=chain.code).exists():
        raise Invalid({"code": _("This code is taken.")})
    if not chain.steps:
        raise Invalid({"steps": _("A chain has a step at least.")})
    row = Chain.objects.create(
        code=chain.code, name=chain.name[:80], name_en=chain.name_en[:80], worst_level=chain.worst_level, department_id=chain.department_id
    )
    for order, step in enumerate(chain.steps, start=1):
        ChainStep.objects.create(chain=row, order=order, kind=step.kind, post_id=step.post_id, person_id=step.person_id, seconds=step.seconds)
    fact = ReferenceChanged(subject=f"chain:{row.pk}", before={}, after={"code": row.code})
    journal.record(actor, fact, about=[row], scopes=[f"{permissions.MANAGE_CHAINS}@*:*"], at=None)
    return row
