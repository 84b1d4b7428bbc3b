"""Dialog event documents (RFC 4235, application/dialog-info+xml): which calls of a line ring, are answered, have ended.

Where several telephones ring for one call, each is a dialog with a name of its own: a leg. The call is what its legs are together.

Hostile XML is refused: no document type, hence no entities; no network; bounded in bytes, elements and dialogs.
"""

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from lxml import etree

from exchange.telephony.events import Kind

MOST_BYTES = 64_000
MOST_ELEMENTS = 4_000
MOST_DIALOGS = 200
MOST_CALLS = 1_000
LONGEST = 120
SPACE = "{urn:ietf:params:xml:ns:dialog-info}"
RINGS = {"trying", "proceeding", "early"}
UNANSWERED = {"cancelled", "timeout", "rejected", "error"}
LIFE = (Kind.ABANDONED, Kind.ENDED, Kind.RINGING, Kind.ANSWERED)

Node: TypeAlias = Any  # an element of lxml, which has no types


class Unreadable(Exception):
    """It is no dialog event document; the text says why and repeats nothing of it."""


@dataclass(frozen=True, slots=True)
class Dialog:
    """One call of the line, or one leg of it: the exchange's name for the call, how it stands, who calls, its name for the leg."""

    ref: str
    kind: Kind
    number: str
    leg: str = ""


@dataclass(frozen=True, slots=True)
class DialogInfo:
    """A document: its version, whether it lists every dialog of the line, and those that somebody else began."""

    version: int
    is_full: bool
    dialogs: tuple[Dialog, ...]


def read(body: bytes) -> DialogInfo:
    """What a document tells of calls that came in; what the line itself dialled is passed over. Raises `Unreadable`."""
    root = _parsed(body)
    version, state = root.get("version", ""), root.get("state", "")
    if root.tag != f"{SPACE}dialog-info" or state not in {"full", "partial"}:
        raise Unreadable("it is no dialog-info")
    if not version.isascii() or not version.isdigit() or len(version) > 10:
        raise Unreadable("its version is no number")
    elements = root.findall(f"{SPACE}dialog")
    if len(elements) > MOST_DIALOGS:
        raise Unreadable("it names too many dialogs")
    found = [_dialog(each) for each in elements if each.get("direction", "recipient") == "recipient"]
    return DialogInfo(int(version), state == "full", tuple(found))


class Legs:
    """What is known of the legs of each call of a line: an exchange may tell of each in a document of its own."""

    def __init__(self) -> None:
        self.calls: dict[str, dict[str, Kind]] = {}

    def fold(self, info: DialogInfo) -> DialogInfo:
        """The document with each call once, as its legs stand together; the same document again gives the same.

        A full one replaces what was known. Of a call whose leg was answered the others have no say: it ends with that one.
        """
        known = {} if info.is_full else self.calls
        told: dict[str, list[Dialog]] = {}
        for each in info.dialogs:
            told.setdefault(each.ref, []).append(each)
        for ref, dialogs in told.items():
            legs: dict[str, Kind] = {}
            for each in dialogs:
                legs[each.leg] = max(legs.get(each.leg, each.kind), each.kind, key=LIFE.index)  # some call every leg of a call the same
            known[ref] = _after(known.pop(ref, {}), legs)
        while len(known) > MOST_CALLS:
            del known[next(iter(known))]
        folded = tuple(replace(dialogs[0], kind=max(known[ref].values(), key=LIFE.index)) for ref, dialogs in told.items())
        self.calls = {ref: legs for ref, legs in known.items() if set(legs.values()) & {Kind.RINGING, Kind.ANSWERED}}
        return replace(info, dialogs=folded)


def _after(before: dict[str, Kind], told: dict[str, Kind]) -> dict[str, Kind]:
    """The legs of a call after a document: once one was answered, those that only ring are forgotten."""
    legs = before | told
    if Kind.ANSWERED not in before.values() and Kind.ANSWERED not in legs.values():
        return legs
    return {leg: kind for leg, kind in legs.items() if kind is not Kind.RINGING} or legs


def _parsed(body: bytes) -> Node:
    if len(body) > MOST_BYTES:
        raise Unreadable("it is too long")
    if b"<!" in body.replace(b"<!--", b""):
        raise Unreadable("it brings a document type or raw text of its own")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Unreadable("it is no valid XML") from None
    if sum(1 for _each in root.iter()) > MOST_ELEMENTS:
        raise Unreadable("it is too long")
    return root


def _dialog(element: Node) -> Dialog:
    ref = element.get("call-id") or element.get("id") or ""
    state = element.find(f"{SPACE}state")
    word = (state.text or "").strip() if state is not None else ""
    if not ref or len(ref) > LONGEST:
        raise Unreadable("a dialog has no name, or one that is too long")
    if word == "confirmed":
        kind = Kind.ANSWERED
    elif word == "terminated":
        kind = Kind.ABANDONED if state.get("event", "") in UNANSWERED else Kind.ENDED
    elif word in RINGS:
        kind = Kind.RINGING
    else:
        raise Unreadable("a dialog is in no state of RFC 4235")
    return Dialog(ref, kind, _number(element), element.get("id") or ref)


def _number(element: Node) -> str:
    """The user part of the other side's address; empty where it is withheld."""
    identity = element.find(f"{SPACE}remote/{SPACE}identity")
    uri = (identity.text or "").strip() if identity is not None else ""
    scheme, _colon, rest = uri.partition(":")
    if scheme.lower() not in {"sip", "sips", "tel"}:
        return ""
    return rest.partition("@")[0].partition(";")[0][:60]
