"""What Django's own settings of mail are for the address of a mail server."""

import environ

SECONDS = 15


def of(url: str, sender: str) -> dict[str, object]:
    """Django's EMAIL_ settings for MAIL_URL and MAIL_FROM; without a server mails go nowhere. Raises `ImproperlyConfigured`."""
    found = environ.Env.email_url_config(url or "dummymail://")
    return {
        "EMAIL_BACKEND": found["EMAIL_BACKEND"],
        "EMAIL_HOST": found.get("EMAIL_HOST") or "",
        "EMAIL_PORT": found.get("EMAIL_PORT") or 25,
        "EMAIL_HOST_USER": found.get("EMAIL_HOST_USER") or "",
        "EMAIL_HOST_PASSWORD": found.get("EMAIL_HOST_PASSWORD") or "",
        "EMAIL_USE_TLS": bool(found.get("EMAIL_USE_TLS")),
        "EMAIL_USE_SSL": bool(found.get("EMAIL_USE_SSL")),
        "EMAIL_TIMEOUT": SECONDS,
        "DEFAULT_FROM_EMAIL": sender,
    }
