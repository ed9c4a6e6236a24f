"""What the deadline line and its proof draw: places of marks and labels, so that none lies over another at 360 px."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from webapp.http.formats import as_date, short_date

_NARROW = 300  # pixels of line on a phone: labels that fit there fit everywhere
_BELOW = {"due": 0, "start": 1, "original": 2, "yellow": 3, "paused": 4, "extended": 5, "recomputed": 6}  # who finds its place first


@dataclass(frozen=True)
class Mark:
    """A mark on the line: percent from its left, with its label's text, anchor (start, middle, end) and row (0 above, 1 to 3 below, None: no room)."""

    kind: str
    at: float
    text: str
    anchor: str = "middle"
    row: int | None = None


@dataclass(frozen=True)
class Stretch:
    """A piece of the line: an extension (`added`, and `again` for every other one) or a pause (`paused`)."""

    kind: str
    first: float
    last: float


@dataclass(frozen=True)
class Line:
    """Percentages of what the line shows; None where there is no such thing."""

    marks: tuple[Mark, ...]
    used: float
    due: float | None
    warn: float | None
    stretches: tuple[Stretch, ...]
    over: float | None
    rows: int
    light: str = field(default="green")


def lay_out(view: Mapping[str, Any], words: Mapping[str, str], lang: str) -> Line:
    """The line of a deadline.

    `view`: start, today, and optionally due, yellow, original_due, ended (dates), status, light, urgent, extended [{old, due}],
    pauses [(first day, last day or None)], recomputed [{old, due}]. `words` gives the word for each of start, today, ended, yellow, due,
    original, extended, paused, recomputed, urgent.
    """
    day = {name: as_date(view.get(name)) for name in ("start", "today", "due", "yellow", "original_due", "ended")}
    start, now = day["start"], day["ended"] or day["today"]
    if start is None or now is None:
        raise ValueError("a deadline line needs its start and today")
    pauses = [(first, last or now) for first, last in view.get("pauses") or ()]
    extended, recomputed = view.get("extended") or (), [each for each in view.get("recomputed") or () if each["old"] != each["due"]]
    last = max([each for name, each in day.items() if each is not None and not (name == "today" and day["ended"])]
               + [each["due"] for each in extended] + [each["old"] for each in recomputed] + [end for _, end in pauses])
    length = max(1, (last - start).days)

    def place(when: date) -> float:
        return round(1 + 98 * min(1, max(0, (when - start).days / length)), 2)

    def said(kind: str, when: date) -> Mark:
        return Mark(kind, place(when), f"{words['urgent' if kind == 'due' and view.get('urgent') else kind]} {short_date(when, lang, now)}")

    moved = day["original_due"] if day["original_due"] and day["original_due"] != day["due"] else None
    given = {"start": start, "yellow": day["yellow"] if day["due"] and day["yellow"] != day["due"] else None, "original": moved, "due": day["due"], "ended" if day["ended"] else "today": now}
    marks = [said(kind, when) for kind, when in given.items() if when]
    marks += [said("extended", each["due"]) for each in extended if each["due"] != day["due"]]
    marks += [said("paused", first) for first, _ in pauses]
    marks += [said("recomputed", each["old"]) for each in recomputed if each["old"] not in (moved, day["due"])]
    stretches = [Stretch("added" if index % 2 == 0 else "added again", place(each["old"]), place(each["due"])) for index, each in enumerate(extended)]
    stretches += [Stretch("paused", place(first), place(end)) for first, end in pauses if end > first]
    due = place(day["due"]) if day["due"] else None
    at = {each.kind: each.at for each in marks}
    placed = _place_labels(marks)
    return Line(
        marks=tuple(placed),
        used=min(place(now), due if due is not None else 100.0),
        due=due,
        warn=at.get("yellow"),
        stretches=tuple(stretches),
        over=place(now) if day["due"] and now > day["due"] else None,
        rows=max((each.row or 0 for each in placed), default=0),
        light=_colour(view),
    )


def _colour(view: Mapping[str, Any]) -> str:
    if view.get("status") in ("met", "cancelled", "paused"):
        return "done"
    return "red" if view.get("status") in ("missed", "late") else str(view.get("light") or "green")


def _width(text: str) -> float:
    """Of a label, in percent of a narrow line: Chinese characters 13 px, others 7.2."""
    return 100 * sum(13 if ord(each) > 0x2E80 else 7.2 for each in text) / _NARROW


def _extent(at: float, width: float) -> tuple[str, float, float]:
    if at - width / 2 < 0:
        return "start", at - 1, at - 1 + width
    if at + width / 2 > 100:
        return "end", at + 1 - width, at + 1
    return "middle", at - width / 2, at + width / 2


def _place_labels(marks: Sequence[Mark]) -> list[Mark]:
    taken: dict[int, list[tuple[float, float]]] = {1: [], 2: [], 3: []}
    placed = []
    for each in sorted(marks, key=lambda mark: _BELOW.get(mark.kind, -1)):
        anchor, left, right = _extent(each.at, _width(each.text))
        row: int | None = 0
        if each.kind in _BELOW:
            row = next((n for n, spans in taken.items() if all(right + 2 < a or b + 2 < left for a, b in spans)), None)
            if row is not None:
                taken[row].append((left, right))
        placed.append(Mark(each.kind, each.at, each.text, anchor, row))
    return sorted(placed, key=lambda mark: (mark.at, mark.kind))


@dataclass(frozen=True)
class ProofDay:
    """A cell of the proof's sheet: a day, and its class names; `day` None before the first one."""

    day: date | None
    kind: str = ""
    number: int | None = None
    label_zh: str = ""
    label_en: str = ""
    basis: str = ""


def proof_days(view: Mapping[str, Any]) -> list[ProofDay]:
    """The proof as a sheet of weeks from Monday: the starting day, then each traced day (date, counted, number, why, labels, provisional)."""
    start, due, today = (as_date(view.get(name)) for name in ("start", "due", "today"))
    cells = [ProofDay(None)] * start.weekday()
    cells.append(ProofDay(start, "start today" if start == today else "start", label_zh="开始，不计", label_en="start, not counted"))
    for each in view.get("trace") or ():
        if each.date == start:
            continue
        kinds = ["counted" if each.counted else "skipped"]
        kinds += ["special"] if not each.counted and each.why != "weekend" else []
        kinds += ["provisional"] if each.provisional else []
        kinds += ["due"] if each.date == due else []
        kinds += ["today"] if each.date == today else []
        cells.append(ProofDay(each.date, " ".join(kinds), each.number, each.label_zh, each.label_en, each.basis or ""))
    return cells

