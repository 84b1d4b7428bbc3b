"""The basemap is one file that a signed-in page reads by ranges; tiles of large layers show a reader what that reader may see."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import mapbox_vector_tile
import pytest
from django.core.cache import cache
from django.test import Client
from pmtiles.reader import MemorySource, Reader
from pytest_django import Settings
from redis.exceptions import RedisError

from access.actors import Actor
from access.models import User
from gis import basemap, selectors, services, tiles
from gis.mercator import Tile, column, row
from gis.records import Ground
from tests.gis.conftest import NOW, SYSTEM, silent

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(ground: Ground, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A basemap of the small ground, down to zoom 14."""
    monkeypatch.setattr(basemap, "TOP", 14)
    settings.BASEMAP_FILE = tmp_path / "city.pmtiles"
    services.build_basemap(SYSTEM, target=settings.BASEMAP_FILE, now=NOW, progress=silent)
    return Path(settings.BASEMAP_FILE)


@pytest.fixture
def page(dispatcher: Actor, client: Client) -> Client:
    client.force_login(User.objects.get(pk=dispatcher.user_id))
    return client


def layers(path: Path, zoom: int, lon: float, lat: float) -> dict[str, list[dict[str, object]]]:
    reader = Reader(MemorySource(path.read_bytes()))
    packed = reader.get(zoom, column(lon, zoom), row(lat, zoom))
    tile = mapbox_vector_tile.decode(gzip.decompress(packed)) if packed else {}
    return {name: [feature["properties"] for feature in layer["features"]] for name, layer in tile.items()}


def test_the_file_holds_the_layers_that_the_page_paints(file: Path):
    at_crossing = layers(file, 14, 116.32, 39.97)

    assert {"kind": "main", "name": "和平路", "name:en": "Heping Road", "rank": 2} in at_crossing["roads"]
    assert {"kind": "hospital", "name": "安和医院", "name:en": "Anhe Hospital", "rank": 2} in at_crossing["places"]
    assert {"kind": "house", "number": "27"} in layers(file, 14, 116.3202, 39.9627)["addresses"]
    assert layers(file, 10, 116.27, 39.99)["water"] == [{"kind": "lake", "name": "昆明湖", "name:en": "Kunming Lake"}]
    assert layers(file, 8, 116.4, 39.9)["land"] == [{"kind": "city"}]
    assert {"kind": "district"} in layers(file, 10, 116.4, 39.9)["boundaries"]


def test_far_out_tiles_leave_small_things_away(file: Path):
    assert "roads" not in layers(file, 9, 116.32, 39.97)
    assert "places" not in layers(file, 12, 116.52, 39.876)


def test_the_same_ground_gives_the_same_file(file: Path, tmp_path: Path):
    again = basemap.build(tmp_path / "again.pmtiles", silent)

    assert again.version == basemap.current(file).version
    assert not list(tmp_path.glob(".city-*"))


def test_a_page_reads_the_file_by_ranges(file: Path, page: Client):
    whole = file.read_bytes()

    start = page.get("/basemap/city.pmtiles", headers={"Range": "bytes=0-126"})
    middle = page.get("/basemap/city.pmtiles", headers={"Range": "bytes=1000-1999"})
    tail = page.get("/basemap/city.pmtiles", headers={"Range": "bytes=-50"})
    open_end = page.get("/basemap/city.pmtiles", headers={"Range": f"bytes={len(whole) - 10}-"})

    assert [answer.status_code for answer in (start, middle, tail, open_end)] == [206] * 4
    assert [answer.content for answer in (start, middle, tail, open_end)] == [whole[:127], whole[1000:2000], whole[-50:], whole[-10:]]
    assert middle["Content-Range"] == f"bytes 1000-1999/{len(whole)}"
    assert "immutable" in middle["Cache-Control"]


