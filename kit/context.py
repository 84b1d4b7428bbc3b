"""What goes with a piece of work through every layer without being passed: its request, and the entry that provoked it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
cause: ContextVar[int | None] = ContextVar("cause", default=None)


@contextmanager
def caused_by(entry_id: int) -> Iterator[None]:
    """Within this block every recorded entry names `entry_id` as what provoked it."""
    token = cause.set(entry_id)
    try:
        yield
    finally:
        cause.reset(token)
