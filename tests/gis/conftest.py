"""A small ground to search and draw: two crossing roads, some houses and places, and the whole synthetic city where it must be."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import shapely
from django.db import transaction
from pytest_django import DjangoDbBlocker
from shapely import MultiLineString, MultiPolygon, box

from access.actors import Actor
from access.models import Region
from gis import services
from gis.demo import city as synthetic
from gis.records import AreaRecord, Ground, PlaceRecord, RoadRecord

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SYSTEM = Actor.system("test")


def silent(what: str, done: int, whole: int) -> None:
    """Nobody watches the progress."""


def road(
    code: str, name: str, name_en: str, start: tuple[float, float], end: tuple[float, float], *, kind: str = "MAIN", rank: int = 2
) -> RoadRecord:
    return RoadRecord(code, kind, rank, name, name_en, shapely.to_wkb(MultiLineString([[start, end]])))


def place(code: str, kind: str, name: str, name_en: str, lon: float, lat: float, **fields: object) -> PlaceRecord:
    values = {"rank": 4, "number": "", "road": "", "region": "110101", "address": name} | fields
    return PlaceRecord(code=code, kind=kind, name=name, name_en=name_en, lon=lon, lat=lat, **values)  # type: ignore[arg-type]


def small_ground() -> Ground:
    roads = [
        road("R1", "中关村南大街", "Zhongguancun South Avenue", (116.32, 39.96), (116.32, 39.98)),
        road("R2", "和平路", "Heping Road", (116.31, 39.97), (116.33, 39.97)),
        road("R3", "建设路", "Jianshe Road", (116.31, 39.975), (116.33, 39.975), kind="STREET", rank=3),
        road("R4", "建设路", "Jianshe Road", (116.51, 39.875), (116.53, 39.875), kind="STREET", rank=3),
        road("R5", "远处路", "Far Road", (116.41, 39.80), (116.42, 39.80)),
    ]
    houses = [
        place(f"H{number}", "HOUSE", f"中关村南大街{number}号", f"{number} Zhongguancun South Avenue", 116.3202, 39.96 + number / 10_000,
              number=str(number), road="R1", rank=5, address=f"海淀区中关村街道中关村南大街{number}号")
        for number in (1, 12, 27, 127)
    ]  # fmt: skip
    others = [
        place("P1", "ROAD", "中关村南大街", "Zhongguancun South Avenue", 116.32, 39.97, road="R1", rank=2, address="海淀区中关村街道中关村南大街"),
        place("P2", "ROAD", "建设路", "Jianshe Road", 116.32, 39.975, road="R3", rank=3, address="海淀区建设路"),
        place("P3", "ROAD", "建设路", "Jianshe Road", 116.52, 39.875, road="R4", rank=3, address="朝阳区建设路"),
        place("P4", "HOSPITAL", "安和医院", "Anhe Hospital", 116.321, 39.971, rank=2, address="海淀区和平路3号"),
        place("P5", "SCHOOL", "朝阳小学", "Chaoyang Primary School", 116.52, 39.876, address="朝阳区建设路9号"),
        place("P6", "MALL", "100%广场", "100% Plaza", 116.322, 39.972, address="海淀区和平路8号"),
    ]
    lake = AreaRecord("A1", "LAKE", 2, "昆明湖", "Kunming Lake", shapely.to_wkb(MultiPolygon([box(116.26, 39.98, 116.28, 40.0)])))
    return Ground("test", roads, [lake], [*houses, *others])


@pytest.fixture
def ground(north: Region, south: Region) -> Ground:
    """The small ground, loaded."""
    made = small_ground()
    services.replace_ground(SYSTEM, ground=made, now=NOW)
    return made


@pytest.fixture(scope="module")
def synthetic_city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Ground]:
    """The whole synthetic city in one transaction that is rolled back; read it, do not commit."""
    with django_db_blocker.unblock(), transaction.atomic():
        services.load_regions(SYSTEM, records=synthetic.regions(), is_approximate=True, source="sample", now=NOW, progress=silent)
        made = synthetic.ground(1)
        services.replace_ground(SYSTEM, ground=made, now=NOW)
        yield made
        transaction.set_rollback(True)
