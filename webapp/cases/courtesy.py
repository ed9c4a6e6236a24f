"""Long work in the process that also serves people lets them go first.

The times here are real ones, of the machine: how long a thread waits is no matter of the calendar.
"""
from __future__ import annotations

import threading
from time import monotonic


class Courtesy:
    """Counts the requests in flight in this process. Whoever works through a long list takes a `turn` and asks it to give way before each piece."""

    def __init__(self):
        self.changed = threading.Condition()
        self.people = 0

    def enter(self) -> None:
        with self.changed:
            self.people += 1

    def leave(self) -> None:
        with self.changed:
            self.people = max(0, self.people - 1)
            if self.people == 0:
                self.changed.notify_all()

    def turn(self) -> Turn:
        return Turn(self)


class Turn:
    """Waits while somebody is being served, but in all never longer than it has worked: the work goes on however many people there are."""

    FIRST = 0.02        # seconds that may be waited before anything was done

    def __init__(self, courtesy: Courtesy):
        self.courtesy, self.begun, self.waited = courtesy, monotonic(), 0.0

    def give_way(self) -> None:
        if not self.courtesy.people:
            return
        before = monotonic()
        until = before + self.FIRST + (before - self.begun) - 2 * self.waited
        with self.courtesy.changed:
            while self.courtesy.people and (left := until - monotonic()) > 0:
                self.courtesy.changed.wait(left)
        self.waited += monotonic() - before
