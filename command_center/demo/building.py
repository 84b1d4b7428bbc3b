"""Make the demo city: ground, organisation, a day of calls, basemap. Each step leaves what is there already."""

import os
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from access import selectors as access_selectors
from access import services as access
from access.actors import Actor
from command_center.demo import living, rostering, settling, sharing
from command_center.demo.day import DayCall, Staged, Vehicle, calls
from command_center.demo.sample import Spots, organisation, types
from command_center.facts import DemoCityMade
from gis import selectors as gis_selectors
from gis import services as gis
from gis.demo import city as geography
from gis.demo.cells import facts as geography_facts
from gis.records import Ground
from incidents import permissions as incidents_permissions
from incidents import selectors as incidents_selectors
from incidents import services as incidents
from journal import selectors as journal_selectors
from journal import services as journal
from resources import selectors as resources_selectors
from resources import services as resources
from resources.positions import recording

Progress = Callable[[str, int, int], None]
MARK = "demo:1"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
TOGETHER = 500


@dataclass(frozen=True, slots=True)
class Made:
    """What was made."""

    stations: int
    units: int
    incidents: int
    open_incidents: int


def is_made() -> bool:
    """Whether the demo city is in this database."""
    return bool(journal_selectors.timeline(MARK, limit=1))


def seed_of_city() -> int:
    """The number from which the city in this database was made."""
    marks = journal_selectors.timeline(MARK, limit=1)
    return int(marks[0].entry.data["seed"]) if marks else 1


def _made_at(now: datetime) -> datetime:
    marks = journal_selectors.timeline(MARK, limit=1)
    return marks[0].at if marks else now


def password_path() -> Path:
    """Where the one password of all demo accounts is kept, readable by this user alone."""
    return Path(settings.CITY_VAR) / "demo-password"


def password() -> str:
    """The demo password, made the first time it is asked for."""
    path = password_path()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        word = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(word + "\n")
    return path.read_text().strip()


def mend(actor: Actor, *, now: datetime, progress: Progress) -> None:
    """Carry the roster on, and bring back what was deleted beside the database: the basemap file, and the password file with a new password
    for all accounts."""
    rostering.roster(actor, made_at=_made_at(now), now=now)
    _draw_basemap(actor, now, progress)
    if password_path().exists():
        return
    word = password()
    for one in organisation()["people"]:
        person = access_selectors.person_of_username(one["username"])
        if person is not None:
            access.set_password(actor, user_id=person.pk, password=word)


def make(actor: Actor, *, seed: int, now: datetime, progress: Progress) -> Made:
    """Make the city and its last 24 hours up to now."""
    ground = _ground(actor, seed, now, progress)
    with ThreadPoolExecutor(1) as beside:
        # The database draws on one core while this process works on another; inside somebody's transaction it could not see the ground.
        drawing = None if connection.in_atomic_block else beside.submit(_draw_basemap, actor, now, progress)
        made = _people_and_day(actor, ground, seed, now, progress)
        if drawing:
            drawing.result()
        else:
            _draw_basemap(actor, now, progress)
    return made


def _draw_basemap(actor: Actor, now: datetime, progress: Progress) -> None:
    if gis_selectors.basemap_path().exists():
        return
    is_own_connection = not connection.in_atomic_block
    try:
        gis.build_basemap(actor, target=gis_selectors.basemap_path(), now=now, progress=progress)
    finally:
        if is_own_connection:
            connection.close()


