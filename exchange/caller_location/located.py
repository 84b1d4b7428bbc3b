"""What is left of a location message once it is read: a place and how sure it is, and nothing of the phone or its owner."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exchange.caller_location.confidence import at_95
from kit.errors import Refused
from kit.geo import Position

MOST_METRES = 1_000_000.0


class Method(StrEnum):
    """By what the phone or the network found the place."""

    GNSS = "GNSS"
    WIFI = "WIFI"
    CELL = "CELL"
    OTHER = "OTHER"


LABELS: dict[Method, str | Promise] = {
    Method.GNSS: _("satellites"),
    Method.WIFI: _("wireless networks"),
    Method.CELL: _("radio cell"),
    Method.OTHER: _("other means"),
}


@dataclass(frozen=True, slots=True)
class Located:
    """A place with the radius and the confidence it was told with (metres; percent, None when unknown) and when it was measured."""

    position: Position
    told_radius_m: float | None
    confidence: float | None
    method: Method
    at: datetime | None
    is_even: bool = False

    @property
    def radius_m(self) -> float | None:
        """The radius in which the caller is with 95 percent, metres; None when the radius is unknown."""
        return at_95(self.told_radius_m, self.confidence, is_even=self.is_even)


class Unreadable(Refused):
    """`why` names the part that is wrong and never repeats what stood there: it may be the number of a phone."""

    code: ClassVar[str] = "unreadable_location"
    status: ClassVar[int] = 422
    says: ClassVar[str | Promise] = _("This location message cannot be read: %(why)s")

    def __init__(self, why: str | Promise) -> None:
        super().__init__(why=why)
