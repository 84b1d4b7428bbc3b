"""Addresses of push services, as browsers hand them in: hostile until they have passed.

A maker's service is asked by HTTPS at the usual port, under a name on the city's list, and only where that name leads out of the house.
An entry of PUSH_HOSTS that is a whole origin (`https://push.example:8443`) is a service of the city's own: asked exactly there.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kit.errors import Refused

LONGEST = 1000


class BadEndpoint(Refused):
    code = "bad_endpoint"
    status = 400
    says = _("This address of a push service is not one that the city sends to.")


def service_of(endpoint: str) -> str:
    """The origin of a push service the city sends to. Raises `BadEndpoint`."""
    if not 0 < len(endpoint) <= LONGEST or not endpoint.isascii() or not endpoint.isprintable() or set(endpoint) & set(' \\"<>^`{|}'):
        raise BadEndpoint
    try:
        url = urlsplit(endpoint)
        host, port = url.hostname or "", url.port
    except ValueError as error:
        raise BadEndpoint from error
    if "@" in url.netloc or url.fragment or "#" in endpoint or len(url.path) < 2:
        raise BadEndpoint
    origin = f"{url.scheme}://{url.netloc}"
    if is_own(origin):
        return origin
    if url.scheme != "https" or port not in (None, 443) or not any(_fits(host, each) for each in settings.PUSH_HOSTS):
        raise BadEndpoint
    return f"https://{host}"


def is_own(origin: str) -> bool:
    """Whether this is a service of the city's own, which may lie inside the house."""
    return "://" in origin and origin in settings.PUSH_HOSTS


def _fits(host: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and len(host) > len(pattern[1:])
    return host == pattern