def _people_and_day(actor: Actor, ground: Ground, seed: int, now: datetime, progress: Progress) -> Made:
    spots = Spots(ground)
    all_homes = settling.homes(spots)
    region_ids = dict(access_selectors.regions_below(None).values_list("code", "pk"))
    settling.settle(actor, all_homes=all_homes, region_ids=region_ids, password=password(), now=now, progress=progress)
    rostering.roster(actor, made_at=_made_at(now), now=now)
    # A second day leaves alone what the first still has at work.
    units = {unit.code: unit.pk for unit in resources_selectors.units(actor) if unit.is_available()}
    vehicles = [vehicle for vehicle in settling.vehicles(all_homes) if vehicle.code in units]
    day = _day(seed, now, vehicles, spots)
    stage = _stage(units, region_ids)
    over = [call for call in day if living.is_over(call, now)]
    running = [call for call in day if not living.is_over(call, now)]
    with transaction.atomic():  # all of the day or none of it: a second attempt must not find half a day
        _history(actor, over, stage, now, progress)
        living.Life(stage, seed).live(running, now)
        _states(actor, running, units, seed, now)
        sharing.share(stage.actors, stage.departments, now=now)
        fact = DemoCityMade(seed=seed, incidents=len(over), open_incidents=len(running))
        journal.record(actor, fact, about=[MARK], scopes=[f"{incidents_permissions.MANAGE_TYPES}@*:*"], at=now)
    progress("open incidents", len(running), len(running))
    recording.record_positions(actor, fixes=living.fixes(vehicles, units, running, now, seed), received_at=now)
    return Made(len(all_homes), len(vehicles), len(over), len(running))


def _ground(actor: Actor, seed: int, now: datetime, progress: Progress) -> Ground:
    city = geography_facts()["city"]["code"]
    if access_selectors.region_of_code(city) is None:
        records, source = geography.regions(), geography_facts()["source"]
        gis.load_regions(actor, records=records, is_approximate=True, source=source, now=now, progress=progress)
    progress("ground", 0, 1)
    ground = geography.ground(seed)
    if gis_selectors.layer_version("places") == 0:
        gis.replace_ground(actor, ground=ground, now=now)
    progress("ground", 1, 1)
    return ground


def _day(seed: int, now: datetime, vehicles: Sequence[Vehicle], spots: Spots) -> list[DayCall]:
    start = now - timedelta(hours=24)
    zone = ZoneInfo(settings.CITY_TIME_ZONE)
    return list(calls(seed=seed, start=start, hours=24, vehicles=vehicles, spots=spots, zone=zone, staged=_staged(now)))


def _staged(now: datetime) -> list[Staged]:
    """So that a visitor meets every state at once: a great fire at work, calls nobody looked at yet, one on hold."""
    great = ("pump", "pump", "pump", "height", "rescue", "als", "transport", "order", "traffic")
    return [
        Staged(now - timedelta(minutes=34), "building-fire", needs=great, scene=(4200, 5400), base=types()["great_fire_at"]),
        Staged(now - timedelta(hours=3), "burst-pipe", stops_at="HELD"),
        Staged(now - timedelta(minutes=26), "waste", stops_at="PENDING"),
        Staged(now - timedelta(minutes=7), "fallen-tree", stops_at="PENDING"),
        Staged(now - timedelta(minutes=3), "power-cut", stops_at="PENDING"),
        Staged(now - timedelta(seconds=150), "noise", stops_at="TRIAGE"),
        Staged(now - timedelta(seconds=110), "gas-leak", stops_at="TRIAGE"),
        Staged(now - timedelta(seconds=95), "illness", stops_at="NEW"),
        Staged(now - timedelta(seconds=80), "crash", stops_at="NEW"),
    ]


def _stage(units: dict[str, int], region_ids: dict[str, int]) -> living.Stage:
    people = {person.username: Actor.of_user(person) for person in access_selectors.people()}
    return living.Stage(
        actors=people,
        units=units,
        departments={department.code: department.pk for department in access_selectors.departments()},
        regions=region_ids,
        types={type_.code: type_.pk for type_ in incidents_selectors.incident_types()},
        dispositions={disposition.code: disposition.pk for disposition in incidents_selectors.dispositions()},
    )


def _history(actor: Actor, over: Sequence[DayCall], stage: living.Stage, now: datetime, progress: Progress) -> None:
    past = [living.as_past(call, stage) for call in over]
    for start in range(0, len(past), TOGETHER):
        incidents.import_history(actor, calls=past[start : start + TOGETHER], now=now)
        progress("past incidents", min(start + TOGETHER, len(past)), len(past))


def _states(actor: Actor, running: Sequence[DayCall], units: dict[str, int], seed: int, now: datetime) -> None:
    busy = {run.unit for call in running for run in call.runs}
    for code, availability, activity in settling.out_of_service(sorted(set(units) - busy), seed):
        resources.set_unit_status(actor, unit_id=units[code], availability=availability, activity=activity, label_code="", source="COMMAND", now=now)
