"""Where a report is, when the call-taker chose no point: what the gazetteer makes of the caller's words, if it is sure."""

from dataclasses import replace
from typing import Any

from access import selectors as access
from access.actors import Actor
from gis import selectors as gis
from incidents import permissions
from incidents.services.reporting import NewReport
from kit.geo import Position

# A name that begins as typed counts (0.85), one that only resembles it does not.
SURE = 0.85


def place_of(words: str) -> Position | None:
    """Where words for a place are, WGS-84, when the gazetteer is sure of one."""
    found = gis.find_places(words, near=None, limit=1) if words.strip() else []
    return found[0].position if found and found[0].confidence >= SURE else None


def located(actor: Actor, report: NewReport) -> NewReport:
    """The report with a point when the gazetteer is sure of one, else in the region of who takes it.

    The caller's words stay as they are; the gazetteer's answer is kept beside them with its confidence.
    """
    if report.position is not None:
        return report
    found = gis.find_places(report.place_words, near=None, limit=1)
    if not found or found[0].confidence < SURE:
        return replace(report, region_id=access.region_of(actor, permissions.REPORT))
    best = found[0]
    answer: dict[str, Any] = {"name": best.name, "kind": best.kind, "confidence": best.confidence, "lon": best.position.lon, "lat": best.position.lat}
    return replace(report, position=best.position, geocoder_answer=answer)
