"""What is written to the logs, and what is too noisy to be."""

from typing import Any


def configuration(level: str) -> dict[str, Any]:
    """Lines on the standard error, which whoever runs the process keeps."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.request": {"level": "ERROR"},
            "health_check": {"level": "ERROR"},
            "axes": {"level": "WARNING"},
            "daphne": {"level": "WARNING"},
        },
    }
