"""A scenario as it is read: cases to be filed, and what happens to each."""
from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

STEP_TIME = re.compile(r"\+(\d{1,4})(m|h|d|wd|w)", re.ASCII)


@dataclass
class Step:
    """What happens next; `raw` keeps the lines of its keys."""

    line: int
    at: str
    actor: str | None = None
    do: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    refused: str | None = None
    calendar: dict | None = None
    expect: dict[str, Any] = field(default_factory=dict)
    case: str | None = None
    raw: Any = None


@dataclass
class Story:
    """One case to be filed, with its steps."""

    line: int
    at: str
    file: dict[str, Any]
    steps: list[Step]
    alias: str | None = None
    sample: bool = False
    raw: Any = None


@dataclass
class Scenario:
    """A file, read."""

    name: str
    procedure: str
    before: list[Story]
    main: Story
    expect: dict[str, Any]
    raw: Any = None

    @property
    def stories(self) -> list[Story]:
        return [*self.before, self.main]
