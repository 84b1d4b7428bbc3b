"""How figures are written."""

from django import template

from insight import durations

register = template.Library()


@register.filter
def clock_text(seconds: float | None) -> str:
    """4:53, 1:17:54, or a dash where there is none."""
    return durations.clock_text(seconds) or "—"


@register.filter
def per_cent(share: float | None) -> str:
    """31.7 %, or a dash where there is none."""
    return "—" if share is None else f"{share * 100:.1f} %"
