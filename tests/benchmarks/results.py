"""What a measurement says: figures, and for each requirement its bound and whether it was met. Written as a table and as JSON."""
from __future__ import annotations

import sys
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any
from unicodedata import east_asian_width


@dataclass(frozen=True)
class Row:
    """`value` in `unit`; `bound` in words, `met` None where nothing is demanded (a figure that others are compared with)."""

    part: str
    name: str
    value: float
    unit: str
    bound: str = ""
    met: bool | None = None


@dataclass
class Results:
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def figure(self, part: str, name: str, value: float, unit: str = "ms") -> None:
        """Something measured, as it is."""
        self._add(Row(part, name, value, unit))

    def at_most(self, part: str, name: str, value: float, bound: float, unit: str = "×") -> None:
        self._add(Row(part, name, value, unit, f"≤ {bound:g} {unit}", value <= bound))

    def at_least(self, part: str, name: str, value: float, bound: float, unit: str = "×") -> None:
        self._add(Row(part, name, value, unit, f"≥ {bound:g} {unit}", value >= bound))

    def holds(self, part: str, name: str, value: bool, bound: str) -> None:
        """Something that is so or not."""
        self._add(Row(part, name, float(value), "", bound, value))

    def note(self, text: str) -> None:
        self.notes.append(text)
        print(f"   {text}", file=sys.stderr, flush=True)

    def _add(self, row: Row) -> None:
        self.rows.append(row)
        print(f"   {line(row)}", file=sys.stderr, flush=True)

    def as_json(self) -> dict[str, Any]:
        return {"rows": [asdict(row) for row in self.rows], "notes": self.notes}


def line(row: Row) -> str:
    value = f"{row.value:,.3f}" if row.value < 10 and row.unit in ("ms", "×") else f"{row.value:,.1f}" if row.unit in ("ms", "×", "kB", "s") else f"{row.value:g}"
    met = {True: "met", False: "MISSED", None: ""}[row.met]
    return f"{row.part}  {wide(row.name, 78)} {value if row.unit or row.bound == '' else '':>10} {row.unit:<10} {wide(row.bound, 24)} {met}".rstrip()


def wide(text: str, columns: int) -> str:
    """The text, filled up to a number of columns of a terminal."""
    return text + " " * max(0, columns - sum(2 if east_asian_width(c) in "WF" else 1 for c in text))


def table(results: Results) -> str:
    missed = sum(row.met is False for row in results.rows)
    demanded = sum(row.met is not None for row in results.rows)
    return "\n".join([*(line(row) for row in results.rows), "", *results.notes, "", f"{demanded - missed} of {demanded} bounds met"])


class Samples(dict[str, list[float]]):
    """Times in seconds under names; read as medians in milliseconds."""

    def add(self, name: str, seconds: float) -> None:
        self.setdefault(name, []).append(seconds)

    def ms(self, name: str) -> float:
        return median(self[name]) * 1000
