"""`./city bench [NAME ...]`: runs the benches named (all of them without a name), prints the table, keeps the figures as JSON."""

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import django  # noqa: E402


def main(wanted: list[str]) -> int:
    """Each bench is a module here with `measure() -> list[Row]`."""
    django.setup()
    from bench import harness

    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if "\ndef measure(" in path.read_text(encoding="utf-8"))
    unknown = set(wanted) - set(names)
    if unknown:
        print(f"there is no bench {', '.join(sorted(unknown))}; there are {', '.join(names)}")
        return 2
    rows = []
    for name in wanted or names:
        found = importlib.import_module(f"bench.{name}").measure()
        harness.save(name, found)
        print(harness.table(found), flush=True)
        rows += found
    if len(wanted or names) > 1:
        print("\n" + harness.table(rows))
    return 0 if all(row.is_met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
