"""The OsmAnd protocol, as Traccar's phones and OsmAnd itself speak it: a query string, a form, or newer JSON.

Read as traccar/traccar `OsmAndProtocolDecoder` (9e5c458) reads it: `id` or `deviceid`, `lat` + `lon` or `location=lat,lon`, `timestamp` in
seconds, milliseconds, ISO 8601 or "YYYY-MM-DD HH:MM:SS" (UTC), `speed` in knots in a query and in m/s in JSON, -1 for unknown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _

from gis.coordinates import System
from resources.positions import fixes
from resources.positions.fixes import Fix, Unusable

KNOT = 1852 / 3600  # m/s
SECONDS_BELOW = 2**31
MOST_FIXES = 500
LONGEST = 80

NO_ID = ("no_id", _("The device does not say its id."))
NO_PLACE = ("bad_point", _("Latitude and longitude are numbers in degrees."))
NO_JSON = ("bad_json", _("This is no valid JSON of this protocol."))


@dataclass(frozen=True, slots=True)
class Message:
    """What a device said: its name, its key if it sent one, and its position or positions, still unread."""

    identifier: str
    key: str
    items: tuple[Mapping[str, Any], ...]
    is_json: bool


def read_query(values: Mapping[str, str]) -> Message:
    """A query string or form. Raises `Unusable` without an id."""
    identifier = _name(values.get("id") or values.get("deviceid"))
    return Message(identifier, _key(values.get("token") or values.get("key")), (values,), is_json=False)


def read_json(body: bytes) -> Message:
    """A JSON body {"device_id", "location": {...} or [...]}. Raises `Unusable`."""
    try:
        root = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Unusable(*NO_JSON) from None
    if not isinstance(root, dict):
        raise Unusable(*NO_JSON)
    identifier = _name(root.get("device_id") or root.get("id"))
    location = root.get("location")
    items = location if isinstance(location, list) else [] if location is None else [location]
    if len(items) > MOST_FIXES or not all(isinstance(item, dict) for item in items):
        raise Unusable(*NO_JSON)
    return Message(identifier, _key(root.get("token") or root.get("key")), tuple(items), is_json=True)


def fixes_of(message: Message, *, unit_id: int, received_at: datetime) -> Sequence[Fix]:
    """The fixes of a message, for the unit of its device; none when it only tells cells or networks. Raises `Unusable`."""
    read = _of_json if message.is_json else _of_query
    found = [read(item, unit_id, received_at) for item in message.items]
    return [fix for fix in found if fix is not None]


def _of_query(values: Mapping[str, Any], unit_id: int, received_at: datetime) -> Fix | None:
    lat, lon = values.get("lat"), values.get("lon")
    if lat is None and lon is None and "location" in values:
        lat, _comma, lon = str(values["location"]).partition(",")
    if (lat is None and lon is None) or str(values.get("valid", "")).lower() in ("false", "0"):
        return None
    speed = _number(values.get("speed"))
    motion = {
        "heading": _number(values.get("bearing") or values.get("heading")),
        "speed": None if speed is None else speed * KNOT,
        "accuracy": _number(values.get("accuracy") or values.get("hacc")),
    }
    return _fix(unit_id, _number(lon), _number(lat), _time(values.get("timestamp"), received_at), motion)


def _of_json(item: Mapping[str, Any], unit_id: int, received_at: datetime) -> Fix | None:
    coords = item.get("coords")
    if coords is None:
        return None
    if not isinstance(coords, dict):
        raise Unusable(*NO_JSON)
    motion = {name: _number(coords.get(name)) for name in ("heading", "speed", "accuracy")}
    return _fix(unit_id, _number(coords.get("longitude")), _number(coords.get("latitude")), _time(item.get("timestamp"), received_at), motion)


def _fix(unit_id: int, lon: float | None, lat: float | None, at: datetime, motion: Mapping[str, float | None]) -> Fix | None:
    """A receiver without a fix sends 0, 0; nothing of a city is there."""
    if lon is None or lat is None:
        raise Unusable(*NO_PLACE)
    placed = fixes.placed(lon, lat, System.WGS84)
    if placed == (0.0, 0.0):
        return None
    heading = _within(motion["heading"], 360.0)
    speed, accuracy = _within(motion["speed"], fixes.FASTEST), _within(motion["accuracy"], fixes.COARSEST)
    return Fix(unit_id, at, *placed, None if heading is None else round(heading) % 360, speed, accuracy)


def _within(value: float | None, most: float) -> float | None:
    """What a receiver says of its motion is a help only: what cannot be is unknown, -1 among it."""
    return value if value is not None and 0 <= value <= most else None


def _time(value: Any, received_at: datetime) -> datetime:
    """When the fix was taken; a device that does not say means now."""
    if value is None or value == "":
        return received_at
    latest = received_at + fixes.FUTURE
    number = _number(value)
    try:
        if number is not None:
            at = datetime.fromtimestamp(number if number < SECONDS_BELOW else number / 1000, UTC)
        else:
            at = datetime.fromisoformat(str(value).strip())
            at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    except (ValueError, OverflowError, OSError):
        raise Unusable(*fixes.NO_TIME) from None
    return fixes.timely(at, latest)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _name(value: Any) -> str:
    name = str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if not 0 < len(name) <= LONGEST or "\0" in name:
        raise Unusable(*NO_ID)
    return name


def _key(value: Any) -> str:
    return value.strip()[:LONGEST].replace("\0", "") if isinstance(value, str) else ""
