"""A function fits a screen, a module fits a walk, and code speaks one language."""

import re
from pathlib import Path

from tests.architecture.code import ROOT, functions, modules

LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
HAN = re.compile(r"[\u3400-\u9fff]")
# Files that hold words of the city as data.
WORDS = {"gis/words.py", "gis/romanise.py", "gis/notations.py"}


def scripts() -> list[Path]:
    """Our own scripts of pages."""
    return [path for path in (ROOT / "static").rglob("*.js") if "vendor" not in path.parts]


def test_no_module_is_longer_than_a_walk() -> None:
    texts = {module.path: module.text for module in modules()} | {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in scripts()}

    assert [f"{path}: {lines}" for path, text in texts.items() if (lines := text.count("\n")) > LONGEST_MODULE] == []


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{module.path}:{node.name} {lines}"
        for module in modules()
        for node in functions(module)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]

    assert long == []


def test_code_is_written_in_one_language() -> None:
    """What a person reads stands in catalogues and templates, what the city is called in data files."""
    python = [Path(ROOT / module.path) for module in modules()]
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in [*python, *scripts()]
        if str(path.relative_to(ROOT)) not in WORDS
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if HAN.search(line)
    ]

    assert found == []
