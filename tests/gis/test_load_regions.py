"""An administrator loads official outlines; a hostile or broken file loads nothing and says why."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from access.actors import Actor
from access.models import Region
from gis import geojson, selectors, services
from gis.coordinates import Coordinate, System
from gis.records import RegionRecord
from journal.models import Entry
from kit.errors import Forbidden
from kit.geo import Position
from tests.gis.conftest import NOW, silent

SQUARE = [[116.2, 39.9], [116.6, 39.9], [116.6, 40.1], [116.2, 40.1], [116.2, 39.9]]
COLUMNS = geojson.Columns("code", "name", "name_en", "")


def feature(code: str = "110105", coordinates: Any = None, kind: str = "Polygon", **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"code": code, "name": "朝阳区", "name_en": "Chaoyang"} | properties,
        "geometry": {"type": kind, "coordinates": [SQUARE] if coordinates is None else coordinates},
    }


def written(tmp_path: Path, *features: Any, **members: Any) -> Path:
    path = tmp_path / "regions.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)} | members))
    return path


def read(path: Path, *, repair: bool = False, system: System = System.WGS84) -> list[RegionRecord]:
    return geojson.read_regions(path, level="DISTRICT", parent="110000", columns=COLUMNS, system=system, repair=repair)


def load(path: Path, **options: Any) -> None:
    call_command("load_regions", str(path), **({"level": "DISTRICT", "parent": "110000", "source": "test survey"} | options))


def test_an_official_outline_takes_the_place_of_an_approximate_one(city: Region, north: Region, tmp_path: Path):
    load(written(tmp_path, feature(north.code), feature("110199", [[[116, 39], [116.1, 39], [116.1, 39.1], [116, 39]]], name="新区")))

    north.refresh_from_db()
    assert (north.source, north.is_approximate) == ("test survey", False)
    added = Region.objects.get(code="110199")
    assert added.get_parent() == city
    assert selectors.region_at(Position(116.09, 39.05)) == added
    assert Entry.objects.filter(name="gis.regions_loaded", data__added=1, data__redrawn=1).count() == 1


def test_a_dry_run_loads_nothing(city: Region, tmp_path: Path):
    load(written(tmp_path, feature("110199")), dry_run=True)

    assert not Region.objects.filter(code="110199").exists()


def test_a_file_in_shifted_coordinates_is_brought_back(tmp_path: Path):
    shifted = [list(vars_of(Coordinate(lon, lat, System.WGS84).to(System.GCJ02))) for lon, lat in SQUARE]

    record = read(written(tmp_path, feature(coordinates=[shifted])), system=System.GCJ02)[0]

    corner = services._outline(record.outline)[0][0][0]
    assert corner == pytest.approx(SQUARE[0], abs=1e-9)


def vars_of(coordinate: Coordinate) -> tuple[float, float]:
    return coordinate.lon, coordinate.lat


BOW_TIE = [[[116.0, 39.0], [116.2, 39.2], [116.2, 39.0], [116.0, 39.2], [116.0, 39.0]]]


@pytest.mark.parametrize(
    "bad",
    [
        feature(coordinates=[[[1e300, 39.9], [116.6, 39.9], [116.6, 40.1], [1e300, 39.9]]]),
        feature(coordinates=[[[116.2, 95], [116.6, 39.9], [116.6, 40.1], [116.2, 95]]]),
        feature(coordinates=[[["116.2", 39.9], [116.6, 39.9], [116.6, 40.1], ["116.2", 39.9]]]),
        feature(coordinates=[[[True, 39.9], [116.6, 39.9], [116.6, 40.1], [True, 39.9]]]),
        feature(coordinates=[SQUARE[:-1]]),
        feature(coordinates=[[[116.2, 39.9], [116.6, 39.9], [116.2, 39.9]]]),
        feature(coordinates=[]),
        feature(coordinates="116.2,39.9"),
        feature(coordinates=[[[116.2, 39.9]] * 5]),
        feature(coordinates=BOW_TIE),
        feature(kind="Point", coordinates=[116.2, 39.9]),
        feature(kind="GeometryCollection"),
        feature(code=""),
        feature(name=None),
        feature(name="区" * 500),
        {"type": "Feature", "geometry": None, "properties": None},
        [],
        None,
    ],
)
def test_a_bad_feature_is_refused_in_words_and_nothing_is_loaded(bad, tmp_path: Path):
    with pytest.raises(geojson.RegionsUnreadable) as refusal:
        read(written(tmp_path, feature("110199"), bad))
    assert "2" in refusal.value.sentence


def test_a_bow_tie_can_be_mended_when_asked(tmp_path: Path):
    record = read(written(tmp_path, feature(coordinates=BOW_TIE)), repair=True)[0]

    assert services._outline(record.outline).valid


@pytest.mark.parametrize(
    "members",
    [
        {"type": "Feature"},
        {"features": {}},
        {"features": []},
        {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}},
    ],
)
def test_what_is_no_collection_in_degrees_is_refused(members, tmp_path: Path):
    with pytest.raises(geojson.RegionsUnreadable):
        read(written(tmp_path, feature(), **members))


def test_what_is_no_json_is_refused(tmp_path: Path):
    path = tmp_path / "regions.geojson"
    for body in (b"", b"\xff\xfe", b"[" * 100_000, b'{"features": [NaN]}', b'{"features": [1' + b"0" * 400 + b"]}"):
        path.write_bytes(body)
        with pytest.raises(geojson.RegionsUnreadable):
            read(path)


def test_too_many_vertices_are_refused_before_any_geometry_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(geojson, "MOST_VERTICES", 4)
    with pytest.raises(geojson.RegionsUnreadable):
        read(written(tmp_path, feature()))


def test_the_same_code_twice_is_refused(tmp_path: Path):
    with pytest.raises(geojson.RegionsUnreadable):
        read(written(tmp_path, feature("1"), feature("1")))


@pytest.mark.django_db
def test_a_region_below_an_unknown_one_loads_nothing(tmp_path: Path):
    with pytest.raises(CommandError):
        load(written(tmp_path, feature("110199")), parent="999999")
    assert not Region.objects.exists()


def test_a_dispatcher_may_not_load_regions(dispatcher: Actor):
    with pytest.raises(Forbidden):
        services.load_regions(dispatcher, records=[], is_approximate=False, source="x", now=NOW, progress=silent)
