"""Advanced Mobile Location by SMS (ETSI TR 103 393 and TS 103 625): `A"ML=1;lt=+54.76397;lg=-0.18305;rd=50;...;ml=128`.

`read` takes a message apart and refuses what is malformed; `located` asks more: version 1, a length, and a whole position. The numbers of
the phone and of its card (`ei`, `si`) are checked and dropped at once, so that nothing above can keep or log them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from exchange.caller_location.located import MOST_METRES, Located, Method, Unreadable
from kit.geo import Position

HEADER = 'A"ML'
VERSION = 1
LONGEST = 480  # three concatenated messages
UNKNOWN = "N"
METHODS: dict[str, Method | None] = {"G": Method.GNSS, "W": Method.WIFI, "C": Method.CELL, "N": None}

DEGREES = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{1,10})?")
DIGITS = re.compile(r"[0-9]{1,7}")
TIME = re.compile(r"[0-9]{14}")
WRONG = _("the value of %(name)s is not valid.")


@dataclass(frozen=True, slots=True)
class Message:
    """The parts of a message that say where; None for what it leaves out or calls unknown. `method` None: the phone found no place."""

    version: int | None
    lat: float | None
    lon: float | None
    radius_m: float | None
    at: datetime | None
    confidence: float | None
    method: Method | None
    has_length: bool
    is_without_place: bool


def read(text: str) -> Message:
    """Take an AML message apart; one without its header passes here. Raises `Unreadable`."""
    if not text or len(text) > LONGEST or not text.isascii():
        raise Unreadable(_("it is too long, or holds characters that AML does not have."))
    values: dict[str, Any] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or "=" in value:
            raise Unreadable(_("it is not a row of names and values."))
        if name not in FIELDS or name in values or (name == HEADER and values):
            raise Unreadable(_("it holds a part that AML does not have, or one twice."))
        values[name] = _value(name, value)
    if "ml" in values and values["ml"] != len(text):
        raise Unreadable(_("its length is not the one it tells; a part may be lost."))
    return Message(
        version=values.get(HEADER),
        lat=values.get("lt"),
        lon=values.get("lg"),
        radius_m=values.get("rd"),
        at=values.get("top"),
        confidence=values.get("lc"),
        method=values.get("pm", Method.OTHER),
        has_length="ml" in values,
        is_without_place=values.get("pm", Method.OTHER) is None or ("rd" in values and values["rd"] is None),
    )


def located(message: Message) -> Located | None:
    """Where the phone is, None when it says itself that it does not know. Raises `Unreadable` for another version or half a position."""
    if message.version != VERSION or not message.has_length:
        raise Unreadable(_("it does not say that it is AML of version 1, or not how long it is."))
    if message.is_without_place:
        return None
    if message.lat is None or message.lon is None or message.radius_m is None:
        raise Unreadable(_("latitude, longitude or radius is missing."))
    method = message.method or Method.OTHER
    return Located(Position(message.lon, message.lat), message.radius_m, message.confidence or None, method, message.at)


def _value(name: str, value: str) -> Any:
    try:
        return FIELDS[name](value)
    except (ValueError, KeyError):
        raise Unreadable(WRONG % {"name": name}) from None


def _degrees(most: int) -> Callable[[str], float]:
    def read_degrees(value: str) -> float:
        degrees = float(_matching(DEGREES, value))
        return degrees if -most <= degrees <= most else _refuse()

    return read_degrees


def _number(most: float) -> Callable[[str], float | None]:
    def read_number(value: str) -> float | None:
        if value == UNKNOWN:
            return None
        number = float(_matching(DIGITS, value))
        return number if number <= most else _refuse()

    return read_number


def _time(value: str) -> datetime | None:
    """YYYYMMDDhhmmss, always UTC."""
    return None if value == UNKNOWN else datetime.strptime(_matching(TIME, value), "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _dropped(least: int, most: int) -> Callable[[str], None]:
    """So many digits, of which nothing is kept."""
    pattern = re.compile(rf"[0-9]{{{least},{most}}}")

    def check(value: str) -> None:
        if value != UNKNOWN:
            _matching(pattern, value)

    return check


def _matching(pattern: re.Pattern[str], value: str) -> str:
    return value if pattern.fullmatch(value) else _refuse()


def _refuse() -> Any:
    raise ValueError


FIELDS: dict[str, Callable[[str], Any]] = {
    HEADER: lambda value: int(_matching(DIGITS, value)),
    "lt": _degrees(90),
    "lg": _degrees(180),
    "rd": _number(MOST_METRES),
    "top": _time,
    "lc": _number(100),
    "pm": lambda value: METHODS[value],
    "si": _dropped(6, 15),
    "ei": _dropped(14, 16),
    "mcc": _dropped(3, 3),
    "mnc": _dropped(2, 3),
    "ml": lambda value: int(_matching(DIGITS, value)),
}
