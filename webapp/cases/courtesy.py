"""Long work in the process that also serves people lets them go first."""
from __future__ import annotations

import threading
from time import monotonic


class Courtesy:
    """Counts the requests in flight in this process; whoever works through a long list asks `give_way` before each piece."""

    LONGEST = 0.25      # seconds that one piece waits at most: the work must go on however many people there are

    def __init__(self):
        self._changed = threading.Condition()
        self._people = 0

    def enter(self) -> None:
        with self._changed:
            self._people += 1

    def leave(self) -> None:
        with self._changed:
            self._people = max(0, self._people - 1)
            if self._people == 0:
                self._changed.notify_all()

    def give_way(self) -> None:
        """Return when nobody is being served, or after a while."""
        if self._people:
            until = monotonic() + self.LONGEST
            with self._changed:
                while self._people and (left := until - monotonic()) > 0:
                    self._changed.wait(left)
