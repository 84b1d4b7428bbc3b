"""Let `python deploy/city VERB` find its own package."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from city.doors import main  # noqa: E402  (the line above makes it importable)

sys.exit(main(sys.argv[1:]))
