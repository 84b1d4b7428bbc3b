"""A CAD export as calls: rows are read, checked and joined; every row that cannot be used is told with its line and reason."""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from exchange.cad import places, times
from exchange.cad.calls import STEPS, Call, UnitRun
from exchange.cad.lines import FileUnreadable, Record, Records
from exchange.cad.profiles import FIELDS, Profile
from kit import text
from kit.errors import Invalid
from kit.geo import Position

TIME_FIELDS = ("received", "entered", *STEPS)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is not used, and why."""

    line: int
    reason: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Warned:
    """Something odd about a row that is used; `kind` is for counting."""

    line: int
    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be used."""

    line: int
    cells: tuple[str, ...]
    values: Mapping[str, str]
    times: Mapping[str, datetime]
    position: Position | None


class RowUnusable(Exception):
    """Why a row cannot be used."""


@dataclass
class Told:
    """What the reading has to tell besides the calls."""

    rows: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    warned: list[Warned] = field(default_factory=list)
    units: set[str] = field(default_factory=set)

    def warnings(self) -> Counter[str]:
        """How many warnings of each kind."""
        return Counter(one.kind for one in self.warned)


class Reading:
    """Reads a file once. `told.rejected` and `told.warned` fill up while `batches` is being drawn; take them away in between."""

    def __init__(self, path: Path, profile: Profile) -> None:
        self.told = Told()
        self.heading: list[str] = []
        self._profile = profile
        self._records = Records(path, profile.encoding, profile.delimiter)
        self._columns: dict[str, int] = {}
        self._seen: dict[tuple[str, str], tuple[int, int]] = {}

    @property
    def done(self) -> float:
        """The share of the file that was read, 0 to 1."""
        return self._records.done

    def batches(self, size: int) -> Iterator[list[Call]]:
        """The calls in the order of the file, at least `size` rows at a time; rows of one call that lie further apart come as two calls."""
        rows: dict[str, list[Row]] = {}
        count = 0
        for row in self._rows():
            call = row.values["call"]
            if count >= size and call not in rows:
                yield self._calls(rows)
                rows, count = {}, 0
            rows.setdefault(call, []).append(row)
            count += 1
        if rows:
            yield self._calls(rows)

    def _rows(self) -> Iterator[Row]:
        for record in self._records:
            if not self.heading:
                self._read_heading(record)
                continue
            self.told.rows += 1
            try:
                row = self._row(record)
                self._check_new(row)
            except RowUnusable as reason:
                self.told.rejected.append(Rejected(record.line, str(reason), record.cells))
                continue
            yield row
        if not self.heading:
            raise FileUnreadable("The file is empty: there is no line with the names of the columns.")

    def _read_heading(self, record: Record) -> None:
        if record.flaw:
            raise FileUnreadable(f"Line {record.line}, which should name the columns, cannot be read: {record.flaw}.")
        self.heading = [cell.strip() for cell in record.cells]
        places_of: dict[str, int] = {}
        for place, name in enumerate(self.heading):
            places_of.setdefault(name, place)
        twice = sorted(name for name, count in Counter(self.heading).items() if name and count > 1)
        wanted = {heading for headings in self._profile.columns.values() for heading in headings}
        if wanted & set(twice):
            raise FileUnreadable(f"Two columns have the same name: {', '.join(sorted(wanted & set(twice)))}.")
        missing = []
        for name, headings in self._profile.columns.items():
            found = next((places_of[heading] for heading in headings if heading in places_of), None)
            if found is not None:
                self._columns[name] = found
            elif name not in self._profile.optional:
                missing.append(" or ".join(headings))
        if missing:
            has = ", ".join(name[:40] for name in self.heading[:60])
            raise FileUnreadable(f"Columns are missing for the profile {self._profile.name}: {', '.join(missing)}. The file has: {has}.")

    def _row(self, record: Record) -> Row:
        if record.flaw:
            raise RowUnusable(record.flaw)
        if len(record.cells) != len(self.heading):
            raise RowUnusable(f"{len(record.cells)} cells where the heading has {len(self.heading)}")
        cells = {name: record.cells[place] for name, place in self._columns.items()}
        values = {name: text.tidy(cells.get(name, "")) for name in FIELDS}
        if not values["call"]:
            raise RowUnusable("no call number")
        if len(values["call"]) > 60 or len(values["unit"]) > 30:
            raise RowUnusable("the call number or the unit is too long")
        return Row(record.line, tuple(record.cells), values, self._times(record.line, cells, values), self._position(record.line, cells))

    def _times(self, line: int, cells: Mapping[str, str], values: Mapping[str, str]) -> dict[str, datetime]:
        formats, told = self._profile.time_formats, {}
        for name in TIME_FIELDS:
            try:
                one = times.read(cells.get(name, ""), formats)
            except times.TimeUnreadable as error:
                raise RowUnusable(f"{self._heading_of(name)}: {str(error)!r} is not a time like {formats[0]}") from error
            if one is not None:
                told[name] = one
        try:
            day = times.read_day(values["date"], formats) if any(not one.has_date for one in told.values()) else None
            found, oddities = times.absolute(told, self._profile.zone, day)
        except times.TimeUnreadable as error:
            raise RowUnusable(f"not a date and time: {error}") from error
        self.told.warned += [Warned(line, "clock changed", oddity) for oddity in oddities]
        return found

    def _heading_of(self, name: str) -> str:
        return self.heading[self._columns[name]]

    def _position(self, line: int, cells: Mapping[str, str]) -> Position | None:
        try:
            position = places.read(cells.get("location", ""), cells.get("latitude", ""), cells.get("longitude", ""), self._profile.location_order)
        except (Invalid, ValueError):
            self.told.warned.append(Warned(line, "no place", "the location is not a longitude and latitude"))
            return None
        if position is None and ("location" in self._columns or "latitude" in self._columns):
            self.told.warned.append(Warned(line, "no place", "there is no location"))
        return position

    def _check_new(self, row: Row) -> None:
        """A unit has one row in a call."""
        key, mark = (row.values["call"], row.values["unit"]), hash(row.cells)
        known = self._seen.setdefault(key, (row.line, mark))
        if known[0] != row.line:
            raise RowUnusable(f"the same as line {known[0]}" if known[1] == mark else f"line {known[0]} has this unit in this call already")

    def _calls(self, rows: Mapping[str, Sequence[Row]]) -> list[Call]:
        return [call for id_, of_call in rows.items() if (call := self._call(id_, of_call)) is not None]

    def _call(self, id_: str, rows: Sequence[Row]) -> Call | None:
        received_at = min((row.times["received"] for row in rows if "received" in row.times), default=None)
        if received_at is None:
            self.told.rejected += [Rejected(row.line, "no time at which the call was received", list(row.cells)) for row in rows]
            return None
        for row in rows:
            self._warn_of_times(row)
        first = rows[0].values
        place = ", ".join(part for part in (first["address"], first["city"]) if part)
        self.told.units |= {row.values["unit"] for row in rows if row.values["unit"]}
        return Call(
            id=id_,
            type=first["type"][:80],
            group=first["group"][:40],
            received_at=received_at,
            entered_at=min((row.times["entered"] for row in rows if "entered" in row.times), default=None),
            disposition=next((row.values["disposition"] for row in rows if row.values["disposition"]), "")[:80],
            address=place[:200],
            words=first["words"][:2000],
            area=first["area"][:20],
            position=next((row.position for row in rows if row.position), None),
            runs=tuple(_run(row) for row in rows if row.values["unit"]),
        )

    def _warn_of_times(self, row: Row) -> None:
        if not row.values["unit"]:
            self.told.warned.append(Warned(row.line, "no unit", "no unit is named: the call has no assignment from this row"))
            return
        missing = [name for name in ("received", "dispatched", "cleared") if name in self._columns and name not in row.times]
        if missing:
            self.told.warned.append(Warned(row.line, "missing times", ", ".join(missing)))
        known = [(name, row.times[name]) for name in ("received", *STEPS) if name in row.times]
        turned = [f"{later} before {earlier}" for (earlier, a), (later, b) in itertools.pairwise(known) if b < a]
        if turned:
            self.told.warned.append(Warned(row.line, "reversed times", ", ".join(turned)))


def _run(row: Row) -> UnitRun:
    return UnitRun(row.values["unit"], row.values["unit_type"][:80], {step: row.times[step] for step in STEPS if step in row.times}, row.line)