def test_the_whole_file_and_a_file_that_did_not_change(file: Path, page: Client):
    whole = page.get("/basemap/city.pmtiles")

    assert b"".join(whole.streaming_content) == file.read_bytes()
    assert page.get("/basemap/city.pmtiles", headers={"If-None-Match": whole["ETag"]}).status_code == 304
    stale = page.get("/basemap/city.pmtiles", headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert stale.status_code == 200
    stale.close()


@pytest.mark.parametrize("asked", ["bytes=999999999-", "bytes=20-10", "bytes=-0"])
def test_a_range_outside_the_file_is_refused(file: Path, page: Client, asked):
    answer = page.get("/basemap/city.pmtiles", headers={"Range": asked})

    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{file.stat().st_size}"


@pytest.mark.parametrize("asked", ["lines=1-2", "bytes=a-b", "bytes=0-1,5-6", "bytes=-", "0-5"])
def test_a_range_that_is_not_understood_is_ignored(file: Path, page: Client, asked):
    answer = page.get("/basemap/city.pmtiles", headers={"Range": asked})

    assert answer.status_code == 200
    answer.close()


def test_a_stranger_gets_no_map(file: Path, client: Client):
    for address in ("/basemap/city.pmtiles", "/basemap/city.json", "/gis/regions.geojson", "/gis/tiles/places/10/843/388.mvt"):
        assert client.get(address).status_code == 403


def test_a_page_learns_what_to_draw(file: Path, page: Client, settings: Settings):
    described = page.get("/basemap/city.json").json()

    assert described["kind"] == "pmtiles"
    assert described["url"].startswith("/basemap/city.pmtiles?v=")
    assert described["bounds"] == pytest.approx([116.2, 39.7, 116.6, 40.1])
    settings.BASEMAP_URLS = ["https://tiles.example/{z}/{x}/{y}.png", "https://names.example/{z}/{x}/{y}.png"]
    own = page.get("/basemap/city.json").json()
    assert (own["kind"], own["url"], own["overlays"]) == ("xyz", settings.BASEMAP_URLS[0], settings.BASEMAP_URLS[1:])


def test_before_a_file_is_built_the_page_is_told_so(page: Client, settings: Settings, tmp_path: Path):
    settings.BASEMAP_FILE = tmp_path / "none.pmtiles"

    assert page.get("/basemap/city.json").json()["kind"] == "none"
    assert page.get("/basemap/city.pmtiles").status_code == 404


def test_a_page_gets_the_outlines_of_districts_once(ground: Ground, page: Client):
    answer = page.get("/gis/regions.geojson?level=DISTRICT")

    assert [one["properties"]["code"] for one in answer.json()["features"]] == ["110101", "110102"]
    assert page.get("/gis/regions.geojson?level=DISTRICT", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert page.get("/gis/regions.geojson?level=PLANET").status_code == 422


def mvt(answer: object) -> dict[str, list[dict[str, object]]]:
    body = gzip.decompress(answer.content)  # type: ignore[attr-defined]
    decoded = mapbox_vector_tile.decode(body) if body else {}
    return {name: [feature["properties"] for feature in layer["features"]] for name, layer in decoded.items()}


def test_near_tiles_show_places_and_far_ones_their_number(ground: Ground, page: Client):
    near = mvt(page.get(f"/gis/tiles/places/14/{column(116.321, 14)}/{row(39.971, 14)}.mvt"))["places"]
    far = mvt(page.get(f"/gis/tiles/places/6/{column(116.4, 6)}/{row(39.9, 6)}.mvt"))["places"]

    assert {"安和医院", "100%广场"} <= {one["name"] for one in near}
    assert sum(one["count"] for one in far) == 6
    assert {one["kind"]: one["count"] for one in far}["hospital"] == 1


def test_without_redis_tiles_are_still_drawn(ground: Ground, dispatcher: Actor, settings: Settings):
    dead = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "unix:///nowhere/redis.sock"}
    settings.CACHES = {"default": dead}
    with pytest.raises(RedisError):
        cache.get("anything")

    drawn = tiles.drawn(dispatcher, "places", Tile(14, column(116.321, 14), row(39.971, 14)))

    assert mapbox_vector_tile.decode(gzip.decompress(drawn.body))["places"]["features"]


def test_a_tile_that_does_not_exist_is_not_found(ground: Ground, page: Client):
    for address in ("nothing/10/1/1", "places/10/1024/0", "places/30/0/0"):
        assert page.get(f"/gis/tiles/{address}.mvt").status_code == 404


def test_a_tile_is_drawn_again_only_after_its_layer_changed(ground: Ground, page: Client):
    address = f"/gis/tiles/places/14/{column(116.321, 14)}/{row(39.971, 14)}.mvt"
    first = page.get(address)
    assert page.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304

    services.replace_ground(SYSTEM, ground=Ground("test", [], [], []), now=NOW)

    after = page.get(address, headers={"If-None-Match": first["ETag"]})
    assert after.status_code == 200
    assert mvt(after) == {}


@pytest.fixture
def private_layer() -> Iterator[None]:
    tiles.register(tiles.TileLayer("private", draw=lambda actor, tile: actor.id.encode(), version=lambda: 1, is_public=False))
    yield
    tiles.withdraw("private")


def test_readers_of_different_authority_never_share_a_tile(private_layer: None, fire_chief_north: Actor, fire_chief_south: Actor):
    where = Tile(14, 13480, 6200)

    north, south = tiles.drawn(fire_chief_north, "private", where), tiles.drawn(fire_chief_south, "private", where)

    assert gzip.decompress(north.body) == fire_chief_north.id.encode()
    assert gzip.decompress(south.body) == fire_chief_south.id.encode()
    assert north.etag != south.etag


def test_a_straight_line_is_labelled_an_estimate():
    from kit.geo import Position

    travel = selectors.straight_line(Position(116.397, 39.908), Position(116.397, 39.998), kmh=40)

    assert travel.is_estimate
    assert travel.metres == pytest.approx(10_008 * 1.35, rel=0.01)
    assert travel.seconds == pytest.approx(travel.metres / (40 / 3.6))


def test_a_city_that_has_no_outlines_yet_is_an_empty_map_and_not_a_broken_one(page: Client):
    assert page.get("/gis/regions.geojson?level=STREET").json() == {"type": "FeatureCollection", "features": []}
