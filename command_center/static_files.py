"""Which third-party static files are left where they are."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class StaticFiles(StaticFilesConfig):
    """django_htmx ships copies of htmx whose bare imports cannot be hashed; ours comes from npm by lockfile."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "django_htmx", "rest_framework"]
