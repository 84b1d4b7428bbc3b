"""A real telephone exchange (Debian's kamailio) and real telephones (sipp): what rings there rings at the desks of the city."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone

from access.actors import Actor
from exchange import ringing, services
from exchange.models import PhoneCall, PhoneLink

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]

HERE = Path(__file__).parent / "sip"
Start = Callable[..., "subprocess.Popen[bytes]"]
OPTIONS = (
    "OPTIONS sip:119@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{port}\r\nFrom: <sip:t@127.0.0.1>;tag=1\r\n"
    "To: <sip:119@127.0.0.1>\r\nCall-ID: {port}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
)


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a program; all are stopped after the test."""
    if "KAMAILIO_PATH" not in os.environ:
        pytest.skip("Debian's kamailio and sip-tester could not be fetched, so there is no telephone exchange to talk to")
    started: list[subprocess.Popen[bytes]] = []

    def begin(*command: str | Path, **env: str) -> "subprocess.Popen[bytes]":
        words = [str(each) for each in command]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        started.append(subprocess.Popen(words, cwd=settings.BASE_DIR, env=os.environ | env, start_new_session=True, **quiet))  # type: ignore[call-overload]
        return started[-1]

    yield begin
    for process in started:
        end(process)


def end(process: "subprocess.Popen[bytes]") -> None:
    """Kill a program and its children, as a power cut would."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def until(true: Callable[[], object], seconds: float = 60) -> None:
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether an exchange listens there: it is asked as RFC 3261 says."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(0.5)
        probe.connect(("127.0.0.1", port))
        try:
            probe.send(OPTIONS.format(port=probe.getsockname()[1]).encode())
            return probe.recv(4096).startswith(b"SIP/2.0 200")
        except OSError:
            return False


class City:
    """The exchange, its one handset, and the process of the city that listens."""

    def __init__(self, start: Start, where: Path) -> None:
        self.start, self.where = start, where
        self.port, self.handset, self.caller = free_port(), free_port(), free_port()
        self.exchange = self.open_exchange()

    def open_exchange(self) -> "subprocess.Popen[bytes]":
        tables = self.where / "tables"
        shutil.rmtree(tables, ignore_errors=True)
        shutil.copytree(os.environ["KAMAILIO_TABLES"], tables)
        text = (HERE / "kamailio.cfg").read_text()
        filled = {"PORT": self.port, "HANDSET": self.handset, "MODULES": os.environ["KAMAILIO_MODULES"], "DB": tables}
        for name, value in filled.items():
            text = text.replace(f"@{name}@", str(value))
        config = self.where / "kamailio.cfg"
        config.write_text(text)
        words = (os.environ["KAMAILIO_PATH"], "-f", config, "-DD", "-E", "-Y", self.where, "-m", "32", "-M", "4")
        exchange = self.start(*words)
        until(lambda: answers(self.port))
        return exchange

    def listen(self) -> "subprocess.Popen[bytes]":
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connections['default'].settings_dict['NAME']}").geturl()
        words = (sys.executable, "manage.py", "listen_to_exchange", "--seconds", "2")
        return self.start(*words, DATABASE_URL=url, TELEPHONY_SIP_LINES=self.line, TELEPHONY_SIP_ACCOUNT="city:secret")

    @property
    def line(self) -> str:
        return f"sip:119@127.0.0.1:{self.port}"

    def call(self, handset: str, caller: str) -> None:
        """One telephone rings the other; what the two then do stands in their scenarios."""
        sipp, common = os.environ["SIPP_PATH"], ("-nostdin", "-m", "1", "-i", "127.0.0.1")
        self.start(sipp, "-sf", HERE / f"{handset}.xml", "-p", str(self.handset), *common)
        self.start(sipp, "-sf", HERE / f"{caller}.xml", "-p", str(self.caller), "-s", "119", f"127.0.0.1:{self.port}", *common)

    def hang_up(self, ref: str) -> None:
        """Tell the caller, whose call the exchange knows by this name, to end it."""
        words = (
            f"INFO sip:caller@127.0.0.1:{self.caller} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bKend\r\n"
            f"From: <sip:119@127.0.0.1>;tag=t\r\nTo: <sip:caller@127.0.0.1>\r\nCall-ID: {ref}\r\nCSeq: 1 INFO\r\nContent-Length: 0\r\n\r\n"
        )
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as test:
            test.sendto(words.encode(), ("127.0.0.1", self.caller))


def stands(state: str) -> Callable[[], bool]:
    return lambda: PhoneLink.objects.filter(state=state).exists()


def test_what_rings_at_the_exchange_rings_at_the_desks_is_taken_ends_and_outlives_the_exchange(
    start: Start, call_taker: Actor, tmp_path: Path, settings: object
) -> None:
    city = City(start, tmp_path)
    settings.TELEPHONY_SIP_LINES = [city.line]  # type: ignore[attr-defined]
    city.listen()
    until(stands("UP"))

    city.call("handset_answers", "caller_speaks")
    until(lambda: ringing.ringing(call_taker, now=timezone.now()).lines)
    found = ringing.ringing(call_taker, now=timezone.now())
    [line] = found.lines
    assert (line.number, line.call.line, line.call.system, found.broken) == ("138****2201", "119", "127.0.0.1", [])
    taken = services.claim_phone_call(call_taker, call_id=line.call.pk, now=timezone.now())
    assert taken.desk_call is not None
    assert taken.desk_call.heard["caller_phone"] == "+8613800002201"
    until(lambda: PhoneCall.objects.filter(state="ANSWERED").exists())
    city.hang_up(line.call.ref)
    until(lambda: PhoneCall.objects.filter(state="ENDED").exists())
    spoken = PhoneCall.objects.get()
    assert spoken.is_answer_told
    assert spoken.answered_at is not None and spoken.ended_at is not None
    assert spoken.rung_at < spoken.answered_at < spoken.ended_at

    end(city.exchange)
    until(stands("DOWN"))
    assert ringing.ringing(call_taker, now=timezone.now()).broken == [city.line]
    city.exchange = city.open_exchange()
    until(stands("UP"))

    city.call("handset_rings", "caller_hangs_up")
    until(lambda: PhoneCall.objects.filter(state="ABANDONED").exists())
    [missed] = ringing.missed(call_taker, now=timezone.now())
    assert missed.number == "139****3302"
    assert PhoneCall.objects.count() == 2
