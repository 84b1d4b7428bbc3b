"""Messages to reporters by webhook, against a gateway that really listens: signed, in the reporter's language, with receipts and a last resort."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from access.actors import Actor
from access.models import Region
from incidents import services, tasks, webhook_channel
from incidents.models import IncidentType, ReporterMessage
from incidents.services.reporting import NewReport
from journal.models import Entry
from kit.errors import Forbidden, Invalid, NotFound
from tests.incidents.test_telling_reporters import react


@dataclass
class Peer:
    """A gateway: what it got, what it answers, and whether it answers at all."""

    url: str = ""
    status: int = 200
    silent: threading.Event | None = None
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def peer(settings) -> Iterator[Peer]:  # type: ignore[no-untyped-def]
    made = Peer()

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            if made.silent is not None:
                made.silent.wait(10)
                return
            answer = json.dumps({"reference": f"sms-{len(made.got)}"}).encode()
            self.send_response(made.status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.REPORTER_CHANNELS = ["webhook"]
    settings.REPORTER_WEBHOOK_URL = made.url = f"http://127.0.0.1:{server.server_port}/sms?city=1"
    settings.REPORTER_WEBHOOK_SECRET = "a shared secret"
    yield made
    if made.silent is not None:
        made.silent.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def said(building_fire: IncidentType, north: Region, now: datetime) -> NewReport:
    return NewReport(
        source="PHONE", type_id=building_fire.pk, place_words="东路", received_at=now, caller_phone="13800002201", words="冒烟", region_id=north.pk,
        language="en",
    )  # fmt: skip


def outcomes() -> list[tuple[str, str]]:
    return list(ReporterMessage.objects.get().tries.values_list("outcome", "channel"))


def test_a_message_goes_out_signed_and_in_the_language_of_its_reporter(call_taker: Actor, said: NewReport, peer: Peer, now: datetime):
    fire = services.report_incident(call_taker, report=said, now=now)
    services.attach_report(call_taker, incident_id=fire.pk, report=replace(said, caller_phone="13900003302", language=""), now=now)
    react()

    assert tasks.tell_reporters() == 2

    texts = {json.loads(body)["number"]: json.loads(body)["text"] for _headers, body in peer.got}
    assert texts["13800002201"] == f"Your report is taken: Building fire, number {fire.number}."
    assert "建筑火灾" in texts["13900003302"]
    for headers, body in peer.got:
        assert headers["webhook-signature"] == webhook_channel.signature(headers["webhook-id"], headers["webhook-timestamp"], body)
    sent = ReporterMessage.objects.get(report__language="en")
    assert (sent.state, sent.language) == ("SENT", "en") and sent.receipt.startswith("sms-")


def test_the_gateway_says_what_became_of_it_once_and_for_all(call_taker: Actor, partner: Actor, said: NewReport, peer: Peer, now: datetime):
    services.report_incident(call_taker, report=said, now=now)
    react()
    key = f"city-{ReporterMessage.objects.get().pk}"
    with pytest.raises(Invalid):
        services.note_receipt(partner, key=key, is_delivered=True, reason="", now=now)
    tasks.tell_reporters()

    for _ in range(2):
        services.note_receipt(partner, key=key, is_delivered=True, reason="", now=now)
    services.note_receipt(partner, key=key, is_delivered=False, reason="late and wrong", now=now)

    message = ReporterMessage.objects.get()
    assert (message.state, message.delivered_at) == ("DELIVERED", now)
    assert sorted(outcomes()) == [("DELIVERED", "webhook"), ("TAKEN", "webhook")]
    assert Entry.objects.filter(name="incidents.reporter_message_delivered").count() == 1
    with pytest.raises(Forbidden):
        services.note_receipt(call_taker, key=key, is_delivered=True, reason="", now=now)
    for unknown in ("city-999999", "4711x", ""):
        with pytest.raises(NotFound):
            services.note_receipt(partner, key=unknown, is_delivered=True, reason="", now=now)


@pytest.mark.parametrize(("status", "is_over"), [(500, False), (429, False), (400, True), (301, False)])
def test_what_the_gateway_refuses_for_good_is_not_tried_again(
    call_taker: Actor, said: NewReport, peer: Peer, status: int, is_over: bool, now: datetime
):
    services.report_incident(call_taker, report=said, now=now)
    react()
    peer.status = status

    assert tasks.tell_reporters() == 0

    message = ReporterMessage.objects.get()
    assert message.state == ("FAILED" if is_over else "QUEUED") and str(status) in message.reason
    assert outcomes() == [("REFUSED", "webhook")]


def test_a_gateway_that_is_silent_holds_nobody_up(call_taker: Actor, said: NewReport, peer: Peer, settings, now: datetime):  # type: ignore[no-untyped-def]
    settings.REPORTER_WEBHOOK_SECONDS = 0.2
    peer.silent = threading.Event()
    services.report_incident(call_taker, report=said, now=now)
    react()

    assert tasks.tell_reporters() == 0

    assert ReporterMessage.objects.get().state == "QUEUED" and "did not answer" in ReporterMessage.objects.get().reason


def test_an_undelivered_message_waits_in_a_list_and_is_sent_once_more(  # type: ignore[no-untyped-def]
    desk, dispatcher: Actor, fire_chief_south: Actor, call_taker: Actor, partner: Actor, said: NewReport, peer: Peer, south: Region, now: datetime
):
    services.report_incident(call_taker, report=said, now=now)
    react()
    tasks.tell_reporters()
    message = ReporterMessage.objects.get()
    services.note_receipt(partner, key=f"city-{message.pk}", is_delivered=False, reason="no such number", now=now)
    client = desk(dispatcher)

    page = client.get("/reporters/undelivered/").content.decode()

    assert "no such number" in page and "Not delivered" in page and "Send again" in page
    assert "no such number" not in desk(fire_chief_south).get("/reporters/undelivered/").content.decode()
    assert desk(call_taker).get("/reporters/undelivered/").status_code == 403
    assert client.post(f"/reporters/messages/{message.pk}/retry/", headers={"HX-Request": "true"}).status_code == 204
    assert tasks.tell_reporters() == 1
    assert len(peer.got) == 2 and peer.got[0][0]["webhook-id"] == peer.got[1][0]["webhook-id"]
    assert "Every reporter was reached." in client.get("/reporters/undelivered/").content.decode()
    services.retry_message(dispatcher, message_id=message.pk, now=now + timedelta(minutes=1))
    assert ReporterMessage.objects.get().state == "SENT"
