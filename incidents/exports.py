"""The list of incidents as files: CSV that Excel reads as Chinese, GeoJSON, and PDF; all honour the list's filter and the reader's permission.

A row is written as it is read, so that a file of a hundred thousand takes no more memory than one of ten. PDF is laid out in pieces of
`PDF_PIECE` rows by a child process (`kit.paper`) and joined, for the same reason.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time
from itertools import islice
from typing import IO, Any

import orjson
from django.conf import settings
from django.db.models import QuerySet
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.actors import Actor
from access.exports import kinds
from access.exports.kinds import Tell
from incidents import board, search
from incidents.forms import FilterForm
from incidents.models import Incident
from incidents.models.incidents import State
from incidents.services import exporting
from kit import paper
from kit.sheets import MARK, safe_cell

FORMATS = {"csv": "text/csv; charset=utf-8", "geojson": "application/geo+json", "pdf": "application/pdf"}
PDF_PIECE = 200
KIND = "incidents"
"""What the list is called among the lists that can be exported."""


def form_of(wanted: Mapping[str, Any]) -> FilterForm:
    """The list's filter as it stands in the query part of an address."""
    return FilterForm(wanted, statuses=State.choices)


def narrowed(actor: Actor, form: FilterForm) -> QuerySet[Incident]:
    """The incidents the actor may see that a filter lets through, newest first; a filter that makes no sense narrows nothing."""
    values = form.cleaned_data if form.is_valid() else {}
    zone = timezone.get_current_timezone()
    return search.incidents(
        actor,
        words=values.get("q") or "",
        state=values.get("status") or "",
        severity=int(values["severity"]) if values.get("severity") else None,
        type_code=values.get("type") or "",
        since=datetime.combine(values["since"], time.min, zone) if values.get("since") else None,
        until=datetime.combine(values["until"], time.max, zone) if values.get("until") else None,
    )


def filters_in_words(form: FilterForm) -> dict[str, str]:
    """What is filtered for, each part as "Label: value", by the name of its field."""
    applied = {name: value for name, value in form.data.items() if value and name in form.fields}
    return {name: f"{form.fields[name].label}: {_shown(form, name, value)}" for name, value in applied.items()}


def _shown(form: FilterForm, name: str, value: str) -> str:
    choices = dict(getattr(form.fields[name], "choices", []))
    return str(choices.get(int(value) if name == "severity" and value.isdigit() else value, value))


def pieces(rows: QuerySet[Incident], most: int, size: int) -> Iterator[list[Incident]]:
    """The rows by `size` at a time, in their order, read by one cursor: what is written meanwhile neither doubles nor hides any."""
    found = rows[:most].iterator(chunk_size=max(size, 500))
    while piece := list(islice(found, size)):
        yield piece


def csv_lines(rows: Iterable[Incident]) -> Iterator[str]:
    """The head and a line for each row; times are of the city, with their offset."""
    writer = csv.writer(_Echo())
    yield MARK
    yield writer.writerow(
        [_("Number"), _("Type"), _("Level"), _("State"), _("Place"), _("Longitude"), _("Latitude"), _("Department"),
         *(str(label) for _column, label in board.MILESTONES)]
    )  # fmt: skip
    for row in rows:
        times = [getattr(row, column) for column, _label in board.MILESTONES]
        yield writer.writerow(
            [
                row.number, safe_cell(row.type), row.severity, State(row.state).label, safe_cell(row.address),  # type: ignore[attr-defined]
                row.point.x if row.point else "", row.point.y if row.point else "", safe_cell(row.department),
                *(timezone.localtime(at).isoformat(timespec="seconds") if at else "" for at in times),
            ]
        )  # fmt: skip


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def geojson_parts(rows: Iterable[Incident]) -> Iterator[bytes]:
    """RFC 7946: WGS-84, longitude first; an incident whose place is not known has no geometry. Times are UTC."""
    yield b'{"type":"FeatureCollection","features":['
    for number, row in enumerate(rows):
        feature = {
            "type": "Feature",
            "id": row.number,
            "geometry": {"type": "Point", "coordinates": [row.point.x, row.point.y]} if row.point else None,
            "properties": {
                "number": row.number, "type": str(row.type), "severity": row.severity, "state": row.state,  # type: ignore[attr-defined]
                "address": row.address, "department": str(row.department), **{column: getattr(row, column) for column, _label in board.MILESTONES},
            },
        }  # fmt: skip
        yield (b"," if number else b"") + orjson.dumps(feature, option=orjson.OPT_UTC_Z)
    yield b"]}"


def write_pdf(actor: Actor, form: FilterForm, found: Iterable[list[Incident]], total: int, target: IO[bytes], *, now: datetime) -> None:
    """The pieces of a list as one PDF. Raises what `kit.paper.render` raises."""
    from pypdf import PdfWriter  # where it is needed: it takes a twentieth of a program's start

    joined, done = PdfWriter(), 0
    context = {
        "filters": list(filters_in_words(form).values()),
        "total": total,
        "made_by": actor.label,
        "made_at": now,
        "city_name": settings.CITY_NAME,
    }
    for piece in found:
        rows = [{"incident": each, "state_label": State(each.state).label} for each in piece]  # type: ignore[attr-defined]
        page = render_to_string("paper/incidents.html", context | {"rows": rows, "first": done + 1})
        joined.append(io.BytesIO(paper.render(page, pages_before=len(joined.pages))))
        done += len(piece)
    if not joined.pages:
        page = render_to_string("paper/incidents.html", context | {"rows": [], "first": 1})
        joined.append(io.BytesIO(paper.render(page)))
    joined.write(target)


def write(actor: Actor, query: str, format: str, target: IO[bytes], tell: Tell, now: datetime) -> int:
    """The whole list under a filter as a file of a format; how many rows it has. Taking it out is recorded, as when one waits for it."""
    form = form_of(QueryDict(query))
    found = narrowed(actor, form)
    count = _Count(tell)
    each = count.through(pieces(found, kinds.MOST[format], PDF_PIECE))
    if format == "pdf":
        write_pdf(actor, form, each, found.count(), target, now=now)
    else:
        rows = (row for piece in each for row in piece)
        parts = geojson_parts(rows) if format == "geojson" else (line.encode() for line in csv_lines(rows))
        for part in parts:
            target.write(part)
    exporting.note_export(actor, rows=count.rows, query=query[:300], now=now)
    return count.rows


class _Count:
    """Counts rows on their way, and tells it before the next piece is read."""

    def __init__(self, tell: Tell) -> None:
        self.rows, self._tell = 0, tell

    def through(self, found: Iterable[list[Incident]]) -> Iterator[list[Incident]]:
        for piece in found:
            yield piece
            self.rows += len(piece)
            self._tell(self.rows)


def register() -> None:
    """Let the list be exported in the background."""
    kinds.register(kinds.Kind(KIND, gettext_lazy("Incidents"), "incidents", FORMATS, write))
