"""The reader's language: their cookie, else the browser's, else the city's."""

from django.middleware.locale import LocaleMiddleware


class ReaderLanguageMiddleware(LocaleMiddleware):
    """Django's own choice; kept under a name of ours so that a person's stored language can be set at sign-in."""
