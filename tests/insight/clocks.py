"""The first values of the clocks, for tests: a test that commits empties the tables behind it, and these with them."""

from importlib import import_module

from insight.models import Clock


def set_first_values() -> None:
    """As the migration does."""
    for span, group, seconds, source in import_module("insight.migrations.0002_default_clocks").CLOCKS:
        Clock.objects.get_or_create(span=span, group=group, defaults={"seconds": seconds, "source": source})
