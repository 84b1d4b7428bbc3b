"""A page that nobody can find is not written, and a screen without a picture is not shown."""

import re

from tests.architecture.code import ROOT

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
