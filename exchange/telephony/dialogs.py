"""Dialog event documents (RFC 4235, application/dialog-info+xml): which calls of a line ring, are answered, have ended.

Hostile XML is refused: no document type, hence no entities; no network; bounded in bytes, elements and dialogs.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

from lxml import etree

from exchange.telephony.events import Kind

MOST_BYTES = 64_000
MOST_ELEMENTS = 4_000
MOST_DIALOGS = 200
LONGEST = 120
SPACE = "{urn:ietf:params:xml:ns:dialog-info}"
RINGS = {"trying", "proceeding", "early"}
UNANSWERED = {"cancelled", "timeout", "rejected", "error"}

Node: TypeAlias = Any  # an element of lxml, which has no types


class Unreadable(Exception):
    """It is no dialog event document; the text says why and repeats nothing of it."""


@dataclass(frozen=True, slots=True)
class Dialog:
    """One call of the line: the exchange's name for it, how it stands, who calls."""

    ref: str
    kind: Kind
    number: str


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
    return Dialog(ref, kind, _number(element))


def _number(element: Node) -> str:
    """The user part of the other side's address; empty where it is withheld."""
    identity = element.find(f"{SPACE}remote/{SPACE}identity")
    uri = (identity.text or "").strip() if identity is not None else ""
    scheme, _colon, rest = uri.partition(":")
    if scheme.lower() not in {"sip", "sips", "tel"}:
        return ""
    return rest.partition("@")[0].partition(";")[0][:60]
