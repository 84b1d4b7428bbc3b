"""What is written: tidied, found again by its pairs of characters, and told by numbers alone."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from chat.models import Message
from kit import text
from kit.errors import Invalid

LONGEST = 4000


def words_of(said: str) -> str:
    """What was written, tidied. Raises `Invalid` for nothing and for too much."""
    tidy = text.tidy_lines(said)
    if not tidy:
        raise Invalid({"text": _("Write something.")})
    if len(tidy) > LONGEST:
        raise Invalid({"text": _("At most 4,000 characters.")})
    return tidy


def pairs_of(*said: str) -> list[str]:
    """Every pair of characters that stand side by side in texts, blanks left out: by these they are found, in Chinese as in English."""
    plain = ["".join(each.casefold().split()) for each in said]
    return sorted({each[at : at + 2] for each in plain for at in range(len(each) - 1)})


def of_message(message: Message) -> dict[str, Any]:
    """What every fact about a message says."""
    return {"room_id": message.room_id, "message_id": message.pk, "seq": message.seq, "revision": message.revision}
