"""What settings of telephony may be: checked at the start, so that a wrong one names itself."""

import base64
import re
from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured

FEWEST_BYTES = 24
MOST_LINES = 8
LINE = re.compile(r"sip:[A-Za-z0-9+*#_.-]{1,40}@[A-Za-z0-9.-]{1,100}(:[0-9]{2,5})?")


def check(secrets: Sequence[str], lines: Sequence[str], overflow_seconds: int, hours: int) -> None:
    """Raise `ImproperlyConfigured` for what cannot work."""
    for secret in secrets:
        try:
            is_long = len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) >= FEWEST_BYTES
        except ValueError:
            is_long = False
        if not is_long:
            raise ImproperlyConfigured(f"setting TELEPHONY_SECRETS: each is the base64 of at least {FEWEST_BYTES} bytes")
    if len(lines) > MOST_LINES or any(not LINE.fullmatch(line) for line in lines):
        raise ImproperlyConfigured(f"setting TELEPHONY_SIP_LINES: at most {MOST_LINES} addresses like sip:119@pbx.example:5060")
    if not 5 <= overflow_seconds <= 600:
        raise ImproperlyConfigured("setting TELEPHONY_OVERFLOW_SECONDS: 5 to 600")
    if not 1 <= hours <= 168:
        raise ImproperlyConfigured("setting TELEPHONY_HOURS: 1 to 168")


def check_callers(minutes: int, country_code: str) -> None:
    """Raise `ImproperlyConfigured` for what cannot be kept of a caller's phone."""
    if not 1 <= minutes <= 1440:
        raise ImproperlyConfigured("setting CALLER_LOCATION_MINUTES: 1 to 1440")
    if not re.fullmatch(r"[1-9][0-9]{0,2}", country_code):
        raise ImproperlyConfigured(f"setting CALLER_COUNTRY_CODE: {country_code!r} is no calling code")


def check_addresses(call: str, conference: str) -> None:
    """Raise `ImproperlyConfigured` unless these are addresses with just the place that is filled in; there may be no conference."""
    if not re.fullmatch(r"(tel|sips?|callto|https?):[^\s{}<>\"']*\{number\}[^\s{}<>\"']*", call):
        raise ImproperlyConfigured("setting CALL_URL: a tel, sip, sips, callto or http(s) address with {number} in it")
    if conference and not re.fullmatch(r"https?://[^\s{}<>\"']*\{room\}[^\s{}<>\"']*", conference):
        raise ImproperlyConfigured("setting CONFERENCE_URL: an http(s) address with {room} in it")
