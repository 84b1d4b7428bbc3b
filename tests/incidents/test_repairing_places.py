"""Places that are not sure wait in a queue; outside geocoders only add what they say, and never keep anybody waiting."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from access.actors import Actor
from access.models import Region
from gis import elsewhere
from gis.models import Place
from incidents import pins, services, tasks
from incidents.models import Incident, IncidentType, Report, WeakPin
from incidents.services.pins import PinAnswer
from incidents.services.reporting import NewReport
from kit.errors import Forbidden, Invalid, NotFound
from kit.geo import Position

SYSTEM = Actor.system("pins")
HERE = Position(116.4, 39.95)


@pytest.fixture
def said(building_fire: IncidentType, north: Region, now: datetime) -> NewReport:
    return NewReport(source="PHONE", type_id=building_fire.pk, place_words="老百货后面", received_at=now, region_id=north.pk)


@pytest.fixture
def lost(call_taker: Actor, said: NewReport, now: datetime) -> Incident:
    incident = services.report_incident(call_taker, report=said, now=now)
    services.check_pin(SYSTEM, incident_id=incident.pk, now=now)
    return incident


def waiting(actor: Actor) -> list[str]:
    return [pin.incident.number for pin in pins.weak_pins(actor)]


def test_an_incident_without_a_point_waits_and_one_that_is_sure_does_not(call_taker: Actor, lost: Incident, said: NewReport, now: datetime):
    sure = services.report_incident(call_taker, report=replace(said, position=HERE), now=now)
    assert services.check_pin(SYSTEM, incident_id=sure.pk, now=now) is None

    assert waiting(call_taker) == [lost.number]


def test_a_guess_of_the_gazetteer_and_a_point_outside_the_city_are_doubted(call_taker: Actor, said: NewReport, now: datetime):
    guess = services.report_incident(call_taker, report=replace(said, position=HERE, geocoder_answer={"confidence": 0.85}), now=now)
    chosen = services.report_incident(call_taker, report=replace(said, position=HERE, geocoder_answer={"chosen": True}), now=now)
    outside = services.report_incident(call_taker, report=replace(said, position=Position(121.4, 31.2)), now=now)

    found = {each.pk: services.check_pin(SYSTEM, incident_id=each.pk, now=now) for each in (guess, chosen, outside)}

    assert found[guess.pk].why == "UNSURE" and found[chosen.pk] is None and found[outside.pk].why == "OUTSIDE"  # type: ignore[union-attr]


def test_moving_the_point_settles_it_and_leaves_the_callers_words(dispatcher: Actor, lost: Incident, now: datetime):
    services.settle_pin(dispatcher, incident_id=lost.pk, position=HERE, outcome="MOVED", now=now)

    lost.refresh_from_db()
    assert lost.point.coords == (116.4, 39.95) and waiting(dispatcher) == []
    assert Report.objects.get().place_words == "老百货后面" and Report.objects.get().point is None
    with pytest.raises(NotFound):
        services.settle_pin(dispatcher, incident_id=lost.pk, position=HERE, outcome="MOVED", now=now)


def test_what_nobody_may_or_can_settle_stays_in_the_queue(auditor: Actor, dispatcher: Actor, lost: Incident, now: datetime):
    with pytest.raises(Forbidden):
        services.settle_pin(auditor, incident_id=lost.pk, position=None, outcome="UNKNOWN", now=now)
    for outcome, position in (("CONFIRMED", None), ("MOVED", None), ("UNKNOWN", HERE)):
        with pytest.raises(Invalid):
            services.settle_pin(dispatcher, incident_id=lost.pk, position=position, outcome=outcome, now=now)

    assert waiting(dispatcher) == [lost.number]


def test_a_point_put_by_an_ordinary_edit_settles_it_too(dispatcher: Actor, lost: Incident, now: datetime):
    from incidents.services.editing import IncidentChanges

    services.edit_incident(dispatcher, incident_id=lost.pk, version=1, changes=IncidentChanges(position=HERE), now=now)
    services.check_pin(SYSTEM, incident_id=lost.pk, now=now)

    assert WeakPin.objects.get().outcome == "MOVED" and waiting(dispatcher) == []


def test_the_page_shows_words_and_answers_and_takes_one(desk, dispatcher, lost, now):  # type: ignore[no-untyped-def]
    answer = PinAnswer("百货大楼", 116.41, 39.951, 0.6, "geocoder")
    services.add_pin_answers(SYSTEM, incident_id=lost.pk, answers=[answer], now=now)
    client = desk(dispatcher)

    page = client.get("/intake/pins/").content.decode()
    taken = client.post(f"/intake/pins/{lost.number}/", {"outcome": "MOVED", "lon": "116.41", "lat": "39.951"})

    assert "老百货后面" in page and "百货大楼" in page and "outside geocoder" in page
    assert taken.status_code == 204 and "Every open incident" in client.get("/intake/pins/?rows").content.decode()


Peer = Callable[..., None]


@pytest.fixture
def peer(settings) -> Iterator[Peer]:  # type: ignore[no-untyped-def]
    """A geocoder on this machine that answers as it is told to."""
    says: dict[str, object] = {"body": b"[]", "pause": 0.0, "drip": False}

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(float(says["pause"]))  # type: ignore[arg-type]
            body = says["body"]
            assert isinstance(body, bytes)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                for each in body:
                    self.wfile.write(bytes([each]))
                    if says["drip"]:
                        time.sleep(0.05)
            except OSError:
                return

        def log_message(self, *_: object) -> None:
            """Keep the tests quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.GEOCODER_URL = f"http://127.0.0.1:{server.server_port}/search?q={{q}}"
    settings.GEOCODER_SECONDS = 0.6
    yield lambda **new: says.update(new)
    server.shutdown()
    server.server_close()


