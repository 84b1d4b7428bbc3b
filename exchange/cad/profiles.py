"""Profiles: small declarative files (TOML) that say what the columns of one CAD system's export mean.

`docs/how-to/import-a-cad-export.md` describes every key. A profile holds no code and no regular expressions, so anyone's may be read.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.text import slugify

from exchange.cad.calls import STEPS

FOLDER = Path(__file__).resolve().parent.parent / "profiles"
FIELDS = ("call", "unit", "type", "group", "unit_type", "disposition", "address", "city", "words", "area", "received", "entered", "date", "location")
COLUMNS = (*FIELDS, "latitude", "longitude", *STEPS)
REQUIRED = ("call", "unit", "received")
ORDERS = ("lat-lon", "lon-lat")


class ProfileUnusable(Exception):
    """The profile does not say what it must, in a sentence for the person who wrote it."""


@dataclass(frozen=True, slots=True)
class Named:
    """A code of ours with its names."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class RegionOf:
    """Where the calls of a file lie, made when absent: an outline of (longitude, latitude), labelled as approximate."""

    code: str
    name: str
    name_en: str
    level: str
    source: str
    outline: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class TypeOf:
    """What a call type there is here; `severity` 1 to 4."""

    name: str
    name_en: str
    kind: str
    severity: int


@dataclass(frozen=True, slots=True)
class GroupOf:
    """What a call group there is here; a severity of 0 leaves the type's."""

    name: str
    name_en: str
    severity: int = 0


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything a file of one system needs to be understood."""

    name: str
    title: str
    zone: ZoneInfo
    time_formats: tuple[str, ...]
    encoding: str
    delimiter: str
    location_order: str
    department: Named
    region: RegionOf | None
    columns: Mapping[str, tuple[str, ...]]
    optional: frozenset[str]
    station_name: Named | None
    default_type: TypeOf
    types: Mapping[str, TypeOf] = field(default_factory=dict)
    groups: Mapping[str, GroupOf] = field(default_factory=dict)
    dispositions: Mapping[str, Named] = field(default_factory=dict)
    unit_types: Mapping[str, Named] = field(default_factory=dict)

    def code(self, *words: str) -> str:
        """A code of ours for words of theirs, at most 40 characters and always the same: "sffd-medical-incident"."""
        text = slugify("-".join(word for word in words if word))
        plain = "".join(words)
        if not text or len(text) > 40 - len(self.name) - 1 or not plain.isascii():
            text = f"{text[: 40 - len(self.name) - 10]}-{sha256('|'.join(words).encode()).hexdigest()[:8]}".strip("-")
        return f"{slugify(self.name)}-{text}"[:40]


def names() -> list[str]:
    """The profiles that come with the product."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load(name: str, *, changes: Mapping[str, Any]) -> Profile:
    """A profile by its name or by the path of a TOML file, with changes laid over it. Raises `ProfileUnusable`."""
    values = _merged(_read(name), changes)
    try:
        return _profile(values)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ProfileUnusable(f"profile {name}: {type(error).__name__} {error}") from error


def _read(name: str) -> dict[str, Any]:
    path = Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
    if not path.is_file() or (not name.endswith(".toml") and name not in names()):
        raise ProfileUnusable(f"There is no profile {name!r}. There are {', '.join(names())}, or the path of a .toml file.")
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileUnusable(f"profile {path}: {error}") from error
    values.setdefault("name", path.stem)
    base = values.pop("extends", None)
    return _merged(_read(base), values) if base else values


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        known = merged.get(key)
        merged[key] = _merged(known, value) if isinstance(known, Mapping) and isinstance(value, Mapping) else value
    return merged


def _profile(values: Mapping[str, Any]) -> Profile:
    formats = _several(values.get("time_formats", ()))
    order = values.get("location_order", "lat-lon")
    if not formats:
        raise ProfileUnusable("The profile has no time_formats.")
    if order not in ORDERS:
        raise ProfileUnusable(f"location_order is one of {', '.join(ORDERS)}, not {order!r}.")
    return Profile(
        name=values["name"],
        title=values.get("title", values["name"]),
        zone=_zone(values.get("time_zone", "")),
        time_formats=formats,
        encoding=values.get("encoding", "utf-8"),
        delimiter=values.get("delimiter", ","),
        location_order=order,
        department=_department(values),
        region=_region(values.get("region")),
        columns=_columns(values.get("columns", {})),
        optional=frozenset(_several(values.get("optional", ()))),
        station_name=_named("", values["stations"]) if values.get("stations") else None,
        default_type=_type("", values.get("default_type", {})),
        types={match: _type(match, one) for match, one in values.get("types", {}).items()},
        groups={
            match: GroupOf(one.get("name", match), one.get("name_en", match), one.get("severity", 0)) for match, one in _tables(values, "groups")
        },
        dispositions={match: _named(match, one) for match, one in _tables(values, "dispositions")},
        unit_types={match: _named(match, one) for match, one in _tables(values, "unit_types")},
    )


def _tables(values: Mapping[str, Any], key: str) -> list[tuple[str, Mapping[str, Any]]]:
    return list(values.get(key, {}).items())


def _department(values: Mapping[str, Any]) -> Named:
    department = values.get("department") or {}
    if not department.get("code"):
        raise ProfileUnusable("The profile names no department: give department.code (and name, name_en), or --department CODE.")
    return Named(slugify(department["code"]), department.get("name", department["code"]), department.get("name_en", ""))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ProfileUnusable(f"time_zone {name!r} is no time zone such as America/Los_Angeles: give --zone.") from error


def _columns(values: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    unknown = sorted(set(values) - set(COLUMNS))
    if unknown:
        raise ProfileUnusable(f"Unknown fields in columns: {', '.join(unknown)}. There are {', '.join(COLUMNS)}.")
    columns = {field_: _several(headings) for field_, headings in values.items() if headings}
    missing = [field_ for field_ in REQUIRED if field_ not in columns]
    if missing:
        raise ProfileUnusable(f"No column is given for {', '.join(missing)}: use --map {missing[0]}=HEADING or a profile of your own.")
    return columns


def _several(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(one) for one in value)


def _named(match: str, value: Mapping[str, Any]) -> Named:
    name = value.get("name", match)
    return Named(value.get("code", ""), name, value.get("name_en", match or name))


def _type(match: str, value: Mapping[str, Any]) -> TypeOf:
    return TypeOf(value.get("name", match), value.get("name_en", match), value.get("kind", "EMERGENCY"), int(value.get("severity", 4)))


def _region(value: Mapping[str, Any] | None) -> RegionOf | None:
    if not value:
        return None
    outline = tuple((float(lon), float(lat)) for lon, lat in value.get("outline", ()))
    return RegionOf(
        value["code"], value.get("name", value["code"]), value.get("name_en", ""), value.get("level", "CITY"), value.get("source", ""), outline
    )
