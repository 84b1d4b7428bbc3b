#!/usr/bin/env python3
"""Django's door; `./city manage VERB` opens it in the right environment."""

import os
import sys

from kit import starting


def main() -> None:
    starting.begin()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "command_center.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
