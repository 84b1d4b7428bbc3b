"""The mail server: a situation report for somebody outside, as a short mail with the link that opens all of it.

Asked by a worker outside any transaction. A server may be slow, silent, or answer only after it has taken the mail: the mail of a report has
the same `Message-ID` and the same link at every attempt, so that one which arrives twice is one, and either opens.
"""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from incidents import shown
from incidents.models.incidents import State
from incidents.services.handouts import Posted

REFUSED_FOR_GOOD = 500
SILENT, NO_SERVER = "silent", "MAIL_URL"


class MailFailed(Exception):
    """The mail did not go. `is_final`: trying again would not help."""

    def __init__(self, why: str, *, is_final: bool) -> None:
        super().__init__(why)
        self.is_final = is_final


def send(posted: Posted) -> None:
    """Give the mail to the server. Raises `MailFailed`: for good when the server refuses the mail itself, else to be tried again."""
    if not settings.MAIL_URL:
        raise MailFailed(NO_SERVER, is_final=True)
    message = _message(posted)
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as refusal:
        code = max((code for code, _why in refusal.recipients.values()), default=0)
        raise MailFailed(str(code), is_final=code >= REFUSED_FOR_GOOD) from refusal
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refusal:
        raise MailFailed(str(refusal.smtp_code), is_final=refusal.smtp_code >= REFUSED_FOR_GOOD) from refusal
    except smtplib.SMTPResponseException as refusal:  # greeting, signing in: what is wrong is the server or its setting, not this mail
        raise MailFailed(str(refusal.smtp_code), is_final=False) from refusal
    except (smtplib.SMTPException, OSError) as silence:
        raise MailFailed(SILENT, is_final=False) from silence


def _message(posted: Posted) -> EmailMessage:
    row = posted.handout
    with translation.override(row.language):
        found = shown.report(row.incident_id, row.level, lines=0)
        link = settings.PUBLIC_URL.rstrip("/") + reverse("outside", args=[posted.secret])
        state = State(found.incident.state).label  # type: ignore[attr-defined]
        body = render_to_string("outside/mail.txt", {"incident": found.incident, "handout": row, "link": link, "state_label": state})
        subject = _("Situation report %(number)s") % {"number": found.incident.number}
        headers = {"Auto-Submitted": "auto-generated", "Message-ID": f"<{posted.key}@{_host()}>"}
        return EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [row.email], headers=headers)


def _host() -> str:
    """The host of the city's own address of mail."""
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(" >") or "localhost"
