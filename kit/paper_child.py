"""The child of `kit.paper`: HTML with its style in, PDF out, within its limits. Nothing of ours is imported here."""

import json
import logging
import resource
import sys
from pathlib import Path

NO_LIBRARIES = 3
MOST_WRITTEN = 64 * 1024 * 1024  # font caches; the PDF itself goes through the pipe


def main() -> int:
    """Make one PDF."""
    seconds, megabytes = int(sys.argv[1]), int(sys.argv[2])
    memory = megabytes * 1024 * 1024
    for what, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, MOST_WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    try:
        from weasyprint import CSS, HTML
        from weasyprint.urls import URLFetcher
    except OSError:
        return NO_LIBRARIES
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    logging.getLogger("fontTools").setLevel(logging.CRITICAL)
    asked = json.load(sys.stdin.buffer)
    fetcher = URLFetcher(allowed_protocols=("data",), allow_redirects=False, timeout=1)
    style = CSS(string=asked["style"], url_fetcher=fetcher)

    def pdf(page: str, plain: bool = False) -> bytes:
        made: bytes = HTML(string=page, url_fetcher=fetcher).write_pdf(stylesheets=[] if plain else [style])
        return made

    made = pdf(asked["page"])
    if asked.get("appended"):
        sys.path.insert(0, str(Path(__file__).parent))
        import paper_marks  # type: ignore[import-not-found]  # beside this file: the child knows no packages of ours

        made = paper_marks.joined(made, asked["appended"], pdf)
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
