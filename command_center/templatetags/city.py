"""What templates say: key-caps, icons, level glyphs, names in the reader's language, and whether the reader may."""

from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access import automation, policy
from access.models import Share
from access.sharing import kinds
from alerts.labels import REASONS
from command_center.keys import BY_NAME
from command_center.spelling import findable_text
from incidents.models.reference import Severity
from resources import board as unit_board

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
        '<svg class="level" viewBox="0 0 24 24" role="img" aria-label="{} {}"><use href="#{}"></use></svg>',
        severity, Severity(severity).label, look,
    )  # fmt: skip


@register.filter
def named(thing: Any) -> str:
    """The name of a thing in the reader's language."""
    if thing is None:
        return ""
    english = getattr(thing, "name_en", "")
    return english if english and (get_language() or "").startswith("en") else thing.name


@register.filter
def share_level(share: Share) -> str:
    """How much of a thing a share shows, in the words of its kind."""
    return kinds.level_label(share.kind, share.level)


@register.filter
def titled(thing: Any) -> str:
    """The title of a thing in the reader's language."""
    return str(thing.title_en if thing.title_en and (get_language() or "").startswith("en") else thing.title)


@register.filter
def asked(question: Any) -> str:
    """The words of a question in the reader's language: of one that is asked, or as it was kept with its answer."""
    words, english = (question["text"], question["text_en"]) if isinstance(question, dict) else (question.text, question.text_en)
    return str(english if english and (get_language() or "").startswith("en") else words)


@register.filter
def response(rule: Any) -> str:
    """What the operator does about an alarm of a rule, in the reader's language."""
    english = (get_language() or "").startswith("en")
    return str(rule.response_en if rule.response_en and english else rule.response)


@register.filter
def worker(label: str) -> str:
    """Who did something, as it was kept: what works by itself is named in the reader's language."""
    return automation.called(label)


@register.filter
def off_duty(reason: str) -> str:
    """Why somebody was not paged, in words."""
    return str(REASONS.get(reason, reason))


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], action: str, thing: Any = None) -> bool:
    """Whether the reader may do an action to a thing (None: at all)."""
    actor = context.get("actor")
    return actor is not None and policy.can(actor, action, thing)


@register.filter
def masked(phone: str) -> str:
    """A telephone number with its middle hidden."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else phone


@register.filter
def findable(thing: Any) -> str:
    """What a thing may be found by as one types: names, code, pinyin and its initials."""
    return findable_text(thing.name, thing.name_en, thing.code)


@register.filter
def shape(unit: Any) -> str:
    """How a unit is drawn."""
    return "lost" if getattr(unit, "is_lost", False) else unit_board.SHAPES[unit.activity]


@register.filter
def tail(number: str) -> str:
    """The part of an incident's number that people say: what stands behind the day."""
    return number.rpartition("-")[2]


@register.filter
def metres(value: float | None) -> str:
    """A distance for a glance."""
    if value is None:
        return ""
    return f"{value / 1000:.1f} km" if value >= 950 else f"{value:.0f} m"


@register.filter
def span(seconds: float) -> str:
    """A length of time in the largest unit that leaves nothing over."""
    for size, words in ((86400, _("%(n)s d")), (3600, _("%(n)s h"))):
        if seconds >= size and seconds % size == 0:
            return words % {"n": int(seconds // size)}
    return minutes(seconds)


@register.filter
def minutes(seconds: float | None) -> str:
    """A travel time in whole minutes, at least one."""
    return _("%(n)s min") % {"n": max(1, round((seconds or 0) / 60))}
