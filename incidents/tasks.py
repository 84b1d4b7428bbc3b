"""What the clock asks of this room."""

from celery import shared_task
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from access.actors import Actor
from gis import elsewhere as geocoder
from incidents import channels, outside_mail, pins, services
from incidents.services.pins import PinAnswer
from kit.errors import Unavailable

MOST_ASKED = 10
MOST_MAILED = 20
MAILING_SECONDS = 180


@shared_task(name="incidents.tasks.tell_reporters")
def tell_reporters() -> int:
    """Send the messages that are due, each by its channel; says how many went."""
    actor = Actor.system("feedback")
    sent = 0
    for message in services.claim_messages(actor, now=timezone.now()):
        channel = channels.named(message.channel)
        try:
            if channel is None:
                raise channels.ChannelFailed(f"there is no channel {message.channel}", is_final=True)
            receipt = channel.send(message)
        except channels.ChannelFailed as failure:
            services.note_failure(actor, message_id=message.message_id, why=str(failure), is_final=failure.is_final, now=timezone.now())
        else:
            services.note_sent(actor, message_id=message.message_id, receipt=receipt, now=timezone.now())
            sent += 1
    return sent


@shared_task(name="incidents.tasks.mail_handouts")
def mail_handouts() -> int:
    """Mail the situation reports that are due, one after another; says how many went.

    One worker does so at a time, and leaves the others for later when the server is silent: messages to reporters wait for the same workers.
    """
    key = f"incidents.mailing:{connection.settings_dict['NAME']}"
    if not cache.add(key, True, timeout=MAILING_SECONDS):
        return 0
    sent = 0
    try:
        for _each in range(MOST_MAILED):
            outcome = _mail_next()
            if outcome is None:
                break
            sent += outcome
    finally:
        cache.delete(key)
    return sent


def _mail_next() -> int | None:
    """Mail the report that is due longest: how many went, None when nothing is due or nobody answers."""
    actor = Actor.system("mail")
    posted = services.claim_handout_mail(actor, now=timezone.now())
    if posted is None:
        return None
    try:
        outside_mail.send(posted)
    except outside_mail.MailFailed as failure:
        services.note_mail_failure(actor, handout_id=posted.handout.pk, why=str(failure), is_final=failure.is_final, now=timezone.now())
        return None if str(failure) == outside_mail.SILENT else 0
    services.note_mailed(actor, handout_id=posted.handout.pk, now=timezone.now())
    return 1


@shared_task(name="incidents.tasks.forget_ended_calls")
def forget_ended_calls() -> int:
    """Forget what discarded calls held; says how many."""
    return services.forget_ended_calls(Actor.system("calls"), now=timezone.now())


@shared_task(name="incidents.tasks.ask_geocoder")
def ask_geocoder() -> int:
    """Ask the outside geocoder about places that are not sure; says how many it answered. One that is silent is asked again later."""
    if not geocoder.is_set_up():
        return 0
    asked = 0
    for incident_id, words in pins.unasked_pins(limit=MOST_ASKED):
        try:
            found = geocoder.answers(words)
        except Unavailable:
            break
        answers = [PinAnswer(each.name, each.position.lon, each.position.lat, each.confidence, "geocoder") for each in found]
        services.add_pin_answers(Actor.system("geocoder"), incident_id=incident_id, answers=answers, now=timezone.now())
        asked += 1
    return asked
