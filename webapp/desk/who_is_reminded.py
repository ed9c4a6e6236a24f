"""Who is reminded of a running deadline, and when: the manifest's entries with the dates and units of this case."""
from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from webapp.cases.case_work import CaseWork
from webapp.cases.reminders import REMIND
from webapp.cases.resolve import units_named
from webapp.domain.clock import local_date
from webapp.domain.deadlines import Deadline
from webapp.domain.moments import parse_moment
from webapp.http.article_words import article_words
from webapp.http.case_words import ROLES, word
from webapp.http.formats import count, english


def reminders_of(work: CaseWork, deadline: Deadline, lang: str) -> list[dict[str, Any]]:
    """In the order in which they come: `when` (a date, None while paused), `came`, what moment it is, `who`, `article`. Empty once it has ended."""
    if deadline.ended:
        return []
    times = {m.moment: m.n for m in work.moments if m.engine_id == REMIND and m.deadline == deadline.name and m.deadline_n == deadline.n}
    found = []
    for entry in work.manifest.reminders:
        if entry.deadline != deadline.name:
            continue
        repeats = parse_moment(entry.moment).repeats
        at = deadline.moment_at(entry.moment, max(entry.first, times.get(entry.moment, 1)) if repeats else 1, work.calendar)
        who = [f"{work.env.registry.unit_name(code, lang)}{' ' if english(lang) else ''}{word(ROLES, each.role)}" for each in entry.tell for code in units_named(work, each.unit)]
        if who and not (repeats and at is None and deadline.due is not None):
            found.append({"when": local_date(at) if at else None, "came": at is not None and at <= work.now, "what": moment_words(entry.moment, entry.first, lang),
                          "who": list(dict.fromkeys(who)), "article": article_words(entry.article, lang)})
    return sorted(found, key=lambda each: (each["when"] is None, str(each["when"])))


def moment_words(moment: str, first: int, lang: str) -> str:
    """`overdue every 1 w` is 逾期起每 1 周; of one that begins later, from its how-manieth time."""
    read = parse_moment(moment)
    if not read.repeats:
        return str({"yellow": _("用去八成时间"), "last_day": _("最后一天"), "overdue": _("逾期")}[read.kind])
    each = count(read.n, read.unit, lang)
    words = _("逾期起每 %(span)s", span=each) if read.kind == "overdue_every" else _("每 %(span)s", span=each)
    return words if first == 1 else _("%(moment)s，自第 %(n)s 次起", moment=words, n=first)
