"""The five timely steps of an incident, as its page shows them."""

from datetime import datetime, timedelta

from access.actors import Actor
from incidents import board
from incidents import services as incidents
from incidents.models import Disposition, Incident


def test_a_closed_incident_was_controlled_and_resolved_when_it_was_closed_unless_somebody_said_it_before(
    dispatcher: Actor, northern_fire: Incident, done: Disposition, now: datetime
) -> None:
    incidents.control_incident(dispatcher, incident_id=northern_fire.pk, now=now)
    incidents.close_incident(
        dispatcher, incident_id=northern_fire.pk, disposition=done.code, at=now + timedelta(minutes=9), now=now + timedelta(minutes=9)
    )

    northern_fire.refresh_from_db()
    *_, controlled, resolved = board.five(northern_fire)
    assert (controlled.at, resolved.at) == (now, now + timedelta(minutes=9))


def test_an_open_incident_is_not_resolved(northern_fire: Incident) -> None:
    assert [step.at for step in board.five(northern_fire)][3:] == [None, None]
