"""The mail server: a situation report for somebody outside, as a short mail with the link that opens all of it."""

import smtplib
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from access.actors import Actor
from incidents import services, shown
from incidents.models.incidents import State

WORKER = Actor.system("mail")


class NoMailServer(Exception):
    """MAIL_URL is empty."""


def send(handout_id: int, *, now: datetime) -> None:
    """Mail a report that was not mailed yet. What a server refuses for good is noted; anything else is raised, and the journal asks again."""
    if not settings.MAIL_URL:
        services.note_mailed(WORKER, handout_id=handout_id, fault="MAIL_URL", now=now)
        return
    ready = services.secret_for_mail(WORKER, handout_id=handout_id, now=now)
    if ready is None:
        return
    row, secret = ready
    with translation.override(row.language):
        found = shown.report(row.incident_id, row.level, lines=0)
        link = settings.PUBLIC_URL.rstrip("/") + reverse("outside", args=[secret])
        state = State(found.incident.state).label  # type: ignore[attr-defined]
        body = render_to_string("outside/mail.txt", {"incident": found.incident, "handout": row, "link": link, "state_label": state})
        subject = _("Situation report %(number)s") % {"number": found.incident.number}
        message = EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [row.email], headers={"Auto-Submitted": "auto-generated"})
    try:
        message.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refusal:
        code = _code(refusal)
        if code < 500:
            raise
        services.note_mailed(WORKER, handout_id=handout_id, fault=str(code), now=now)
        return
    services.note_mailed(WORKER, handout_id=handout_id, fault="", now=now)


def _code(refusal: smtplib.SMTPException) -> int:
    if isinstance(refusal, smtplib.SMTPRecipientsRefused):
        return max((code for code, _why in refusal.recipients.values()), default=0)
    return int(getattr(refusal, "smtp_code", 0))
