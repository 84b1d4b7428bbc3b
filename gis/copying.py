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
MOST_READINGS = 200_000
_PLATED = ("LAMP_POST", "HYDRANT", "MANHOLE")


def ewkb(wkb: bytes) -> str:
    """Hexadecimal EWKB with SRID 4326 from little-endian WKB."""
    order, kind = struct.unpack_from("<BI", wkb)
    if order != 1:
        raise ValueError("little-endian WKB only")
    return (struct.pack("<BII", 1, kind | _HAS_SRID, _SRID) + wkb[5:]).hex()


def _point(lon: float, lat: float) -> str:
    return struct.pack("<BIIdd", 1, 1 | _HAS_SRID, _SRID, lon, lat).hex()


def copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """COPY rows into a table; returns how many."""
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"  # names of ours, never input
    count = 0
    with connection.cursor() as cursor, cursor.copy(statement) as pipe:
        for row in rows:
            pipe.write_row(row)
            count += 1
    return count


def road_row(one: RoadRecord) -> tuple[object, ...]:
    """code, name, name_en, rank, kind, ref, pinyin, initials, line."""
    pinyin, initials = typed(one.name)
    return one.code, one.name, one.name_en, one.rank, one.kind, one.ref, pinyin[:240], initials[:60], ewkb(one.line)


def roads(source: str, records: Sequence[RoadRecord]) -> dict[str, int]:
    """Insert roads; returns their ids by code."""
    columns = ("source", "code", "name", "name_en", "rank", "kind", "ref", "pinyin", "initials", "line")
    copy("gis_road", columns, ((source, *road_row(one)) for one in records))
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, id FROM gis_road WHERE source = %s", [source])
        return dict(cursor.fetchall())


def areas(source: str, records: Sequence[AreaRecord]) -> None:
    """Insert areas."""
    columns = ("source", "code", "name", "name_en", "rank", "kind", "shape")
    copy("gis_area", columns, ((source, one.code, one.name, one.name_en, one.rank, one.kind, ewkb(one.outline)) for one in records))


class PlaceRow:
    """The columns of a place, code first, with pinyin, initials, search text and pairs of characters worked out."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[str, str]] = {}

    def _reading(self, one: PlaceRecord) -> tuple[str, str]:
        # House numbers of one road share its reading: reading each anew would take most of the time.
        stem, tail = one.name.split(one.number, 1) if one.number and one.number in one.name else (one.name, "")
        if stem not in self._read:
            if len(self._read) > MOST_READINGS:
                self._read.clear()
            self._read[stem] = typed(stem)
        pinyin, initials = self._read[stem]
        number = one.number if stem != one.name else ""
        return pinyin + number + ("" if not tail else "hao"), (initials + number)[:60]

    def __call__(self, one: PlaceRecord, address: str, road_id: int | None, region_id: int | None) -> tuple[object, ...]:
        pinyin, initials = self._reading(one)
        search = fold(f"{address} {one.name if one.name not in address else ''} {one.name_en}")
        return (
            *(one.code, one.name, one.name_en, one.rank, one.kind, pinyin[:240], initials, one.number, address[:240]),
            *(road_id, region_id, _point(one.lon, one.lat)),
            *(marks.plate(one.number) if one.kind in _PLATED else "", marks.stake_metres(one.number) if one.kind == "STAKE" else None),
            *(search, "{" + ",".join(grams(search)) + "}"),  # pairs of Chinese characters need no quoting in an array
        )


def places(source: str, records: Sequence[PlaceRecord], road_ids: Mapping[str, int], region_ids: Mapping[str, int]) -> None:
    """Insert the gazetteer."""
    columns = ("source", "code", "name", "name_en", "rank", "kind", "pinyin", "initials", "number", "address", "road_id", "region_id", "point")
    row = PlaceRow()
    rows = ((source, *row(one, one.address, road_ids.get(one.road), region_ids.get(one.region))) for one in records)
    copy("gis_place", (*columns, "plate", "stake_m", "search", "grams"), rows)
