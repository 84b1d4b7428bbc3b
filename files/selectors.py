"""Questions about files. Who may see a file of a purpose is the adopting room's; it narrows before it asks here."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from access.actors import Actor
from files.models import UNUSED_FOR, File
from kit.errors import NotFound


def own_file(actor: Actor, key: UUID) -> File:
    """A file that one hands in oneself. Raises `NotFound` for another's."""
    file = File.objects.filter(key=key, owner_key=actor.key[:80]).first()
    if file is None:
        raise NotFound
    return file


def files_of(subjects: Iterable[str], purpose: str) -> list[File]:
    """Files adopted for these subjects, oldest first; those expired too, so that a page can say that they were."""
    return list(File.objects.filter(purpose=purpose, subject__in=list(subjects)).order_by("adopted_at", "id"))


def expires_at(file: File) -> datetime | None:
    """When a file goes unless it is adopted before; None once it is."""
    return None if file.purpose else file.begun_at + UNUSED_FOR
