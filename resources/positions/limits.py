"""How often a device may speak: a bucket for each name, in this process, bounded in number."""

import threading
import time
from collections import OrderedDict

MOST_NAMES = 20_000


class Limit:
    """`rate` a second on average, `burst` at once, counted for each name separately; thread-safe."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, name: str) -> bool:
        """Whether this name may once more."""
        now = time.monotonic()
        with self._lock:
            left, at = self._left.get(name, (float(self._burst), now))
            left = min(self._burst, left + (now - at) * self._rate)
            may = left >= 1
            self._left[name] = (left - 1 if may else left, now)
            self._left.move_to_end(name)
            while len(self._left) > MOST_NAMES:
                self._left.popitem(last=False)
        return may

    def is_spent(self, name: str) -> bool:
        """Whether this name would be refused now; takes nothing."""
        with self._lock:
            left, at = self._left.get(name, (float(self._burst), time.monotonic()))
            return min(self._burst, left + (time.monotonic() - at) * self._rate) < 1

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._left.clear()
