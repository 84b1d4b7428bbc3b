"""What one person did is not seen by the next."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def undone() -> Iterator[None]:
    """A block whose writes are taken back at its end."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as Django's own tests say it: a durable block inside is durable enough
    with block:
        yield
        transaction.set_rollback(True)
