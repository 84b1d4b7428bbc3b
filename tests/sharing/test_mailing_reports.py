"""A situation report goes out by a real mail server: taken, put off, refused, silent, forgetful; and its sender learns what came of it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connections
from django.test import Client

from access.actors import Actor
from incidents import services
from incidents.models import Handout, Incident
from incidents.services.handouts import AGAIN, Recipient
from incidents.tasks import mail_handouts
from journal.models import Entry
from kit.errors import NotFound
from tests.pages.conftest import desk as desk
from tests.sharing import smtp_peer
from tests.sharing.smtp_peer import Peer

HOUR = timedelta(hours=1)
ADDRESS = "wang@example.org"


@pytest.fixture
def mail_server(settings: Any) -> Iterator[Peer]:
    """A server that the city mails by."""
    with smtp_peer.running() as peer:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", peer.port
        settings.MAIL_URL, settings.PUBLIC_URL = f"smtp://127.0.0.1:{peer.port}", "https://city.example"
        yield peer


def given(actor: Actor, incident: Incident, now: datetime, **fields: Any) -> tuple[Handout, str]:
    recipient = Recipient(fields.pop("name", "王芳"), ADDRESS, fields.pop("language", "zh-hans"))
    values = {"recipient": recipient, "level": "SITUATION", "until": now + 3 * HOUR} | fields
    return services.hand_out(actor, incident_id=incident.pk, now=now, **values)


def after(made: Handout, wait: timedelta) -> None:
    """Let time pass until the mail is due: what was to be tried in a while is tried now, and was to wait as long as it should."""
    row = Handout.objects.get(pk=made.pk)
    assert row.mail_next_at is not None
    assert abs((row.mail_next_at - datetime.now(row.mail_next_at.tzinfo)) - wait) < timedelta(seconds=60)
    Handout.objects.filter(pk=made.pk).update(mail_next_at=row.mail_next_at - wait - timedelta(seconds=61))


def read(raw: bytes) -> tuple[EmailMessage, str]:
    """A mail, and the secret of the link in it."""
    mail: Any = message_from_bytes(raw, policy=policy.default)
    return mail, mail.get_body().get_content().split("https://city.example/outside/")[1].split("/")[0]


def test_the_mail_carries_the_outline_and_a_link_that_opens(mail_server: Peer, supervisor: Actor, northern_fire: Incident, now: datetime):
    made, first = given(supervisor, northern_fire, now, level="OUTLINE")

    assert [mail_handouts(), mail_handouts()] == [1, 0]

    (raw,) = mail_server.mails
    mail, secret = read(raw)
    text = mail.get_body().get_content()  # type: ignore[union-attr]
    assert mail["To"] == ADDRESS
    assert northern_fire.number in mail["Subject"]
    assert "王芳" in text
    assert northern_fire.address not in text
    with pytest.raises(NotFound):
        services.open_handout(Actor.anonymous(), secret=first, now=now)
    assert services.open_handout(Actor.anonymous(), secret=secret, now=now).pk == made.pk
    row = Handout.objects.get()
    assert (row.mailed_at is not None, row.fault, row.mail_next_at) == (True, "", None)
    assert secret not in str(list(Handout.objects.values())) + str([entry.data for entry in Entry.objects.all()])


def test_a_server_that_is_busy_is_asked_again_later_with_the_same_key(
    mail_server: Peer, supervisor: Actor, northern_fire: Incident, now: datetime, desk: Callable[..., Client]
):
    mail_server.answers = ["451 try later", "451 try later", "250 taken"]
    made, _secret = given(supervisor, northern_fire, now)

    assert mail_handouts() == 0
    assert "the mail server said 451; again at" in desk(supervisor).get(f"/incidents/{northern_fire.number}/hand-out/").content.decode()
    assert mail_handouts() == 0  # not before its time
    assert mail_server.asked == 1
    after(made, AGAIN[0])
    assert mail_handouts() == 0
    after(made, AGAIN[1])
    assert mail_handouts() == 1

    row = Handout.objects.get()
    assert (row.mail_tries, row.fault, len(mail_server.mails)) == (3, "", 1)
    assert [entry.name for entry in Entry.objects.filter(name__startswith="incidents.handout_")] == ["incidents.handout_mailed"]


def test_a_mail_that_was_taken_without_a_word_is_the_same_mail_when_it_comes_again(
    mail_server: Peer, supervisor: Actor, northern_fire: Incident, now: datetime
):
    mail_server.forgets_to_say = True
    made, _secret = given(supervisor, northern_fire, now)
    assert mail_handouts() == 0
    mail_server.forgets_to_say = False
    after(made, AGAIN[0])
    assert mail_handouts() == 1

    (first, secret), (second, again) = (read(raw) for raw in mail_server.mails)
    assert first["Message-ID"] == second["Message-ID"]
    assert secret == again
    assert services.open_handout(Actor.anonymous(), secret=secret, now=now).pk == made.pk


def test_a_mailbox_that_does_not_exist_is_said_where_the_report_was_given(
    mail_server: Peer, supervisor: Actor, northern_fire: Incident, now: datetime, desk: Callable[..., Client]
):
    mail_server.answers = ["550 no such mailbox"]
    given(supervisor, northern_fire, now, name="Wang Fang", language="en")

    mail_handouts()

    assert Handout.objects.get().fault == "550"
    failed = Entry.objects.get(name="incidents.handout_failed")
    assert f"user:{supervisor.user_id}" in failed.about
    assert "could not be mailed" in desk(supervisor).get(f"/incidents/{northern_fire.number}/hand-out/").content.decode()


def test_what_could_not_be_mailed_lies_among_the_undelivered_until_it_is_sent_again(
    mail_server: Peer, supervisor: Actor, dispatcher: Actor, northern_fire: Incident, now: datetime, desk: Callable[..., Client]
):
    mail_server.answers = ["550 no such mailbox", "250 taken"]
    made, _secret = given(supervisor, northern_fire, now, name="Wang Fang")
    mail_handouts()
    mine = desk(supervisor)

    assert "Wang Fang" in mine.get("/reporters/undelivered/").content.decode()
    assert "Wang Fang" not in desk(dispatcher).get("/reporters/undelivered/").content.decode()
    assert mine.post(f"/handouts/{made.pk}/mail-again/").status_code == 204
    assert mail_handouts() == 1
    assert "Wang Fang" not in mine.get("/reporters/undelivered/").content.decode()
    assert (
        mine.post(f"/api/v1/handouts/{made.pk}/mail-again/", {}, content_type="application/json").json()["mail_tries"] == 1
    )  # it went: nothing is sent twice


def test_a_server_that_never_answers_holds_nothing_up_and_is_given_up_in_the_end(
    mail_server: Peer, supervisor: Actor, northern_fire: Incident, now: datetime, settings: Any
):
    mail_server.is_silent, settings.EMAIL_TIMEOUT = True, 0.2
    made, _secret = given(supervisor, northern_fire, now)

    for wait in (*AGAIN, None):
        assert mail_handouts() == 0
        if wait is not None:
            after(made, wait)

    row = Handout.objects.get()
    assert (row.mail_tries, row.mail_next_at, row.fault) == (len(AGAIN) + 1, None, "silent")
    assert Entry.objects.filter(name="incidents.handout_failed").count() == 1


def test_while_the_server_is_silent_the_others_are_left_for_later(
    mail_server: Peer, supervisor: Actor, northern_fire: Incident, now: datetime, settings: Any
):
    mail_server.is_silent, settings.EMAIL_TIMEOUT = True, 0.2
    for number in range(3):
        given(supervisor, northern_fire, now + timedelta(milliseconds=number))

    mail_handouts()

    assert list(Handout.objects.order_by("pk").values_list("mail_tries", flat=True)) == [1, 0, 0]


def test_what_is_taken_back_or_over_is_not_mailed_any_more(mail_server: Peer, supervisor: Actor, northern_fire: Incident, now: datetime):
    mail_server.answers = ["451 try later"]
    back, _secret = given(supervisor, northern_fire, now)
    short, _secret = given(supervisor, northern_fire, now, until=now + timedelta(seconds=8))
    services.end_handout(supervisor, handout_id=back.pk, now=now)

    mail_handouts()

    assert mail_server.asked == 1
    assert Handout.objects.get(pk=short.pk).fault == "451"  # there is no time left to try again
    assert Handout.objects.get(pk=back.pk).mail_tries == 0


def test_two_workers_at_once_send_one_mail(mail_server: Peer, supervisor: Actor, northern_fire: Incident, now: datetime):
    given(supervisor, northern_fire, now)

    posted = services.claim_handout_mail(Actor.system("mail"), now=now)

    assert posted is not None
    assert services.claim_handout_mail(Actor.system("mail"), now=now) is None
    assert services.claim_handout_mail(Actor.system("mail"), now=now + timedelta(minutes=4)) is not None  # the first one died


@pytest.fixture
def worker(mail_server: Peer) -> Iterator[str]:
    """A worker as the city starts it, with a queue of its own, that mails by this server."""
    queue = f"mail-{os.getpid()}"
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connections['default'].settings_dict['NAME']}").geturl()
    words = f"worker -n {queue}@%h -Q {queue} --concurrency 1 --loglevel ERROR --without-gossip --without-mingle".split()
    quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    env = os.environ | {"DATABASE_URL": url, "MAIL_URL": f"smtp://127.0.0.1:{mail_server.port}", "PUBLIC_URL": "https://city.example"}
    process = subprocess.Popen([sys.executable, "-m", "celery", "-A", "command_center", *words], env=env, **quiet)
    yield queue
    process.terminate()
    process.wait(30)


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_mails_what_is_taken_and_gives_up_what_is_refused(
    mail_server: Peer, worker: str, supervisor: Actor, northern_fire: Incident, now: datetime
):
    mail_server.answers = ["451 try later", "550 no such mailbox", "250 taken"]
    late, refused, taken = (given(supervisor, northern_fire, now + timedelta(milliseconds=n))[0] for n in range(3))

    mail_handouts.apply_async(queue=worker)

    limit = time.monotonic() + 120
    while not Handout.objects.filter(pk=taken.pk, mailed_at__isnull=False).exists():
        assert time.monotonic() < limit
        time.sleep(0.05)
    late.refresh_from_db()
    refused.refresh_from_db()
    assert (late.mail_said, late.fault, late.mail_next_at is not None) == ("451", "", True)
    assert (refused.fault, refused.mail_next_at) == ("550", None)
    assert len(mail_server.mails) == 1
