"""The system's clock, read here and nowhere else below the doors; the demonstration's can be moved forward."""
from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path


class SystemClock:
    """The machine's time, aware UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class DemoClock:
    """The machine's time plus an offset that the demonstration may only make larger; kept in a file so that all processes share it."""

    def __init__(self, path: Path):
        self.path = path
        self._lock = threading.Lock()

    def _offset(self) -> timedelta:
        try:
            return timedelta(seconds=float(self.path.read_text()))
        except (FileNotFoundError, ValueError):
            return timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset()

    def move(self, to: datetime) -> None:
        """Move forward to a time; never back (what was done in the meantime would lie in the future)."""
        with self._lock:
            ahead = to - datetime.now(UTC)
            if ahead > self._offset():
                self.path.parent.mkdir(parents=True, exist_ok=True)
                fresh = self.path.with_suffix(".new")
                fresh.write_text(str(ahead.total_seconds()))
                fresh.replace(self.path)