NOMINATIM = json.dumps([{"display_name": "百货大楼", "lon": "116.41", "lat": "39.951", "importance": 0.6}, {"lat": "x"}]).encode()
PHOTON = json.dumps({"features": [{"geometry": {"coordinates": [116.41, 39.951]}, "properties": {"name": "百货大楼"}}]}).encode()


@pytest.mark.parametrize("body", [NOMINATIM, PHOTON])
def test_both_shapes_of_answers_are_read_and_what_is_no_place_is_passed_over(peer: Peer, body: bytes):
    peer(body=body)

    assert [(each.name, each.position) for each in elsewhere.answers("老百货")] == [("百货大楼", Position(116.41, 39.951))]


def test_coordinates_of_another_system_are_converted_at_once(peer: Peer, settings):  # type: ignore[no-untyped-def]
    peer(body=PHOTON)
    settings.GEOCODER_DATUM = "GCJ02"

    here = elsewhere.answers("老百货")[0].position

    assert 0.004 < 116.41 - here.lon < 0.009


@pytest.mark.parametrize("how", [{"pause": 5.0}, {"body": PHOTON, "drip": True}, {"body": b"<html>"}, {"body": b"[" * 300_000}])
def test_one_that_is_silent_slow_or_mad_costs_no_more_than_the_limit(peer: Peer, desk, call_taker, how):  # type: ignore[no-untyped-def]
    peer(**how)
    client, began = desk(call_taker), time.monotonic()

    answer = client.get("/intake/elsewhere/?q=老百货")

    assert time.monotonic() - began < 1.5
    assert answer.status_code == 200 and "did not answer within 0.6 s" in answer.content.decode()


def test_while_four_questions_hang_the_fifth_is_not_asked(peer: Peer):
    peer(pause=0.5)
    threads = [threading.Thread(target=lambda: elsewhere.answers("a")) for _ in range(elsewhere.AT_ONCE)]
    for thread in threads:
        thread.start()
    time.sleep(0.15)

    began = time.monotonic()
    with pytest.raises(elsewhere.GeocoderBusy):
        elsewhere.answers("b")

    assert time.monotonic() - began < 0.1
    for thread in threads:
        thread.join()


def test_what_it_says_of_an_unsure_place_stands_in_the_queue_and_moves_nothing(peer: Peer, lost: Incident):
    peer(body=NOMINATIM)

    assert tasks.ask_geocoder() == 1 and tasks.ask_geocoder() == 0

    assert WeakPin.objects.get().answers[-1]["name"] == "百货大楼"
    lost.refresh_from_db()
    assert lost.point is None and not Place.objects.exists()
