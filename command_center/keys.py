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

    `typing` ones work inside fields too; `always` ones are listed on every page, because their buttons come and go. `screen` says where it
    is bound: "" everywhere, "board" on the dispatch board, "list" on a list, "watch" on the others, "dialog" while a dialog with its button is open,
    "chat" while a part of the page that shows a room has the focus.
    """

    name: str
    codes: tuple[str, ...]
    caps: tuple[str, ...]
    label: str | Promise
    group: str | Promise
    typing: bool = False
    always: bool = False
    screen: str = ""


QUEUE = _("Incident queue")
INCIDENT = _("Chosen incident")
BOARD = _("Dispatch board")
LIST = _("List")
MAP = _("Map")
ALARMS = _("Alarms")
CHAT = _("Rooms and messages")
GO = _("Go to")
EVERYWHERE = _("Everywhere")

KEYS: tuple[Key, ...] = (
    Key("next", ("KeyJ", "ArrowDown"), ("J", "↓"), _("Next incident"), QUEUE),
    Key("previous", ("KeyK", "ArrowUp"), ("K", "↑"), _("Previous incident"), QUEUE),
    Key("first", ("Home",), ("Home",), _("First incident; takes in new ones"), QUEUE),
    Key("last", ("End",), ("End",), _("Last incident"), QUEUE),
    Key("enter", ("Enter", "NumpadEnter"), ("Enter",), _("Open the incident's page"), QUEUE),
    Key("new_call", ("KeyN",), ("N",), _("Take a call"), EVERYWHERE),
    Key("resume_call", ("Shift+KeyN",), ("Shift", "N"), _("Go on with the call parked longest"), EVERYWHERE),
    Key("claim_call", ("F9",), ("F9",), _("Take the telephone call that rings longest"), EVERYWHERE, typing=True),
    Key("triage", ("KeyI",), ("I",), _("Take on and assess"), INCIDENT),
    Key("dispatch", ("KeyD",), ("D",), _("Dispatch recommended units"), INCIDENT),
    Key(
        "unit",
        tuple(f"Digit{n}" for n in range(1, 10)) + tuple(f"Numpad{n}" for n in range(1, 10)),
        ("1", "…", "9"),
        _("Unit of the incident; Enter takes its next step"),
        INCIDENT,
        screen="watch",
    ),
    Key("status", ("KeyS",), ("S",), _("Change the incident's status"), INCIDENT),
    Key("note", ("KeyB",), ("B",), _("Write a note"), INCIDENT),
    Key("edit", ("KeyE",), ("E",), _("Edit the incident"), INCIDENT),
    Key("respond", ("KeyR",), ("R",), _("Decide the response level and its plan"), INCIDENT),
    Key("task", ("KeyT",), ("T",), _("Give a task"), INCIDENT),
    Key("merge", ("KeyM",), ("M",), _("Merge with another, or group; a merged one: separate"), INCIDENT, screen="watch"),
    Key("talk", ("KeyP",), ("P",), _("Ring contacts, conference, radio talk groups"), INCIDENT, screen="watch"),
    Key("share", ("KeyW",), ("W",), _("Share with another department or region"), INCIDENT, screen="watch"),
    Key("close", ("KeyX",), ("X",), _("Close with a disposition"), INCIDENT),
    Key(
        "crew_key",
        tuple(f"Digit{n}" for n in range(9)) + tuple(f"Numpad{n}" for n in range(9)),
        ("1", "…", "8", "0"),
        _("The crew's key, for the chosen unit or all marked ones"),
        BOARD,
        screen="board",
    ),
    Key("board_left", ("ArrowLeft",), ("←",), _("Column to the left"), BOARD, screen="board"),
    Key("board_right", ("ArrowRight",), ("→",), _("Column to the right"), BOARD, screen="board"),
    Key("board_command", ("Slash",), ("/",), _("To the command line"), BOARD, screen="board"),
    Key("board_units", ("KeyU",), ("U",), _("To the units; Enter sends one to the incident"), BOARD, screen="board"),
    Key("board_mark", ("Space",), ("Space",), _("Mark the unit, for one command to several"), BOARD, screen="board"),
    Key("board_mark_down", ("Shift+ArrowDown",), ("⇧", "↓"), _("Mark downward"), BOARD, screen="board"),
    Key("board_mark_up", ("Shift+ArrowUp",), ("⇧", "↑"), _("Mark upward"), BOARD, screen="board"),
    Key("board_accept", ("KeyY",), ("Y",), _("Agree with what the position suggests"), BOARD, screen="board"),
    Key("board_more", ("KeyM",), ("M",), _("Every step of the unit: move it to …"), BOARD, screen="board"),
    Key("select", ("KeyX",), ("X",), _("Select the row"), LIST, screen="list"),
    Key("range_down", ("Shift+ArrowDown", "Shift+KeyJ"), ("⇧", "↓"), _("Select downward"), LIST, screen="list"),
    Key("range_up", ("Shift+ArrowUp", "Shift+KeyK"), ("⇧", "↑"), _("Select upward"), LIST, screen="list"),
    Key("together", ("KeyC",), ("C",), _("Change the selected incidents together"), LIST, screen="list"),
    Key("locate", ("Space",), ("Space",), _("Show it on the map; again: back"), MAP, screen="watch"),
    Key("map_list", ("KeyL",), ("L",), _("Table instead of the map"), MAP),
    Key("map_follow", ("KeyF",), ("F",), _("Let the view follow the incidents"), MAP),
    Key("map_cover", ("KeyV",), ("V",), _("Coverage: who reaches what in 4, 8 and 12 minutes"), MAP, screen="watch"),
    Key("map_in", ("Equal", "Shift+Equal", "NumpadAdd"), ("+",), _("Zoom in"), MAP),
    Key("map_out", ("Minus", "NumpadSubtract"), ("-",), _("Zoom out"), MAP),
    Key("acknowledge", ("KeyA",), ("A",), _("Acknowledge the top alarm"), ALARMS),
    Key("acknowledge_typing", ("Shift+KeyA",), ("Shift", "A"), _("Acknowledge the top alarm, also while typing"), ALARMS, typing=True),
    Key("answer_page", ("KeyQ",), ("Q",), _("Answer your page: you have it"), ALARMS),
    Key("silence", ("Shift+KeyS",), ("Shift", "S"), _("Silence this desk; alarms stay unacknowledged"), ALARMS),
    Key("shelve", ("Shift+KeyH",), ("Shift", "H"), _("Shelve the top alarm, with a reason"), ALARMS),
    Key("chat", ("KeyH",), ("H",), _("Room of the chosen incident, and back"), CHAT, screen="watch"),
    Key("chat_send", ("Enter", "NumpadEnter"), ("Enter",), _("Send the message; Shift Enter begins a new line"), CHAT, typing=True, screen="chat"),
    Key("chat_write", ("KeyC",), ("C",), _("Write a message"), CHAT, screen="chat"),
    Key("chat_next", ("KeyJ", "ArrowDown"), ("J", "↓"), _("Next message"), CHAT, screen="chat"),
    Key("chat_previous", ("KeyK", "ArrowUp"), ("K", "↑"), _("Message before"), CHAT, screen="chat"),
    Key("chat_unread", ("KeyN",), ("N",), _("Next unread message, here or in the next room"), CHAT, screen="chat"),
    Key("chat_last", ("End",), ("End",), _("Last message"), CHAT, screen="chat"),
    Key("chat_got", ("KeyY",), ("Y",), _("Answer: got it; again: take it back"), CHAT, screen="chat"),
    Key("chat_order", ("KeyO",), ("O",), _("Write an order"), CHAT, screen="chat"),
    Key("chat_voice", ("KeyV",), ("V",), _("Record a voice note; again: end it"), CHAT, screen="chat"),
    Key("chat_mark", ("KeyM",), ("M",), _("Put a place or a drawing into the message"), CHAT, screen="chat"),
    Key("chat_accept", ("KeyA",), ("A",), _("Accept the order"), CHAT, screen="chat"),
    Key("chat_done", ("KeyD",), ("D",), _("The order is done"), CHAT, screen="chat"),
    Key("chat_reply", ("KeyR",), ("R",), _("Reply"), CHAT, screen="chat"),
    Key("chat_thread", ("Shift+KeyR",), ("⇧", "R"), _("Show the thread; again: all messages"), CHAT, screen="chat"),
    Key("chat_note", ("KeyB",), ("B",), _("Put the message into the timeline"), CHAT, screen="chat"),
    Key("chat_task", ("KeyT",), ("T",), _("Make the message a task"), CHAT, screen="chat"),
    Key("chat_edit", ("KeyE",), ("E",), _("Reword the message"), CHAT, screen="chat"),
    Key("chat_pin", ("KeyP",), ("P",), _("Pin the message, or take it down"), CHAT, screen="chat"),
    Key("chat_strike", ("Delete",), ("Del",), _("Strike the message through"), CHAT, screen="chat"),
    Key("chat_find", ("KeyF",), ("F",), _("Search in this room"), CHAT, screen="chat"),
    Key("chat_rooms", ("KeyW",), ("W",), _("Another room"), CHAT, screen="chat"),
    Key("go_chat", ("KeyG KeyM",), ("G", "M"), _("Rooms and messages"), GO),
    Key("go_ops", ("KeyG KeyO",), ("G", "O"), _("Operations picture"), GO),
    Key("go_intake", ("KeyG KeyC",), ("G", "C"), _("Taking calls"), GO),
    Key("go_pins", ("KeyG KeyP",), ("G", "P"), _("Places to repair"), GO),
    Key("go_dispatch", ("KeyG KeyD",), ("G", "D"), _("Dispatch board"), GO),
    Key("go_incidents", ("KeyG KeyI",), ("G", "I"), _("Incidents"), GO),
    Key("go_analysis", ("KeyG KeyA",), ("G", "A"), _("Analysis"), GO),
    Key("go_alarms", ("KeyG KeyL",), ("G", "L"), _("All alarms"), GO),
    Key("go_duty", ("KeyG KeyH",), ("G", "H"), _("On duty and hand-over"), GO),
    Key("go_settings", ("KeyG KeyS",), ("G", "S"), _("Settings"), GO),
    Key("mode", ("Shift+KeyM",), ("⇧", "M"), _("Routine or emergency"), EVERYWHERE),
    Key("find", ("Ctrl+KeyK",), ("Ctrl", "K"), _("Search and commands"), EVERYWHERE, typing=True),
    Key("find_slash", ("Slash",), ("/",), _("Search and commands"), EVERYWHERE, screen="watch"),
    Key("submit", ("Ctrl+Enter", "Ctrl+NumpadEnter"), ("Ctrl", "Enter"), _("Send the form"), EVERYWHERE, typing=True, always=True),
    Key("save_call", ("Ctrl+KeyS",), ("Ctrl", "S"), _("Call: save it without dispatching"), EVERYWHERE, typing=True),
    Key(
        "attach",
        tuple(f"Alt+Digit{n}" for n in range(1, 10)) + tuple(f"Alt+Numpad{n}" for n in range(1, 10)),
        ("Alt", "1…9"),
        _("Add the call to the incident it is about"),
        EVERYWHERE,
        typing=True,
    ),
    Key("take_type", ("Alt+KeyT",), ("Alt", "T"), _("Take the suggested type"), EVERYWHERE, typing=True),
    Key("sign_report", ("KeyY",), ("Y",), _("Hand-over: read, and take over the post"), EVERYWHERE, screen="watch"),
    Key("swap_unit", ("KeyS",), ("S",), _("Recommendation: another unit in place of this one"), INCIDENT, screen="dialog"),
    Key("strike_alarm", ("KeyU",), ("U",), _("Recommendation: strike the next greater alarm"), INCIDENT, screen="dialog"),
    Key("ask_aid", ("KeyH",), ("H",), _("Recommendation: ask neighbours for help"), INCIDENT, screen="dialog"),
    Key("undo", ("KeyZ",), ("Z",), _("Undo, while it is offered"), EVERYWHERE, always=True),
    Key("back", ("Escape",), ("Esc",), _("One level up"), EVERYWHERE, always=True),
    Key("keys", ("Shift+Slash",), ("?",), _("All keys"), EVERYWHERE),
)

BY_NAME = {key.name: key for key in KEYS}


def grouped() -> list[tuple[str, list[Key]]]:
    """Every key by what it belongs to, in the order of the list."""
    groups = list(dict.fromkeys(key.group for key in KEYS))
    return [(str(group), [key for key in KEYS if key.group == group]) for group in groups]


def registry() -> list[dict[str, Any]]:
    """The list as the page gets it, in the reader's language."""
    return [asdict(key) | {"label": str(key.label), "group": str(key.group)} for key in KEYS]
