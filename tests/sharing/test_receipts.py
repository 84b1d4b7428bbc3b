"""At the desk of who gave something away: that the other side has opened it, and that a mail was given up."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.test import Client

from access import selectors as access
from access.actors import Actor
from access.models import Department
from access.sharing import verbs
from access.sharing.verbs import Terms
from incidents import seeing, services
from incidents.models import Incident
from incidents.services.handouts import Recipient
from journal.models import Entry
from tests.conftest import user_of
from tests.pages.conftest import desk as desk
from tests.sharing.test_people_outside import given

HOUR = timedelta(hours=1)
HOUSE = Actor.system("mail")


def reached(entry: Entry, actor: Actor) -> bool:
    """Whether a browser of this person is told, and knows that it is the person's own."""
    return f"user:{actor.user_id}" in entry.about and bool(set(entry.scopes) & access.scopes_of(actor))


def test_who_shared_a_thing_is_told_who_opened_it_first(
    dispatcher: Actor, liaison: Actor, supervisor: Actor, water: Department, northern_fire: Incident, desk: Callable[..., Client], now: datetime
) -> None:
    share = verbs.share(dispatcher, kind=seeing.KIND.name, subject_id=northern_fire.pk, terms=Terms(water.pk, None, "FULL", now + HOUR), now=now)
    mine, others = desk(dispatcher), desk(supervisor)
    address = f"/shared/receipts/{share.pk}/?person={liaison.user_id}"
    assert mine.get(address).status_code == 204

    verbs.note_look(liaison, share_id=share.pk, is_refresh=False, now=now)

    assert reached(Entry.objects.get(name="access.share_seen"), dispatcher)
    said = mine.get(address).content.decode()
    assert str(user_of(liaison)) in said and northern_fire.number in said
    assert mine.get(f"/shared/receipts/{share.pk}/?person={dispatcher.user_id}").status_code == 204
    assert others.get(address).status_code == 404


def test_who_gave_a_report_is_told_that_it_was_opened_and_when_its_mail_is_given_up(
    supervisor: Actor, commander: Actor, northern_fire: Incident, desk: Callable[..., Client], now: datetime
) -> None:
    mine, others = desk(supervisor), desk(commander)
    opened, secret = given(supervisor, northern_fire, now)
    address = f"/handouts/{opened.pk}/receipt/"
    assert mine.get(address).status_code == 204

    services.open_handout(Actor.anonymous(), secret=secret, now=now)

    assert reached(Entry.objects.get(name="incidents.handout_opened"), supervisor)
    said = mine.get(address).content.decode()
    assert "Wang Fang" in said and northern_fire.number in said
    services.open_handout(Actor.anonymous(), secret=secret, now=now + timedelta(seconds=9))
    assert mine.get(address).status_code == 204 and others.get(address).status_code == 404

    mailed, _secret = given(supervisor, northern_fire, now, recipient=Recipient("Li Lei", "li@example.org", "en"))
    services.note_mail_failure(HOUSE, handout_id=mailed.pk, why="550", is_final=True, now=now)
    assert reached(Entry.objects.get(name="incidents.handout_failed"), supervisor)
    assert "550" in mine.get(f"/handouts/{mailed.pk}/receipt/").content.decode()
