"""Every key of the operator screens, in one list: the page binds them, buttons show them, the `?` overlay prints them.

Codes are those of `KeyboardEvent.code`, so they stay in place under a Chinese input method and on any layout.
"""

from dataclasses import asdict, dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Key:
    """A key: the codes that press it, the caps that show it, what it does.

    `typing` ones work inside fields too; `always` ones are listed on every page, because their buttons come and go.
    """

    name: str
    codes: tuple[str, ...]
    caps: tuple[str, ...]
    label: str | Promise
    group: str | Promise
    typing: bool = False
    always: bool = False


QUEUE = _("Incident queue")
INCIDENT = _("Chosen incident")
MAP = _("Map")
GO = _("Go to")
EVERYWHERE = _("Everywhere")

KEYS: tuple[Key, ...] = (
    Key("next", ("KeyJ", "ArrowDown"), ("J", "↓"), _("Next incident"), QUEUE),
    Key("previous", ("KeyK", "ArrowUp"), ("K", "↑"), _("Previous incident"), QUEUE),
    Key("first", ("Home",), ("Home",), _("First incident; takes in new ones"), QUEUE),
    Key("last", ("End",), ("End",), _("Last incident"), QUEUE),
    Key("enter", ("Enter", "NumpadEnter"), ("Enter",), _("Open the incident's page"), QUEUE),
    Key("new_call", ("KeyN",), ("N",), _("Take a call"), QUEUE),
    Key("triage", ("KeyA",), ("A",), _("Take on and assess"), INCIDENT),
    Key("dispatch", ("KeyD",), ("D",), _("Dispatch recommended units"), INCIDENT),
    Key(
        "unit",
        tuple(f"Digit{n}" for n in range(1, 10)) + tuple(f"Numpad{n}" for n in range(1, 10)),
        ("1", "…", "9"),
        _("Unit of the incident; Enter takes its next step"),
        INCIDENT,
    ),
    Key("status", ("KeyS",), ("S",), _("Change the incident's status"), INCIDENT),
    Key("note", ("KeyB",), ("B",), _("Write a note"), INCIDENT),
    Key("edit", ("KeyE",), ("E",), _("Edit the incident"), INCIDENT),
    Key("task", ("KeyT",), ("T",), _("Give a task"), INCIDENT),
    Key("merge", ("KeyM",), ("M",), _("Merge with another, or group; a merged one: separate"), INCIDENT),
    Key("close", ("KeyX",), ("X",), _("Close with a disposition"), INCIDENT),
    Key("locate", ("Space",), ("Space",), _("Show it on the map; again: back"), MAP),
    Key("map_list", ("KeyL",), ("L",), _("Table instead of the map"), MAP),
    Key("map_follow", ("KeyF",), ("F",), _("Let the view follow the incidents"), MAP),
    Key("map_in", ("Equal", "Shift+Equal", "NumpadAdd"), ("+",), _("Zoom in"), MAP),
    Key("map_out", ("Minus", "NumpadSubtract"), ("-",), _("Zoom out"), MAP),
    Key("go_ops", ("KeyG KeyO",), ("G", "O"), _("Operations picture"), GO),
    Key("go_incidents", ("KeyG KeyI",), ("G", "I"), _("Incidents"), GO),
    Key("go_analysis", ("KeyG KeyA",), ("G", "A"), _("Analysis"), GO),
    Key("go_settings", ("KeyG KeyS",), ("G", "S"), _("Settings"), GO),
    Key("find", ("Ctrl+KeyK", "Slash"), ("Ctrl", "K"), _("Search and commands"), EVERYWHERE, typing=True),
    Key("submit", ("Ctrl+Enter", "Ctrl+NumpadEnter"), ("Ctrl", "Enter"), _("Send the form"), EVERYWHERE, typing=True, always=True),
    Key(
        "attach",
        tuple(f"Alt+Digit{n}" for n in range(1, 10)) + tuple(f"Alt+Numpad{n}" for n in range(1, 10)),
        ("Alt", "1…9"),
        _("Add the call to the incident it is about"),
        EVERYWHERE,
        typing=True,
    ),
    Key("take_type", ("Alt+KeyT",), ("Alt", "T"), _("Take the suggested type"), EVERYWHERE, typing=True),
    Key("swap_unit", ("KeyS",), ("S",), _("Recommendation: another unit in place of this one"), INCIDENT),
    Key("strike_alarm", ("KeyU",), ("U",), _("Recommendation: strike the next greater alarm"), INCIDENT),
    Key("ask_aid", ("KeyH",), ("H",), _("Recommendation: ask neighbours for help"), INCIDENT),
    Key("undo", ("KeyZ",), ("Z",), _("Undo, while it is offered"), EVERYWHERE, always=True),
    Key("back", ("Escape",), ("Esc",), _("One level up"), EVERYWHERE, always=True),
    Key("keys", ("Shift+Slash",), ("?",), _("All keys"), EVERYWHERE),
)

BY_NAME = {key.name: key for key in KEYS}


def registry() -> list[dict[str, Any]]:
    """The list as the page gets it, in the reader's language."""
    return [asdict(key) | {"label": str(key.label), "group": str(key.group)} for key in KEYS]
