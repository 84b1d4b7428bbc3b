"""What things are called."""

from typing import Protocol

from django.utils.translation import get_language


class Named(Protocol):
    """Whatever has a name in Chinese and may have one in English."""

    @property
    def name(self) -> str: ...

    @property
    def name_en(self) -> str: ...


def called(thing: Named) -> str:
    """The name of a thing in the reader's language."""
    return thing.name_en if thing.name_en and (get_language() or "").startswith("en") else thing.name
