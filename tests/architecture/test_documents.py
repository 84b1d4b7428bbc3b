"""A page that nobody can find is not written, and a screen without a picture is not shown."""

import re
import sys

from tests.architecture.code import ROOT
from tests.permission_table import ROWS

sys.path.append(str(ROOT / "docs" / "pictures"))
import screens

DOCS = ROOT / "docs"
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def test_the_table_of_contents_leads_to_every_document() -> None:
    linked = set(LINK.findall((DOCS / "README.md").read_text(encoding="utf-8")))
    there = {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")} - {"README.md"}

    assert not there - linked, f"Link these from docs/README.md (a line under its heading): {sorted(there - linked)}"


def test_no_document_links_to_a_file_that_is_not_there() -> None:
    dead = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in [ROOT / "README.md", *DOCS.rglob("*.md")]
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if not re.match(r"[a-z]+:", target) and not (path.parent / target).exists()
    ]

    assert dead == []


def test_every_page_has_its_picture_or_a_reason_why_not() -> None:
    pages = {row.route for row in ROWS if row.method == "GET" and not row.is_api}
    unsaid = sorted(route for route in pages if route not in screens.PICTURES and not screens.why_not(route))

    assert not unsaid, f"Add to docs/pictures/screens.py, and take its picture (its docstring says how): {unsaid}"
    assert sorted(set(screens.PICTURES) - pages) == [], "screens.py speaks of a page that is gone"


def test_every_picture_was_taken_and_they_stay_small() -> None:
    pictures = {path.stem: path.stat().st_size for path in (DOCS / "pictures").glob("*.png")}

    assert sorted(set(screens.names()) - set(pictures)) == [], "./city pictures NAME"
    assert sorted(set(pictures) - set(screens.names())) == [], "nothing takes these any more: delete them, or list them in screens.py"
    assert sum(pictures.values()) <= 6_000_000
