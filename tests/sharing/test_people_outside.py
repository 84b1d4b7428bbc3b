"""A situation report for somebody without an account: by a link that ends, is taken back and counts."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from access.actors import Actor
from incidents import services
from incidents.models import Handout, Incident
from incidents.services.handouts import OpenedTooOften, Recipient
from incidents.views.outside import Guesses
from journal.models import Entry
from kit.errors import Forbidden, Invalid, NotFound
from tests.pages.conftest import desk as desk

HOUR = timedelta(hours=1)
WANG = Recipient("Wang Fang", "", "en")
needs_paper = pytest.mark.skipif("not __import__('kit.paper').paper.is_available()", reason="pango and its fonts could not be fetched here")


def given(actor: Actor, incident: Incident, now: datetime, **fields: Any) -> tuple[Handout, str]:
    values = {"recipient": WANG, "level": "SITUATION", "until": now + HOUR} | fields
    return services.hand_out(actor, incident_id=incident.pk, now=now, **values)


def test_a_link_opens_for_its_time_and_each_opening_is_told(supervisor: Actor, northern_fire: Incident, now: datetime):
    made, secret = given(supervisor, northern_fire, now)

    services.open_handout(Actor.anonymous(), secret=secret, now=now)
    with pytest.raises(OpenedTooOften):
        services.open_handout(Actor.anonymous(), secret=secret, now=now + timedelta(seconds=1))
    services.open_handout(Actor.anonymous(), secret=secret, now=now + timedelta(seconds=9))

    made.refresh_from_db()
    assert made.openings == 2
    told = Entry.objects.filter(name="incidents.handout_opened")
    assert [(entry.actor_label, entry.data["openings"]) for entry in told.order_by("id")] == [("Wang Fang", 1), ("Wang Fang", 2)]
    assert secret not in str(list(Handout.objects.values())) + str([entry.data for entry in Entry.objects.all()])


def test_what_is_over_or_taken_back_or_guessed_opens_nothing(supervisor: Actor, northern_fire: Incident, now: datetime):
    _made, over = given(supervisor, northern_fire, now - 2 * HOUR)
    back, taken = given(supervisor, northern_fire, now)
    services.end_handout(supervisor, handout_id=back.pk, now=now)
    services.end_handout(supervisor, handout_id=back.pk, now=now)

    for secret in (over, taken, "guessed"):
        with pytest.raises(NotFound):
            services.open_handout(Actor.anonymous(), secret=secret, now=now)


def test_only_supervisors_give_reports_and_only_in_bounds(
    dispatcher: Actor, fire_chief_south: Actor, supervisor: Actor, northern_fire: Incident, now: datetime
):
    with pytest.raises(Forbidden):
        given(dispatcher, northern_fire, now)
    with pytest.raises(NotFound):
        given(fire_chief_south, northern_fire, now)
    for wrong in ({"recipient": Recipient(" ", "", "en")}, {"recipient": Recipient("x", "no address", "en")}, {"until": now}, {"level": "ALL"}):
        with pytest.raises(Invalid):
            given(supervisor, northern_fire, now, **wrong)


@needs_paper
def test_the_paper_bears_name_and_time_on_each_page_and_not_what_the_level_masks(supervisor: Actor, northern_fire: Incident, now: datetime):
    _made, secret = given(supervisor, northern_fire, now)
    outside = Client(headers={"Accept-Language": "en"})

    door = outside.get(f"/outside/{secret}/")
    opened = outside.post(f"/outside/{secret}/")

    assert northern_fire.number not in door.content.decode()
    assert not Entry.objects.filter(name="incidents.handout_opened").count() > 1
    assert opened["Content-Type"] == "application/pdf"
    for answer in (door, opened):
        assert answer["Cache-Control"] == "no-store"
        assert "noindex" in answer["X-Robots-Tag"]
    # To no other site either; but a button that is pressed under `no-referrer` has the origin `null`, and is refused.
    assert (door["Referrer-Policy"], opened["Referrer-Policy"]) == ("same-origin", "no-referrer")
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(opened.content)).pages]
    assert pages and all("Wang Fang" in page for page in pages)
    text = " ".join(pages)
    assert northern_fire.number in text
    for masked in ("二楼冒烟", "张女士", "13800002201"):
        assert masked not in text.replace("\n", "")


def test_who_guesses_is_slowed_down(db: None):
    Guesses._wrong = {}
    outside = Client()

    answers = [outside.post(f"/outside/guess{n}/").status_code for n in range(Guesses.MOST + 1)]

    assert set(answers[:-1]) == {404}
    assert answers[-1] in (404, 429)  # the minute may have turned
    Guesses._wrong = {}


def test_the_dialog_shows_the_link_once_and_who_has_it(supervisor: Actor, northern_fire: Incident, desk: Callable[..., Client]):
    at_desk = desk(supervisor)
    address = f"/incidents/{northern_fire.number}/hand-out/"

    shown = at_desk.post(address, {"recipient": "Wang Fang", "level": "OUTLINE", "hours": 4, "language": "en"}).content.decode()
    later = at_desk.get(address).content.decode()

    assert "/outside/" in shown
    assert "/outside/" not in later
    assert "Wang Fang" in later
