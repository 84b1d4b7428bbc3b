"""What a fact is, and the registry of all that rooms announce.

A fact is a frozen dataclass of ids, codes and ISO times: no names, no prose. It is never renamed, only grown.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from typing import ClassVar, Protocol, TypeVar, dataclass_transform

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Author(Protocol):
    """Whoever does something, as the journal needs to know it."""

    @property
    def kind(self) -> str: ...

    @property
    def id(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def is_elevated(self) -> bool:
        """Whether it acts with authority taken by breaking the glass."""
        ...


@dataclass(frozen=True)
class Fact:
    """The base of everything that is announced; `name` and `says` are set by `@fact`."""

    name: ClassVar[str]
    says: ClassVar[str | Promise]


registry: dict[str, type[Fact]] = {}

FactType = TypeVar("FactType", bound=type[Fact])


class FactNameTaken(Exception):
    """Two classes claim one name: the journal could not tell them apart."""


@dataclass_transform(frozen_default=True)
def fact(name: str, *, says: str | Promise) -> Callable[[FactType], FactType]:
    """Register a fact under its permanent name with the sentence a reader sees.

    In the sentence `{actor}` is who did it, `{unit}` is the label of `unit_id` (or of the "unit:7" it is about),
    `{outcome:disposition}` is the label of the kind "disposition" whose id stands in `outcome`.
    """

    def register(cls: FactType) -> FactType:
        if "__dataclass_fields__" not in cls.__dict__:
            cls = dataclass(frozen=True)(cls)  # type: ignore[assignment]
        known = registry.get(name)
        if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise FactNameTaken(f"{name}: {known.__module__}.{known.__qualname__}")
        cls.name = name
        cls.says = says
        registry[name] = cls
        return cls

    return register


def field_names(cls: type[Fact]) -> list[str]:
    """The names of a fact's fields, in order."""
    return [field.name for field in fields(cls)] if is_dataclass(cls) else []


@fact("journal.reaction_retried", says=_("{actor} asked for a reaction that had failed to be tried again"))
class ReactionRetried(Fact):
    receipt_id: int
    entry_id: int
