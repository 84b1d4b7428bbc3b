"""Chromium with Chinese fonts for tests: the host's, else Debian's under var/root, behind two small scripts: the whole one and its shell."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

from city import debian
from city.place import Place
from city.speech import Stop, ask


def wrapper(place: Place) -> Path:
    """The script that starts Chromium."""
    return place.home / "bin" / "chromium"


def shell(place: Place) -> Path:
    """The script that starts Chromium less the window nobody sees: a quarter less work for the same page."""
    return place.home / "bin" / "chromium-headless-shell"


def is_here(place: Place) -> bool:
    """Whether Chromium can be started."""
    return wrapper(place).exists() and shell(place).exists()


def install(place: Place) -> None:
    """Fetch Chromium when it is not here, and write its scripts."""
    if is_here(place):
        return
    host = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if host and ask(["fc-list", ":lang=zh-cn", "family"]).strip():
        _write(wrapper(place), [f'exec {shlex.quote(host)} "$@"'])
        _write(shell(place), [f'exec {shlex.quote(shutil.which(shell(place).name) or host)} "$@"'])
        return
    debian.unpack(place, "Chromium with Chinese fonts", ["chromium", "chromium-headless-shell", "fonts-noto-cjk", "fonts-dejavu-core"])
    root = place.unpacked
    rules = fonts(place)
    env = {
        "LD_LIBRARY_PATH": debian.libraries(place),
        "FONTCONFIG_PATH": str(rules),
        "FONTCONFIG_FILE": str(rules / "fonts.conf"),
        "XDG_DATA_DIRS": f"{root}/usr/share",
        "GSETTINGS_BACKEND": "memory",
        "CHROME_WRAPPER": str(wrapper(place)),
    }
    lines = [f"export {key}={shlex.quote(value)}" for key, value in env.items()]
    for script in (wrapper(place), shell(place)):
        program = root / "usr" / "lib" / "chromium" / script.name
        if not program.exists():
            raise Stop(f"Chromium was fetched, but there is no {program}.")
        _write(script, [*lines, f'exec {shlex.quote(str(program))} "$@"'])


def _write(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n" + "\n".join(lines) + "\n")
    path.chmod(0o755)


def fonts(place: Place) -> Path:
    """Let fontconfig find the unpacked fonts and rules instead of those of the host."""
    directory = place.unpacked / "etc" / "fonts"
    main = directory / "fonts.conf"
    if not main.exists() and Path("/etc/fonts/fonts.conf").exists():  # the host's package was not fetched again
        shutil.copytree("/etc/fonts", directory, dirs_exist_ok=True, ignore_dangling_symlinks=True)
    if not main.exists():
        raise Stop(f"Debian's fontconfig was not unpacked: there is no {main}.")
    text = re.sub(r"<dir[^>]*>.*?</dir>\s*", "", main.read_text())
    text = re.sub(r"<cachedir[^>]*>.*?</cachedir>\s*", "", text)
    own = f"<dir>{place.unpacked}/usr/share/fonts</dir>\n<cachedir>{place.home}/cache/fontconfig</cachedir>\n"
    main.write_text(text.replace("</fontconfig>", own + "</fontconfig>"))
    for link in (directory / "conf.d").iterdir():
        target = link.readlink() if link.is_symlink() else None
        if target and target.is_absolute() and not str(target).startswith(str(place.unpacked)):
            link.unlink()
            link.symlink_to(place.unpacked / str(target).lstrip("/"))
    return directory
