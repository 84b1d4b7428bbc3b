"""Expected refusals: each has a code for machines and a sentence for a human.

A verb raises a subclass that stands beside it; a face translates it (form error, toast, `application/problem+json`).
Anything that is not a `Refused` is a fault of ours and is left to crash and be logged once.
"""

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """The city says no, and says why."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    says: ClassVar[str | Promise] = _("This cannot be done now.")

    def __init__(self, **values: Any) -> None:
        self.values = values
        super().__init__(self.code)

    @property
    def sentence(self) -> str:
        """The reason in the reader's language."""
        return str(self.says) % self.values

    @property
    def in_full(self) -> str:
        """The reason with all that it says of single parts, for where there is no field to put it beside."""
        return self.sentence

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"

    def as_problem(self) -> dict[str, Any]:
        """The body of RFC 9457 `application/problem+json`, without the request's own address."""
        problem: dict[str, Any] = {
            "type": f"urn:city:refusal:{self.code}",
            "title": str(self.says) % self.values,
            "status": self.status,
            "code": self.code,
        }
        return problem


class NotFound(Refused):
    """There is no such thing, or you may not know that there is."""

    code = "not_found"
    status = 404
    says = _("There is no such thing here.")


class Forbidden(Refused):
    """You may see it, but not do this to it."""

    code = "forbidden"
    status = 403
    says = _("You are not allowed to do this.")


class Invalid(Refused):
    """What was sent does not make sense; `fields` names each wrong part with its reason."""

    code = "invalid"
    status = 422
    says = _("Some of what was entered is not valid.")

    def __init__(self, fields: dict[str, str | Promise] | None = None, **values: Any) -> None:
        self.fields = fields or {}
        super().__init__(**values)

    @property
    def in_full(self) -> str:
        return " ".join(map(str, self.fields.values())) or self.sentence

    def __str__(self) -> str:
        return " ".join([super().__str__(), *(f"{name}: {reason}" for name, reason in self.fields.items())])

    def as_problem(self) -> dict[str, Any]:
        return super().as_problem() | {"fields": {name: str(reason) for name, reason in self.fields.items()}}


class Stale(Refused):
    """Somebody else changed it since you read it; `changed` names the fields that differ."""

    code = "stale"
    status = 409
    says = _("Somebody changed this since you read it: %(changed_list)s.")

    def __init__(self, changed: list[str], current: int, **values: Any) -> None:
        self.changed = changed
        self.current = current
        super().__init__(changed_list=", ".join(changed) or "-", **values)

    def as_problem(self) -> dict[str, Any]:
        return super().as_problem() | {"changed": self.changed, "current_version": self.current}


class Unavailable(Refused):
    """A part that this needs does not answer; trying again later may help."""

    code = "unavailable"
    status = 503
    says = _("A service that this needs does not answer. Try again in a moment.")
