"""What a telephone exchange tells of a call, by whatever door it came."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kit.errors import Invalid

FUTURE = timedelta(seconds=120)
PAST = timedelta(hours=24)
DECORATION = re.compile(r"[\s().\-/\u2010-\u2015]|^tel:", re.IGNORECASE)
NUMBER = re.compile(r"\+?[0-9]{3,15}")
NAME = re.compile(r"[\x21-\x7e]{1,120}")
SHOWN_HEAD, SHOWN_TAIL = 3, 4


class Kind(StrEnum):
    """What happened to a call. ABANDONED: its caller hung up before anybody answered."""

    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class CallEvent:
    """One thing that happened to one call: `system` is the exchange's name, `ref` its own name for the call.

    `number` is empty where it is withheld or unknown, `line` is what was dialled.
    """

    system: str
    ref: str
    kind: Kind
    at: datetime
    number: str = ""
    line: str = ""


def bare_number(text: str) -> str:
    """The digits of a number with its plus; empty for what is no number, such as `anonymous`."""
    bare = DECORATION.sub("", text[:60])
    return bare if NUMBER.fullmatch(bare) else ""


def masked(number: str) -> str:
    """A number as it may stand on a screen that others see: 138****2201; the country's own code is left out."""
    number = number.removeprefix(f"+{settings.CALLER_COUNTRY_CODE}")
    if len(number) < SHOWN_HEAD + SHOWN_TAIL:
        return "*" * len(number)
    return f"{number[:SHOWN_HEAD]}****{number[-SHOWN_TAIL:]}"


def checked(event: CallEvent, *, now: datetime) -> CallEvent:
    """The event with names that are names and a time that can be. An exchange's clock may be ahead by two minutes: it is now, then.

    Raises `Invalid`, whose words never repeat a number.
    """
    wrong = {name: str(_("One to 120 visible ASCII characters.")) for name in ("system", "ref") if not NAME.fullmatch(getattr(event, name))}
    if event.at > now + FUTURE:
        wrong["at"] = str(_("This time lies in the future."))
    if event.at < now - PAST:
        wrong["at"] = str(_("This time lies more than a day back."))
    if wrong:
        raise Invalid(wrong)  # type: ignore[arg-type]
    return CallEvent(event.system[:40], event.ref, event.kind, min(event.at, now), bare_number(event.number), event.line.strip()[:40])
