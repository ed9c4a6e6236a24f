"""Holds the manifest's [[remind]] entries against what they name: deadlines, moments, and whom they tell."""
from __future__ import annotations

from .manifest import FILE, Manifest, Who
from .problems import Problem
from .words import MOMENT, ROLES, is_unit_word
from .xml import ProcessXml

STAFF = ROLES - {"citizen"}


def check_reminders(manifest: Manifest, processes: list[ProcessXml], problems: list[Problem], whole: bool) -> None:
    """Every fault of the entries, each under its deadline and moment; with `whole`, also a deadline that no diagram starts."""
    started = {name for p in processes for e in p.elements.values() for name in e.properties.get("starts", "").split()}
    seen: set[tuple[str, str, int, Who]] = set()
    for entry in manifest.reminders:
        where = f"remind ({entry.deadline} {entry.moment})"[:120]

        def bad(message: str, remedy: str = "", where: str = where) -> None:
            problems.append(Problem(FILE, where, message, remedy))

        known = entry.deadline in manifest.deadlines
        if not known:
            bad(f"unknown deadline '{entry.deadline[:60]}'", "name it in [deadlines]")
        elif whole and entry.deadline not in started:
            bad(f"no diagram starts the deadline '{entry.deadline[:60]}'", "a reminder needs a deadline that runs")
        if not MOMENT.fullmatch(entry.moment):
            bad(f"'{entry.moment[:60]}' is no moment", "yellow, last_day, overdue, every N wd|d|w, overdue every N wd|d|w")
        elif known and manifest.deadlines[entry.deadline].get("lapses") and entry.moment.startswith("overdue"):
            bad("a window that lapses is never overdue", "yellow, last_day or every N wd|d|w")
        if entry.first > 1 and "every" not in entry.moment:
            bad("`from` stands at a moment that does not repeat", "every N wd|d|w, overdue every N wd|d|w")
        if not entry.tell:
            bad("tells nobody", "UNIT.ROLE, for instance lead.clerk")
        for who in entry.tell:
            said = f"{who.unit}.{who.role}".strip(".")[:100]
            if who.role not in STAFF or who.unit == "citizen" or not is_unit_word(who.unit):
                bad(f"'{said}' is not UNIT.ROLE", f"a unit (office, assigned, lead, co, supervising, one_up(…), vars.NAME or a code), a dot, and one of {', '.join(sorted(STAFF))}")
            key = (entry.deadline, entry.moment, entry.first, who)
            if key in seen:
                bad(f"'{said}' is told twice")
            seen.add(key)
