"""Carrying figures away: a file of cells, in which text stays text, and the record of who took what. The door commits."""
from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter
from sqlalchemy import select

from webapp.models import ExportRecord, Membership, Unit, db
from webapp.permissions import Person

KINDS = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
MOST = 5_000            # rows of one file: nobody carries away the whole (local)
FORMULA = tuple("=+-@\t\r\n＝＋－＠")       # what spreadsheets take for a formula at the start of a cell; Chinese ones, full-width signs too
BLANKS = " \u00a0\u3000\u200b\ufeff"            # what they may pass over before it
CALENDAR_EXPORT = "calendar_change"      # what a change of a calendar moves, among the reports
Cell = str | int | float | None


def write_file(kind: str, rows: Sequence[Sequence[Cell]], sheet: str) -> bytes:
    """The cells as a file of a kind of KINDS; the first row is the head. Numbers are numbers, everything else is text and nothing but text."""
    return _csv(rows) if kind == "csv" else _xlsx(rows, sheet)


def _csv(rows: Sequence[Sequence[Cell]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([[_harmless(cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")      # with the mark by which spreadsheets know UTF-8


def _harmless(cell: Cell) -> Cell:
    return "'" + cell if isinstance(cell, str) and cell.lstrip(BLANKS).startswith(FORMULA) else cell


def _xlsx(rows: Sequence[Sequence[Cell]], sheet: str) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}) as book:
        page, bold = book.add_worksheet("".join(c for c in sheet if c not in "[]:*?/\\'")[:31] or "1"), book.add_format({"bold": True})
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                if isinstance(cell, int | float):
                    page.write_number(y, x, cell)
                elif cell:
                    page.write_string(y, x, cell[:32_767], bold if y == 0 else None)
        page.freeze_panes(1, 0)
        page.set_column(0, 0, 28)
    return out.getvalue()


def record_export(person: Person, procedure: str, report: str, asked: dict[str, Any], kind: str, rows: int, file: bytes, now: datetime) -> None:
    """Enter who took which file: never changed or deleted afterwards."""
    db.session.add(ExportRecord(account_id=person.account_id, login=person.login, name=person.name, procedure=procedure, report=report, asked=asked, kind=kind, rows=rows,
                                sha256=hashlib.sha256(file).hexdigest(), at=now))
    db.session.flush()


def exports_of(person: Person, roles: Sequence[str], limit: int) -> list[ExportRecord]:
    """The latest exports by people of the units in which the person holds one of the roles."""
    units = [h.unit for h in person.holdings if h.role in roles]
    theirs = select(Membership.account_id).join(Unit, Unit.id == Membership.unit_id).where(Unit.code.in_(units))
    return list(db.session.scalars(select(ExportRecord).where(ExportRecord.account_id.in_(theirs)).order_by(ExportRecord.id.desc()).limit(limit)))
