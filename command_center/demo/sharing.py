"""What the demo city shows across departments: a fire and its room to the water company, and a look through broken glass to review."""

import json
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.contrib.gis.geos import MultiPolygon, Polygon

from access.actors import Actor
from access.sharing import verbs
from access.sharing.verbs import Terms
from chat import services as chat
from chat.services import NewMessage
from chat.sharing.keeping import KIND as ROOM
from incidents import seeing
from incidents import selectors as incidents
from incidents.models import Incident
from resources.positions import areas
from resources.sharing.keeping import KIND as AREA

FOR = timedelta(hours=12)
ASIDE = 0.006  # degrees, some 600 metres
CORNERS = ((-1, -0.6), (0.4, -1), (1, 0.2), (0.3, 1), (-0.8, 0.7), (-1, -0.6))


@cache
def words() -> dict[str, str]:
    """What is said."""
    return dict(json.loads(Path(__file__).with_name("sharing.json").read_text(encoding="utf-8")))


def share(actors: dict[str, Actor], departments: dict[str, int], *, now: datetime) -> None:
    """Let the dispatcher show the gravest open fire to the water company, and its liaison break the glass for another and give it back."""
    dispatcher, liaison, water = actors["dispatcher"], actors["liaison"], departments["water"]
    foreign = [each for each in incidents.open_incidents(dispatcher) if water not in each.department_ids][:2]
    if not foreign:
        return
    _show(dispatcher, liaison, foreign[0], water, now)
    for each in foreign[1:]:
        taken = verbs.break_glass_for(liaison, kind=seeing.KIND.name, subject_id=each.pk, reason=words()["reason"], now=now - timedelta(minutes=20))
        verbs.note_look(liaison, share_id=taken.pk, is_refresh=False, now=now - timedelta(minutes=19))
        verbs.revoke_share(liaison, share_id=taken.pk, now=now - timedelta(minutes=12))


def _show(dispatcher: Actor, liaison: Actor, incident: Incident, water: int, now: datetime) -> None:
    terms = Terms(water, None, "SITUATION", now + FOR, words()["incident"])
    shown = verbs.share(dispatcher, kind=seeing.KIND.name, subject_id=incident.pk, terms=terms, now=now - timedelta(minutes=10))
    verbs.note_look(liaison, share_id=shown.pk, is_refresh=False, now=now - timedelta(minutes=9))
    room = chat.open_incident_room(dispatcher, incident_id=incident.pk, now=now - timedelta(minutes=10))
    said = NewMessage(words()["message"])
    message = chat.post_message(dispatcher, room_id=room.pk, message=said, now=now - timedelta(minutes=8))
    chat.pin_message(dispatcher, room_id=room.pk, seq=message.seq, is_pinned=True, now=now - timedelta(minutes=8))
    full = Terms(water, None, "FULL", now + FOR, words()["room"])
    _cordon(dispatcher, incident, water, now)
    verbs.share(dispatcher, kind=ROOM.name, subject_id=room.pk, terms=full, now=now - timedelta(minutes=7))


def _cordon(dispatcher: Actor, incident: Incident, water: int, now: datetime) -> None:
    """An area around the fire that is watched, and its border shown."""
    if incident.point is None:
        return
    lon, lat = incident.point.coords
    border = Polygon([(lon + ASIDE * east, lat + ASIDE * north) for east, north in CORNERS])
    drawn = areas.draw_area(
        Actor.system("demo_city"),
        name=words()["area"],
        area=MultiPolygon(border, srid=4326),
        department_id=incident.department_id,
        region_id=incident.region_id,
        now=now - timedelta(minutes=9),
    )
    terms = Terms(water, None, "SITUATION", now + FOR, "")
    verbs.share(dispatcher, kind=AREA.name, subject_id=drawn.pk, terms=terms, now=now - timedelta(minutes=6))
