"""How files are kept by an application: where, how large, how many, for how long."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from .store import MemoryStore, Store

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class FileLimits:
    """Local, no article says them. Bytes of a file and of a case's files together; files of one answer; how long a file waits to be attached."""

    file_bytes: int = 10 * MEGABYTE
    per_answer: int = 10
    case_bytes: int = 50 * MEGABYTE
    waits: timedelta = timedelta(days=1)


@dataclass(frozen=True)
class Files:
    """The store, the limits, and the folder in which previews are kept (None: drawn anew each time)."""

    store: Store = field(default_factory=MemoryStore)
    limits: FileLimits = FileLimits()
    previews: Path | None = None
