"""Sockets that see the same: a class for each set of shared scopes, and who of a class wants an entry."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from journal.wire import Line
from live.sockets import Socket, text


@dataclass(eq=False, slots=True)
class ScopeClass:
    """Sockets with the same shared scopes: one text serves them all. `previous` is the last position sent to it."""

    scopes: frozenset[str]
    previous: int
    at_last_beat: int = 0
    sockets: set[Socket] = field(default_factory=set)


class Audience:
    """Every joined socket, by class and by person."""

    def __init__(self) -> None:
        self._classes: dict[frozenset[str], ScopeClass] = {}
        self._by_scope: dict[str, set[ScopeClass]] = {}
        self._people: dict[str, set[Socket]] = {}

    def __iter__(self) -> Iterator[ScopeClass]:
        return iter(tuple(self._classes.values()))

    def join(self, socket: Socket, head: int) -> ScopeClass:
        """Put a socket into its class; a new class begins at the head."""
        shared = socket.admission.shared
        found = self._classes.get(shared)
        if found is None:
            found = self._classes[shared] = ScopeClass(shared, head)
            for scope in shared:
                self._by_scope.setdefault(scope, set()).add(found)
        found.sockets.add(socket)
        self._people.setdefault(socket.admission.personal, set()).add(socket)
        return found

    def leave(self, socket: Socket) -> None:
        """Take a socket out; an empty class goes with it."""
        shared, personal = socket.admission.shared, socket.admission.personal
        found = self._classes.get(shared)
        if found is not None:
            found.sockets.discard(socket)
            if not found.sockets:
                del self._classes[shared]
                for scope in shared:
                    self._by_scope[scope].discard(found)
                    if not self._by_scope[scope]:
                        del self._by_scope[scope]
        if personal in self._people:
            self._people[personal].discard(socket)
            if not self._people[personal]:
                del self._people[personal]

    def of_person(self, personal: str) -> tuple[Socket, ...]:
        """The joined sockets of one person."""
        return tuple(self._people.get(personal, ()))

    def classes_of(self, scopes: Iterable[str]) -> set[ScopeClass]:
        """The classes that meet any of these scopes."""
        return {one for scope in scopes for one in self._by_scope.get(scope, ())}

    def tell(self, line: Line) -> None:
        """Offer an entry to everybody who may see it: its text is made once for each class."""
        classes = self.classes_of(line.scopes)
        for one in classes:
            message = text(line.frame(one.previous))
            one.previous = line.position
            for socket in tuple(one.sockets):
                socket.offer(line.position, message)
        for scope in line.scopes & self._people.keys():
            for socket in self.of_person(scope):
                own = self._classes[socket.admission.shared]
                if own not in classes:
                    socket.offer(line.position, text(line.frame(own.previous)))
