"""A caller's number: made one of many ways of writing it, then a keyed hash, and that is all that is kept of it."""

import re

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from kit.errors import Invalid

DECORATION = re.compile(r"[\s().\-/\u2010-\u2015]|^tel:", re.IGNORECASE)
DIGITS = re.compile(r"[0-9]{3,15}")
LONGEST_NATIONAL = 11
SALT = "exchange.caller_location"


def key_of(number: str) -> str:
    """The HMAC-SHA256 of a number under the city's secret: alike for all ways of writing one number, of no use without the secret.

    Raises `Invalid` for what is no number; the words of the refusal do not repeat it.
    """
    return keyed("number", international(number))


def keyed(kind: str, text: str) -> str:
    """The HMAC-SHA256 of a text of some kind under the city's secret."""
    return salted_hmac(f"{SALT}.{kind}", text, algorithm="sha256").hexdigest()


def international(number: str) -> str:
    """The digits of a number with its country code (ITU-T E.164), without plus; a number that names no country is one of ours."""
    bare = DECORATION.sub("", number[:60])
    is_abroad = bare.startswith(("+", "00"))
    digits = bare.removeprefix("+") if bare.startswith("+") else bare.removeprefix("00")
    if not DIGITS.fullmatch(digits):
        raise Invalid({"number": _("A number has 3 to 15 digits.")})
    ours: str = settings.CALLER_COUNTRY_CODE
    if is_abroad or (digits.startswith(ours) and len(digits) > LONGEST_NATIONAL):
        return digits
    return ours + digits.removeprefix("0")
