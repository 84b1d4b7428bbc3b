"""The demo city left alone keeps breathing: crews at work go on telling where they are and that they are well. Nothing else moves by itself.

Without it every unit at work would be lost after minutes and every crew overdue for its check, and a first visitor would meet a flood of alarms
that no real city has. Real positions, a played day, real incidents: all that is left alone.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from access.actors import Actor
from alerts import selectors as alerts_selectors
from alerts import services as alerts
from command_center.demo import building
from incidents import selectors as incidents
from incidents.models import Assignment
from incidents.models.assignments import Step
from kit.errors import Refused
from kit.geo import METRES_PER_DEGREE, Position
from resources.positions import recording
from resources.positions.fixes import Fix

SILENT = timedelta(seconds=15)  # who reported since is really alive, or was breathed for by another worker
WELL_EVERY = timedelta(minutes=12)  # the rule asks after twenty
STEP_M = 160.0  # of the way to the incident in one breath of twenty seconds
NEAR_M = 60.0
CREWS = Actor.system("demo crews")


@dataclass(frozen=True, slots=True)
class Breath:
    """How many units told where they are, and how many crews that they are well."""

    positions: int
    checks: int


def breathe(*, now: datetime) -> Breath:
    """One breath: again where it was for every unit at work on sample data, those on their way a little nearer; overdue crews are well."""
    if not building.is_made():
        return Breath(0, 0)
    jobs = [each for each in incidents.sample_assignments() if _is_silent(each, now)]
    fixes = [_fix(each, now) for each in jobs]
    if fixes:
        recording.record_positions(CREWS, fixes=fixes, received_at=now)
    due = alerts_selectors.sample_crews_unheard_since(now - WELL_EVERY)
    return Breath(len(fixes), sum(_is_well(assignment_id, now) for assignment_id in due))


def _is_silent(job: Assignment, now: datetime) -> bool:
    fix = getattr(job.unit, "last_position", None)
    return fix is not None and fix.at < now - SILENT


def _fix(job: Assignment, now: datetime) -> Fix:
    last = job.unit.last_position
    here, goal = Position(last.lon, last.lat), job.incident.point
    if job.step != Step.EN_ROUTE or goal is None:
        return Fix(job.unit_id, now, here.lon, here.lat, last.heading, 0.0, 8.0)
    east = (goal.x - here.lon) * METRES_PER_DEGREE * math.cos(math.radians(here.lat))
    north = (goal.y - here.lat) * METRES_PER_DEGREE
    away = math.hypot(east, north)
    if away <= NEAR_M:
        return Fix(job.unit_id, now, here.lon, here.lat, last.heading, 0.0, 8.0)
    share = min(STEP_M, away - NEAR_M / 2) / away
    lon, lat = here.lon + (goal.x - here.lon) * share, here.lat + (goal.y - here.lat) * share
    return Fix(job.unit_id, now, lon, lat, round(math.degrees(math.atan2(east, north))) % 360, 8.0, 8.0)


def _is_well(assignment_id: int, now: datetime) -> bool:
    try:
        alerts.confirm_welfare(CREWS, assignment_id=assignment_id, now=now)
    except Refused:  # it left the scene meanwhile: nobody is there to be asked
        return False
    return True
