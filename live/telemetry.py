"""The telemetry lane: the latest value wins, coalesced to 1 Hz for each class, binary, never in the journal.

A frame is one type byte (1 = unit positions), three zero bytes, then records of 16 bytes, little endian: uint32 unit id, int32 longitude
* 1e7, int32 latitude * 1e7 (WGS-84), uint16 heading in degrees (65535 unknown), uint16 state code.
"""

from collections.abc import Iterable, Mapping

from live.classes import Audience, ScopeClass

UNITS = 1
RECORD_BYTES = 16
HEADER = bytes((UNITS, 0, 0, 0))

_SCOPE = "\x1e"


def pack(scopes: Iterable[str], records: bytes) -> bytes:
    """One message on the wire: who may see these records, and the records."""
    if len(records) % RECORD_BYTES:
        raise ValueError(f"position records are {RECORD_BYTES} bytes each, got {len(records)} bytes")
    return _SCOPE.join(sorted(scopes)).encode() + b"\n" + records


class Coalescer:
    """Keeps the latest record of each unit until the next beat."""

    def __init__(self) -> None:
        self._latest: dict[frozenset[str], dict[bytes, bytes]] = {}

    def take(self, message: bytes) -> None:
        """Keep what a message says; a later record of a unit replaces the earlier."""
        scopes, records = message.split(b"\n", 1)
        latest = self._latest.setdefault(frozenset(scopes.decode().split(_SCOPE)), {})
        for start in range(0, len(records) - RECORD_BYTES + 1, RECORD_BYTES):
            record = records[start : start + RECORD_BYTES]
            latest[record[:4]] = record

    def flush(self, audience: Audience) -> None:
        """Send each class what it may see of what moved since the last beat, in one frame made once."""
        moved, self._latest = self._latest, {}
        if not moved:
            return
        for one in audience:
            listening = [socket for socket in one.sockets if socket.wants_units]
            frame = _frame(one, moved) if listening else b""
            if frame:
                message = {"type": "websocket.send", "bytes": frame}
                for socket in listening:
                    socket.telemetry(message)


def _frame(one: ScopeClass, moved: Mapping[frozenset[str], Mapping[bytes, bytes]]) -> bytes:
    seen: dict[bytes, bytes] = {}
    for scopes, latest in moved.items():
        if not scopes.isdisjoint(one.scopes):
            seen |= latest
    return HEADER + b"".join(seen.values()) if seen else b""
