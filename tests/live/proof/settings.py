"""The product's settings with one more room: it announces a fact and reacts to it, and sometimes its reaction fails."""

from command_center.settings import *  # noqa: F403
from command_center.settings import INSTALLED_APPS as PRODUCT

INSTALLED_APPS = [*PRODUCT, "tests.live.proof"]
