"""A write that one room words and another one carries out, so that a verb across rooms is one statement and each room still writes its own tables."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Write:
    """A data-modifying statement with `%s` placeholders, and their values. As part of a larger statement it is called `name`."""

    name: str
    text: str
    values: tuple[Any, ...]

    def as_part(self) -> str:
        """The statement as one of several that are carried out together."""
        return f"{self.name} AS ({self.text})"
