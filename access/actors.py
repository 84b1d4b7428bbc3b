"""Who acts: a value made at the edge and handed down. There is no `actor=None`."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from access import regions, roles
from access.models import Membership, Token, User


@dataclass(frozen=True, slots=True)
class Grant:
    """One membership as it stood when the actor was made."""

    role: str
    department_id: int | None
    region_id: int | None
    region_path: str
    until: datetime | None
    is_elevated: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, citizen, device, partner or the system itself, with what it may do.

    `kind` is user | citizen | device | system | partner; `label` is frozen into the journal; `actions` narrows the grants (a token).
    """

    kind: str
    id: str
    label: str
    user_id: int | None = None
    grants: tuple[Grant, ...] = field(default=(), repr=False)
    actions: frozenset[str] | None = field(default=None, repr=False)

    @classmethod
    def of_user(cls, user: User) -> "Actor":
        """A signed-in person with the memberships in force now."""
        return cls("user", str(user.pk), str(user), user.pk, _grants_of(user.pk))

    @classmethod
    def of_token(cls, token: Token) -> "Actor":
        """The person behind a token, narrowed to the token's actions when it names any."""
        user = token.user
        grants = _grants_of(user.pk)
        is_device = bool(grants) and all(grant.role == roles.Role.DEVICE for grant in grants)
        narrowed = frozenset(token.actions) if token.actions else None
        return cls("device" if is_device else "user", str(user.pk), str(user), user.pk, grants, narrowed)

    @classmethod
    def system(cls, name: str) -> "Actor":
        """Automation under its own name; it may do everything, and every entry says so."""
        return cls("system", name, name)

    @classmethod
    def anonymous(cls) -> "Actor":
        """Nobody in particular: may nothing."""
        return cls("citizen", "", "")

    @property
    def is_signed_in(self) -> bool:
        return self.user_id is not None

    @property
    def is_elevated(self) -> bool:
        """Whether any authority in force was taken by breaking the glass."""
        return any(grant.is_elevated for grant in self.grants)

    @property
    def lasting(self) -> "Actor":
        """The actor without the authority that was taken by breaking the glass."""
        grants = tuple(grant for grant in self.grants if not grant.is_elevated)
        return Actor(self.kind, self.id, self.label, self.user_id, grants, self.actions)

    @property
    def key(self) -> str:
        """One string that tells actors apart."""
        return f"{self.kind}:{self.id}"


def _grants_of(user_id: int) -> tuple[Grant, ...]:
    rows = Membership.objects.in_force(timezone.now()).filter(user_id=user_id, user__is_active=True)
    return tuple(
        Grant(
            row.role,
            row.department_id,
            row.region_id,
            regions.lineage(row.region_id).path,
            row.until,
            row.kind == Membership.Kind.BREAK_GLASS,
        )
        for row in rows
    )
