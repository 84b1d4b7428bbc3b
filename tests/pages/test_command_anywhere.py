"""The command line is understood in the search of every screen."""

import pytest

from resources.handles import INDEX


@pytest.fixture(autouse=True)
def _fresh_index():
    INDEX.forget()


def found(client, **query):
    return client.get("/find/", query).content.decode()


def test_a_line_with_a_verb_is_an_order_that_enter_carries_out(desk, dispatcher, northern_fire, engine_7):
    html = found(desk(dispatcher), q="s e7 out of service")

    assert 'data-line="s e7 out of service"' in html and "E7 → Out of service" in html and 'data-run-url="/command/"' in html


def test_a_line_that_lacks_something_says_so_and_offers_how_to_go_on(desk, dispatcher, northern_fire, engine_7):
    html = found(desk(dispatcher), q="> s e7 ")
    assert "Incidents" not in html or "data-line" not in html

    html = found(desk(dispatcher), q="s e7 xx")
    assert "is neither a status nor a unit" in html and "data-fill=" in html and "data-line" not in html


def test_the_incident_chosen_on_the_screen_may_be_left_out(desk, dispatcher, northern_fire, engine_7):
    assert f"to {northern_fire.number}" in found(desk(dispatcher), q="d e7", incident=str(northern_fire.pk))


def test_a_word_that_only_begins_like_a_verb_is_searched_for(desk, dispatcher, northern_fire):
    assert "data-line" not in found(desk(dispatcher), q="d")
    assert "data-line" not in found(desk(dispatcher), q="dongcheng road")
