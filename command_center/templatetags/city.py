"""What templates say: key-caps, icons, level glyphs, names in the reader's language, and whether the reader may."""

from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from access import policy
from command_center.keys import BY_NAME
from incidents.models.reference import Severity

register = template.Library()


@register.simple_tag
def cap(name: str) -> SafeString:
    """The caps of a registered key."""
    return format_html_join(" ", '<kbd aria-hidden="true">{}</kbd>', ((each,) for each in BY_NAME[name].caps))


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite; it says nothing by itself."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("vendor/icons.svg"), name)


@register.simple_tag
def level(severity: int, quiet: bool = False) -> SafeString:
    """The glyph of a level: shape and digit, with its name; level 4 that is being dealt with is outline only."""
    look = "glyph-4-quiet" if severity == Severity.ORDINARY and quiet else f"glyph-{severity}"
    return format_html(
        '<svg class="level" viewBox="-1 -1 24 24" role="img" aria-label="{} {}"><use href="#{}"></use></svg>',
        severity, Severity(severity).label, look,
    )  # fmt: skip


@register.filter
def named(thing: Any) -> str:
    """The name of a thing in the reader's language."""
    if thing is None:
        return ""
    english = getattr(thing, "name_en", "")
    return english if english and (get_language() or "").startswith("en") else thing.name


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], action: str, thing: Any = None) -> bool:
    """Whether the reader may do an action to a thing (None: at all)."""
    actor = context.get("actor")
    return actor is not None and policy.can(actor, action, thing)
