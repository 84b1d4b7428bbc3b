"""What the verbs that take a CAD file have in common on the command line."""

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings

from access import selectors as access
from access.actors import Actor
from exchange.cad import profiles
from exchange.cad.profiles import Profile, ProfileUnusable
from incidents import permissions


class ActorUnknown(Exception):
    """Nobody of this name may do it, with a sentence that says who may."""


def add_to(parser: argparse.ArgumentParser) -> None:
    """The file, its profile, and what may be said about it without writing a profile."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a CSV file, one row per unit per call")
    parser.add_argument("--profile", required=True, help=f"{', '.join(profiles.names())}, or the path of a .toml file")
    parser.add_argument(
        "--map", action="append", default=[], metavar="FIELD=HEADING", help=f"which column holds a field; fields: {', '.join(profiles.COLUMNS)}"
    )
    parser.add_argument("--zone", help="time zone of the file's clock, such as America/Los_Angeles")
    parser.add_argument("--time-format", action="append", default=[], help="how times are written, in strptime's letters; may be given again")
    parser.add_argument("--department", help="code of the department whose calls they are; made when absent")
    parser.add_argument("--encoding", help="such as utf-8 (the default) or gb18030")
    parser.add_argument("--delimiter", help="the character between cells")


def profile_of(options: dict[str, Any]) -> Profile:
    """The profile with what the command line lays over it. Raises `ProfileUnusable`."""
    changes: dict[str, Any] = {}
    columns: dict[str, list[str]] = {}
    for pair in options["map"]:
        name, equals, heading = pair.partition("=")
        if not equals or not heading:
            raise ProfileUnusable(f"--map takes FIELD=HEADING, not {pair!r}.")
        columns.setdefault(name.strip(), []).append(heading.strip())
    if columns:
        changes["columns"] = columns
    if options["zone"]:
        changes["time_zone"] = options["zone"]
    if options["time_format"]:
        changes["time_formats"] = options["time_format"]
    if options["department"]:
        changes["department"] = {"code": options["department"]}
    for name in ("encoding", "delimiter"):
        if options[name]:
            changes[name] = options[name]
    return profiles.load(options["profile"], changes=changes)


def actor_of(username: str) -> Actor:
    """The person in whose name a file is brought in. Raises `ActorUnknown`."""
    user = access.person_of_username(username)
    if user is None:
        able = ", ".join(access.names_of_people_with(permissions.IMPORT)) or "nobody yet: an administrator grants the role importer"
        raise ActorUnknown(f"There is no person {username!r}. These may bring in histories: {able}.")
    return Actor.of_user(user)


def refusal(username: str) -> str:
    """Why this person may not, and who may."""
    able = ", ".join(access.names_of_people_with(permissions.IMPORT)) or "nobody yet: an administrator grants the role importer"
    return f"{username} may not bring in the history of another system. These may: {able}."


def city_url() -> str:
    """The address of the running city."""
    url: str = settings.CITY_URL
    return url
