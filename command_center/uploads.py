"""Whether the settings about files can be meant."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def check(scanner: str, seconds: float, *most: int) -> None:
    """Stop the start, and say why, for an address that is none or a limit that lets nothing in."""
    where = urlsplit(scanner)
    is_there = (where.scheme == "unix" and where.path) or (where.scheme == "tcp" and where.hostname)
    if scanner and not is_there:
        raise ImproperlyConfigured(f"setting CLAMD_URL: {scanner!r} is neither unix:///path nor tcp://host:port")
    if seconds <= 0:
        raise ImproperlyConfigured("setting CLAMD_SECONDS: more than 0")
    if min(most) < 1:
        raise ImproperlyConfigured("settings PICTURE_, VIDEO_, VOICE_, DOCUMENT_MAX_BYTES, UPLOAD_PERSON_MB, UPLOAD_TOTAL_MB: at least 1")
