"""What every page knows."""

from functools import cache
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from access import permissions as access_permissions
from access import policy
from access.actors import Actor
from access.roles import LABELS
from chat import catalogue as chat_catalogue
from chat import permissions as chat_permissions
from chat import selectors as chat
from command_center import finding, keys, words
from exchange import ringing
from incidents import desk, modes, permissions

THEMES = ("light", "dark")
# Scripts that come with their first use (`static/js/shell.js`, `later`).
LATER = ("alarms", "call-desk", "chat-desk", "palette", "ringing", "paging", "receipts")
PLACES = (
    ("ops", "go_ops", _("Operations"), permissions.VIEW),
    ("intake", "go_intake", _("Calls"), permissions.REPORT),
    ("dispatch_board", "go_dispatch", _("Dispatch"), permissions.DISPATCH),
    ("incidents", "go_incidents", _("Incidents"), permissions.VIEW),
    ("intervals", "go_analysis", _("Analysis"), permissions.ANALYSE),
    ("settings", "go_settings", _("Settings"), access_permissions.MANAGE_REFERENCE),
)


def city(request: HttpRequest) -> dict[str, Any]:
    """The city's name and zone, who is looking, and the shell round the page."""
    return {
        "city_name": settings.CITY_NAME,
        "city_time_zone": settings.CITY_TIME_ZONE,
        "actor": getattr(request, "actor", None),
        "shell": SimpleLazyObject(lambda: _shell(request)),
    }


def _shell(request: HttpRequest) -> dict[str, Any]:
    actor: Actor = getattr(request, "actor", None) or Actor.anonymous()
    now = timezone.localtime()
    theme = request.COOKIES.get("theme", "")
    return {
        "kiosk": request.GET.get("kiosk") == "1",
        "theme": theme if theme in THEMES else settings.ROOM_THEME,
        "now": now.isoformat(timespec="milliseconds"),
        "zone": now.tzname(),
        "scripts_read": _scripts_read(get_language()),
        "has_live": find_spec("live") is not None,
        "places": _places(request, actor),
        "may_report": policy.can(actor, permissions.REPORT, None),
        "calls": desk.own_calls(actor),
        "ringing": ringing.ringing(actor, now=now) if ringing.may_take(actor) else None,
        "chat_words": chat_catalogue.words,
        "chat": chat.followed(actor) if policy.can(actor, chat_permissions.VIEW, None) else None,
        "modes": modes.in_force() if policy.can(actor, permissions.VIEW, None) else [],
        "may_find": finding.may_find(actor),
        "roles": " · ".join(dict.fromkeys(str(LABELS[grant.role]) for grant in actor.grants)),  # type: ignore[index]
        "elevated_until": min((grant.until for grant in actor.grants if grant.is_elevated and grant.until), default=None),
    }


@cache
def _scripts_read(language: str | None) -> SafeString:
    """What every page tells its scripts, alike for all who read one language: words, keys, the addresses of what comes later."""
    later = {name: static(f"js/{name}.js") for name in LATER}
    return json_script(words.catalogue(), "words") + json_script(keys.registry(), "key-registry") + json_script(later, "later")


def _places(request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    """The destinations that exist and that the reader may enter."""
    found = []
    for name, key, label, action in PLACES:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        if policy.can(actor, action, None):
            found.append({"url": url, "key": key, "label": label, "is_current": request.path.startswith(url)})
    return found
