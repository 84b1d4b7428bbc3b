"""What columns of several rooms are made of."""

from collections.abc import Collection, Iterable

import pgtrigger
from django.db import models
from django.db.models import Q


def one_of(column: str, values: Iterable[str], *, name: str) -> models.CheckConstraint:
    """A column that holds one of these words (letters and underscores).

    Written as a pattern, not as a list: PostgreSQL reads a constraint again for every statement that writes the table, and the tree of a
    list of twelve words takes longer to read than the row to write.
    """
    return models.CheckConstraint(condition=Q(**{f"{column}__regex": f"^({'|'.join(values)})$"}), name=name)


def update_of(names: Iterable[str], *, references: Collection[str]) -> pgtrigger.Operation:
    """A trigger's "when a statement names one of these fields"; `references` are those that are foreign keys."""
    return pgtrigger.UpdateOf(*(f"{name}_id" if name in references else name for name in names))  # type: ignore[no-untyped-call]
