"""A watched area, the layer of the map that departments own, is shown to people it does not belong to, as far as its level goes."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.test import Client
from django.utils import timezone

from access import selectors as access
from access.actors import Actor
from access.models import Department, Region, Share
from access.sharing import verbs
from access.sharing.verbs import AlreadyTheirs, Terms
from journal.models import Entry
from kit.errors import Forbidden, NotFound
from resources.models import Geofence, GeofencePresence, Unit
from resources.positions import areas
from resources.sharing import shown
from resources.sharing.keeping import KIND
from tests.conftest import NewUnitMaker
from tests.pages.conftest import desk as desk

HOUR = timedelta(hours=1)
BORDER = ((116.40, 39.95), (116.44, 39.95), (116.42, 39.99), (116.40, 39.95))


@pytest.fixture
def cordon(fire: Department, north: Region, engine_7: Unit, new_unit: NewUnitMaker, water: Department, now: datetime) -> Geofence:
    """An area of the fire brigade in the north with two units in it, one of the water company."""
    made = Geofence.objects.create(
        name="警戒区", area=MultiPolygon(Polygon(BORDER), srid=4326), department=fire, department_ids=[fire.pk], region=north, drawn_at=now
    )
    theirs = new_unit("W1", department=water, department_ids=[water.pk])
    for unit in (engine_7, theirs):
        GeofencePresence.objects.create(unit=unit, geofence=made, since=now)
    return made


def shared(actor: Actor, area: Geofence, now: datetime, *, to: Department, level: str = "FULL") -> Share:
    """Share for an hour."""
    return verbs.share(actor, kind=KIND.name, subject_id=area.pk, terms=Terms(to.pk, None, level, now + HOUR, ""), now=now)


def test_each_level_shows_more_of_the_area(dispatcher: Actor, liaison: Actor, water: Department, cordon: Geofence, now: datetime) -> None:
    with pytest.raises(NotFound):
        shown.area(liaison, cordon.pk)

    found = {}
    for level in ("OUTLINE", "SITUATION", "FULL"):
        shared(dispatcher, cordon, now, to=water, level=level)
        found[level] = shown.area(liaison, cordon.pk)

    box, border, whole = (found[level] for level in ("OUTLINE", "SITUATION", "FULL"))
    assert (box.shape.extent, box.shape.num_coords, box.has_border, box.units) == (cordon.area.extent, 5, False, None)
    assert (border.shape, border.units) == (cordon.area, None)
    assert [each.unit.code for each in whole.units or []] == ["E7"]
    assert [each.area.pk for each in shown.shown_to(liaison)] == [cordon.pk]
    assert shown.own(liaison) == [] and shown.shown_to(dispatcher) == []


def test_only_who_holds_it_shares_it_and_not_with_its_own(
    dispatcher: Actor, call_taker: Actor, liaison: Actor, fire: Department, water: Department, cordon: Geofence, now: datetime
) -> None:
    shared(dispatcher, cordon, now, to=water)

    for actor, to, refusal in ((liaison, fire, NotFound), (call_taker, water, Forbidden), (dispatcher, fire, AlreadyTheirs)):
        with pytest.raises(refusal):
            shared(actor, cordon, now, to=to)


def test_it_goes_when_it_is_taken_back_or_watched_no_longer_and_the_other_side_is_told(
    dispatcher: Actor, admin: Actor, liaison: Actor, water: Department, cordon: Geofence, now: datetime
) -> None:
    share = shared(dispatcher, cordon, now, to=water)
    verbs.revoke_share(dispatcher, share_id=share.pk, now=now)
    assert shown.shown_to(liaison) == []

    shared(dispatcher, cordon, now, to=water)
    before = Entry.objects.count()
    areas.retire_area(admin, geofence_id=cordon.pk, now=now)

    assert shown.shown_to(liaison) == []
    news = [entry.name for entry in Entry.objects.order_by("id")[before:] if set(entry.scopes) & access.scopes_of(liaison)]
    assert news == ["access.shared_changed"]


def test_people_and_programs_see_the_same(
    dispatcher: Actor, liaison: Actor, water: Department, cordon: Geofence, now: datetime, desk: Callable[..., Client]
) -> None:
    mine, theirs = desk(dispatcher), desk(liaison)

    made = mine.post(f"/areas/{cordon.pk}/share/", {"department_id": water.pk, "level": "OUTLINE", "hours": 4, "note": "keep clear"})
    page, listing = theirs.get(f"/areas/{cordon.pk}/").content.decode(), theirs.get("/areas/").content.decode()
    (row,) = theirs.get("/api/v1/areas/shared/").json()

    assert made.status_code == 204
    assert "keep clear" in page and "116.42" not in page and "E7" not in page
    assert "警戒区" in listing and f"/areas/{cordon.pk}/" in theirs.get("/shared/").content.decode()
    assert (row["has_border"], row["units"], row["drawn_at"]) == (False, None, None)
    own = mine.get(f"/areas/{cordon.pk}/").content.decode()
    assert "116.42" in own and "Liaison" in own  # the border, and who has looked
    assert theirs.get(f"/api/v1/areas/{cordon.pk}/shares/").status_code == 404
    assert mine.get(f"/api/v1/areas/{cordon.pk}/shares/").json()[0]["looks"][0]["person"] == "Liaison"


def test_it_stands_on_the_map_of_the_other_side_as_far_as_its_level_goes(
    dispatcher: Actor, liaison: Actor, water: Department, cordon: Geofence, desk: Callable[..., Client], now: datetime
) -> None:
    theirs = desk(liaison)
    assert theirs.get("/areas/shown.json").json() == {"areas": []}

    share = shared(dispatcher, cordon, now, to=water, level="OUTLINE")
    (drawn,) = theirs.get("/areas/shown.json").json()["areas"]

    assert (drawn["name"], drawn["has_border"], len(drawn["shape"]["coordinates"][0][0])) == ("警戒区", False, 5)
    assert f"{timezone.localtime(share.until):%H:%M}" in drawn["says"]
    assert Entry.objects.filter(name="access.share_seen").count() == 1
    assert " data-areas" in theirs.get("/ops/").content.decode().partition('id="map"')[2].partition(">")[0].replace("data-areas-url", "")
    verbs.revoke_share(dispatcher, share_id=share.pk, now=now)
    assert theirs.get("/areas/shown.json").json() == {"areas": []}
