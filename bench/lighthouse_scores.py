"""Lighthouse's three scores of the operators' screens, as a desktop of a signed-in dispatcher sees them."""

import json
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import browsers, call_to_screens, harness
from bench.fanout import relay, subject_of
from bench.harness import Row

SCREENS = ("/accounts/login/", "/ops/", "/dispatch/", "/intake/", "/incidents/", "/alarms/")
GATES = {"performance": 95, "accessibility": 100, "best-practices": 100}
ROUNDS = 3
TOOL = Path(__file__).parent / "lighthouse"


def measure() -> list[Row]:
    """A row for each screen and score: the median of three runs."""
    browsers.gather_static_files()
    program = _installed()
    _type, _secret, cookies = call_to_screens.people()
    rows = []
    with ExitStack() as stack:
        stack.enter_context(relay())
        subject = stack.enter_context(subject_of("product", 1, cookies[1:]))
        for path in SCREENS:
            session = "" if path.startswith("/accounts/") else cookies[0]
            runs = [_run(program, f"http://127.0.0.1:{subject.port}{path}", session) for _ in range(ROUNDS)]
            for score, gate in GATES.items():
                found = [run["categories"][score]["score"] * 100 for run in runs]
                middle = harness.median(found)
                row = Row(
                    f"{path} {score}", "", middle, gate, f">= {gate}", middle >= gate, "the gate itself", {"product": found}, _faults(runs[-1], score)
                )
                rows.append(row)
    return rows


def _installed() -> Path:
    """Lighthouse by its own lockfile, fetched once, beside the other figures."""
    home = harness.RESULTS / "lighthouse"
    lock = (TOOL / "package-lock.json").read_text(encoding="utf-8")
    kept = home / "package-lock.json"
    if not (kept.exists() and kept.read_text(encoding="utf-8") == lock and (home / "node_modules").is_dir()):
        home.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(TOOL / name, home / name)
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=home, check=True, timeout=600)
    return home / "node_modules" / "lighthouse" / "cli" / "index.js"


def _run(program: Path, url: str, session: str) -> dict[str, Any]:
    """One run in a browser of its own that is signed in as a person's is: by a cookie, which the socket gets too (an extra header it does not)."""
    with TemporaryDirectory() as place:
        out, port = Path(place) / "report.json", browsers.free_port()
        command = ["node", str(program), url, "--quiet", "--preset=desktop", "--output=json", f"--output-path={out}", f"--port={port}"]
        command += [f"--only-categories={','.join(GATES)}", "--disable-storage-reset"]
        with browsers.signed_in(f"{place}/chromium", port, session):
            for last in (False, False, True):  # on a busy machine Chromium's trace now and then has no beginning
                if not subprocess.run(command, check=last, timeout=180, stdout=subprocess.DEVNULL).returncode:
                    break
        return json.loads(out.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def _faults(run: dict[str, Any], score: str) -> str:
    """What took points away, in Lighthouse's own short names, with what stood in the console."""
    audits = [run["audits"][each["id"]] for each in run["categories"][score]["auditRefs"] if each["weight"]]
    return ", ".join(f"{each['id']} {each.get('displayValue', '')} {_said(each)}".strip() for each in audits if (each["score"] or 0) < 0.9)


def _said(audit: dict[str, Any]) -> str:
    lines = [str(each.get("description", ""))[:200] for each in audit.get("details", {}).get("items", [])]
    return "; ".join(line for line in lines if line) if audit["id"] == "errors-in-console" else ""
