"""What a setting may be: a wrong one stops the start with its name, not the city at midnight."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def check(is_good: bool, says: str) -> None:
    """Stop the start, and say why. Raises `ImproperlyConfigured`."""
    if not is_good:
        raise ImproperlyConfigured(f"setting {says}")


def is_web(url: str) -> bool:
    """Whether it is the address of something on the web."""
    return urlsplit(url).scheme in {"http", "https"} and bool(urlsplit(url).netloc)
