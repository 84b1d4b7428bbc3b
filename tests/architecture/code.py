"""The code of the house as syntax trees, read once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "kit",
    "journal",
    "access",
    "live",
    "files",
    "gis",
    "resources",
    "incidents",
    "alerts",
    "chat",
    "exchange",
    "insight",
    "push",
    "command_center",
)


@dataclass(frozen=True)
class Module:
    """One file: its path from the root, its lines and its tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.path.split("/")[0]

    @property
    def is_of_services(self) -> bool:
        parts = self.path.split("/")
        return parts[1] == "services.py" or parts[1] == "services"


@cache
def modules() -> tuple[Module, ...]:
    """Every file of the rooms but migrations."""
    paths = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts)
    return tuple(Module(str(path.relative_to(ROOT)), text := path.read_text(encoding="utf-8"), ast.parse(text)) for path in paths)


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function, methods too."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node


def dotted(node: ast.AST) -> str:
    """`Unit.objects.filter().update` as it is written, calls left out."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return dotted(node.func)
    return node.id if isinstance(node, ast.Name) else ""


def strings(module: Module) -> Iterator[tuple[int, str]]:
    """Every text in the code that is no docstring, with its line."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value
