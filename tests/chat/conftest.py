from collections.abc import Callable
from datetime import datetime

import pytest

from access.actors import Actor
from chat import services
from chat.models import Message, Room
from chat.services import NewMessage
from incidents.models import Incident


@pytest.fixture
def fire_room(northern_fire: Incident, now: datetime) -> Room:
    """The room of the fire in the north."""
    return services.follow_incident(Actor.system("chat"), incident_id=northern_fire.pk, now=now)


Say = Callable[..., Message]


@pytest.fixture
def say(now: datetime) -> Say:
    """Somebody says something: `say(dispatcher, fire_room, "关阀两处")`."""

    def post(actor: Actor, room: Room, text: str, **more: object) -> Message:
        return services.post_message(actor, room_id=room.pk, message=NewMessage(text, **more), now=now)  # type: ignore[arg-type]

    return post
