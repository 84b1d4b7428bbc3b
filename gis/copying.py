"""Put many records into tables at once (COPY), with what search needs worked out on the way. Used by `services` only."""

import struct
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection

from gis import marks
from gis.records import AreaRecord, PlaceRecord, RoadRecord
from gis.romanise import typed
from gis.words import fold, grams

_SRID = 4326
_HAS_SRID = 0x20000000
_PLATED = ("LAMP_POST", "HYDRANT", "MANHOLE")


def ewkb(wkb: bytes) -> str:
    """Hexadecimal EWKB with SRID 4326 from little-endian WKB."""
    order, kind = struct.unpack_from("<BI", wkb)
    if order != 1:
        raise ValueError("little-endian WKB only")
    return (struct.pack("<BII", 1, kind | _HAS_SRID, _SRID) + wkb[5:]).hex()


def _point(lon: float, lat: float) -> str:
    return struct.pack("<BIIdd", 1, 1 | _HAS_SRID, _SRID, lon, lat).hex()


def _copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"  # names of ours, never input
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def roads(source: str, records: Sequence[RoadRecord]) -> dict[str, int]:
    """Insert roads; returns their ids by code."""
    columns = ("source", "code", "name", "name_en", "rank", "kind", "ref", "pinyin", "initials", "line")

    def row(one: RoadRecord) -> tuple[object, ...]:
        pinyin, initials = typed(one.name)
        return source, one.code, one.name, one.name_en, one.rank, one.kind, one.ref, pinyin[:240], initials[:60], ewkb(one.line)

    _copy("gis_road", columns, map(row, records))
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, id FROM gis_road WHERE source = %s", [source])
        return dict(cursor.fetchall())


def areas(source: str, records: Sequence[AreaRecord]) -> None:
    """Insert areas."""
    columns = ("source", "code", "name", "name_en", "rank", "kind", "shape")
    _copy("gis_area", columns, ((source, one.code, one.name, one.name_en, one.rank, one.kind, ewkb(one.outline)) for one in records))


def places(source: str, records: Sequence[PlaceRecord], road_ids: Mapping[str, int], region_ids: Mapping[str, int]) -> None:
    """Insert the gazetteer with pinyin, initials, search text and pairs of characters."""
    columns = (
        "source",
        "code",
        "name",
        "name_en",
        "rank",
        "kind",
        "pinyin",
        "initials",
        "number",
        "address",
        "road_id",
        "region_id",
        "point",
        "plate",
        "stake_m",
    )
    read: dict[str, tuple[str, str]] = {}

    def reading(one: PlaceRecord) -> tuple[str, str]:
        # House numbers of one road share its reading: reading each anew would take most of the time.
        stem, tail = one.name.split(one.number, 1) if one.number and one.number in one.name else (one.name, "")
        if stem not in read:
            read[stem] = typed(stem)
        pinyin, initials = read[stem]
        number = one.number if stem != one.name else ""
        return pinyin + number + ("" if not tail else "hao"), (initials + number)[:60]

    def row(one: PlaceRecord) -> tuple[object, ...]:
        pinyin, initials = reading(one)
        search = fold(f"{one.address} {one.name if one.name not in one.address else ''} {one.name_en}")
        return (
            *(source, one.code, one.name, one.name_en, one.rank, one.kind, pinyin[:240], initials, one.number, one.address),
            *(road_ids.get(one.road), region_ids.get(one.region), _point(one.lon, one.lat)),
            *(marks.plate(one.number or one.code) if one.kind in _PLATED else "", marks.stake_metres(one.number) if one.kind == "STAKE" else None),
            *(search, "{" + ",".join(grams(search)) + "}"),  # pairs of Chinese characters need no quoting in an array
        )

    _copy("gis_place", (*columns, "search", "grams"), map(row, records))
