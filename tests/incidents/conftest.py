"""What a rule needs to be seen on its page."""

from tests.pages.conftest import desk

__all__ = ["desk"]
