"""A report's words and cells in the reader's language: what a group is called, how a number is written, what a file's rows hold."""
from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.deployments.registry import Deployed, Registry
from webapp.deployments.report_file import Figure
from webapp.http.case_words import CHANNELS, KINDS, OUTCOMES, TYPES, word
from webapp.http.formats import as_date, english, long_date, short_date
from webapp.models import Case, LedgerEntry
from webapp.reports.periods import Period
from webapp.reports.tables import OTHERS, Question, Table

PERIODS = {"week": _l("周"), "month": _l("月"), "half-year": _l("半年"), "year": _l("年")}
GROUPS = {"unit": _l("承办单位"), "county": _l("县（市、区）"), "office": _l("受理机构"), "channel": _l("渠道"), "type": _l("诉求类型"), "category": _l("类别"),
          "claimant": _l("诉求人"), "outcome": _l("办结方式"), "basis": _l("不予受理的依据")}
NOTHING = {"county": _l("县级以上单位"), "category": _l("未分类"), "basis": _l("没有不予受理"), "outcome": _l("在办")}
COHORTS = {"received": _l("本期收到的"), "closed": _l("本期办结的")}
DECISIONS = {"reject": _l("不予受理"), "redirect": _l("告知去向"), "refuse": _l("不同意退回")}
TABLES = {"channel": CHANNELS, "type": TYPES, "claimant": KINDS, "outcome": OUTCOMES}


def said(entry: Any, lang: str) -> str:
    """`zh` or `en` of a figure or report."""
    return entry.en if english(lang) else entry.zh


def period_words(period: Period, lang: str) -> str:
    """`2026年3月`, `2026年上半年`; where it is cut off, until which day."""
    first, en = period.first, english(lang)
    match period.kind:
        case "week":
            name = f"{long_date(first, lang)} – {long_date(period.end, lang)}"
        case "month":
            name = f"{first:%B %Y}" if en else f"{first.year}年{first.month}月"
        case "half-year":
            name = f"{'First' if first.month == 1 else 'Second'} half of {first.year}" if en else f"{first.year}年{'上' if first.month == 1 else '下'}半年"
        case _:
            name = str(first.year) if en else f"{first.year}年"
    return name if period.whole else _("%(period)s（截至%(date)s）", period=name, date=short_date(period.last, lang))


class GroupNames:
    """What the groups of a question are called."""

    def __init__(self, registry: Registry, deployed: Deployed, group: str, lang: str):
        self.registry, self.deployed, self.manifest, self.group, self.lang = registry, deployed, deployed.manifest, group, lang

    def of(self, group: str) -> GroupNames:
        """The names of another group of the same procedure."""
        return GroupNames(self.registry, self.deployed, group, self.lang)

    def unit(self, code: str | None) -> str:
        return self.registry.unit_name(code, self.lang)

    def name(self, value: str) -> str:
        if value == OTHERS:
            return str(NOTHING.get(self.group, "–"))
        if self.group in ("unit", "county", "office"):
            return self.registry.unit_name(value, self.lang)
        if self.group == "category":
            return self._listed(self.manifest.scope, value)
        if self.group == "basis":
            return _("不在受理范围") if value == "scope" else self._listed(self.manifest.exclusions, value)
        return word(TABLES[self.group], value)

    def _listed(self, entries: Any, value: str) -> str:
        found = next((e for e in entries if e["id"] == value), None)
        return self.manifest.text(found, self.lang) if found else value


def cell_words(figure: Figure, value: int | float | None) -> str:
    """`12`, `93.8%`, `6.4`; a dash where there is nothing to divide by."""
    if value is None:
        return "–"
    return f"{value}%" if figure.share is not None else str(value)


def cohort_of(asked: Question, figure: Figure) -> str:
    """Which cases a figure is of; a share, those that it divides by."""
    return asked.deployed.reports.figures[figure.share[1]].of if figure.share is not None else figure.of


def heads(asked: Question, figures: list[Figure]) -> list[tuple[str, int]]:
    """The upper row of the table's head: (cohort in words, how many columns)."""
    runs: list[tuple[str, int]] = []
    for figure in figures:
        name = str(COHORTS[cohort_of(asked, figure)])
        runs = [*runs[:-1], (name, runs[-1][1] + 1)] if runs and runs[-1][0] == name else [*runs, (name, 1)]
    return runs


def table_rows(asked: Question, table: Table, names: GroupNames, lang: str) -> list[list]:
    """A table as cells for a file; shares as numbers in percent."""
    ranked, previous = asked.report.rank is not None, asked.report.previous
    head = [*([_("名次")] if ranked else []), str(GROUPS[asked.group]), *(said(f, lang) + (" %" if f.share else "") for f in table.figures),
            *([_("上期%(figure)s", figure=said(table.figures[0], lang))] if previous else [])]
    rows = [head]
    for line in (*table.lines, table.total):
        name = _("合计") if line is table.total else names.name(line.group)
        rows.append([*([line.rank] if ranked else []), name, *line.cells, *([line.previous] if previous else [])])
    return rows


def case_rows(cases: list[Case], names: GroupNames) -> list[list]:
    """Cases as cells for a file: nothing that the citizen wrote, and nobody's name."""
    head = [_("编号"), *(str(GROUPS[g]) for g in ("type", "category", "channel", "unit")), _("提交日期"), _("办结日期"), str(GROUPS["outcome"])]
    category = names.of("category").name
    return [head, *([c.number, word(TYPES, c.type), category(c.category or OTHERS), word(CHANNELS, c.channel), names.unit(c.lead or c.assigned or c.office),
                     str(as_date(c.filed_at)), str(as_date(c.closed_at) or ""), word(OUTCOMES, c.outcome) if c.status == "closed" else str(NOTHING["outcome"])] for c in cases)]


def entry_facts(case: Case, entry: LedgerEntry, names: GroupNames) -> dict[str, Any]:
    """One entry of a register: what was decided by whom, on what basis and why."""
    answers = (entry.data or {}).get("answers") or {}
    tasks = names.deployed.definition.tasks()
    step = tasks[entry.kind][0] if entry.kind in tasks else names.manifest.actions.get(entry.kind)
    basis = answers.get("basis")
    return {"number": case.number, "title": case.title, "at": entry.at, "step": said(step, names.lang) if step else entry.kind, "unit": names.unit(entry.unit),
            "decision": str(DECISIONS.get(answers.get("decision"), "")), "basis": names.of("basis").name(basis) if isinstance(basis, str) and basis else "",
            "reason": str(answers.get("reason") or answers.get("body") or "")}


def entry_rows(facts: list[dict[str, Any]]) -> list[list]:
    """A register as cells for a file."""
    head = [_("时间"), _("编号"), _("步骤"), _("单位"), _("决定"), str(GROUPS["basis"]), _("理由")]
    return [head, *([str(as_date(f["at"])), f["number"], f["step"], f["unit"], f["decision"], f["basis"], f["reason"]] for f in facts)]
