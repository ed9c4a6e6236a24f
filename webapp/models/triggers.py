"""Database triggers that keep what is written once: no update, no delete of filings and ledger entries, by any route."""
from __future__ import annotations

from sqlalchemy import DDL, event

from .attachment import Attachment
from .case import Filing
from .export import ExportRecord
from .record import LedgerEntry

WRITTEN_ONCE = (Filing.__table__, LedgerEntry.__table__, ExportRecord.__table__)


def _sqlite(table: str) -> list[str]:
    return [f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is written once'); END"
            for verb in ("update", "delete")]


def _postgresql(table: str) -> list[str]:
    return [
        f"CREATE FUNCTION {table}_written_once() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{table} is written once'; END $$ LANGUAGE plpgsql",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_written_once()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_written_once()",
    ]


# A file's row: what was sent never changes, and once it is a case's it stays so. Until then it may be deleted.
_CHANGED = " OR ".join(["OLD.case_id IS NOT NULL", *(f"NEW.{c} {{differs}} OLD.{c}" for c in ("id", "name", "size", "sha256", "kind", "type", "uploaded_by"))])
_SAID = "an attachment is written once"
ATTACHED = {
    "sqlite": [
        f"CREATE TRIGGER attachment_no_update BEFORE UPDATE ON attachment WHEN {_CHANGED.format(differs='IS NOT')} BEGIN SELECT RAISE(ABORT, '{_SAID}'); END",
        f"CREATE TRIGGER attachment_no_delete BEFORE DELETE ON attachment WHEN OLD.case_id IS NOT NULL BEGIN SELECT RAISE(ABORT, '{_SAID}'); END",
    ],
    "postgresql": [
        f"CREATE FUNCTION attachment_written_once() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{_SAID}'; END $$ LANGUAGE plpgsql",
        f"CREATE TRIGGER attachment_no_update BEFORE UPDATE ON attachment FOR EACH ROW WHEN ({_CHANGED.format(differs='IS DISTINCT FROM')}) "
        "EXECUTE FUNCTION attachment_written_once()",
        "CREATE TRIGGER attachment_no_delete BEFORE DELETE ON attachment FOR EACH ROW WHEN (OLD.case_id IS NOT NULL) EXECUTE FUNCTION attachment_written_once()",
        "CREATE TRIGGER attachment_no_truncate BEFORE TRUNCATE ON attachment FOR EACH STATEMENT EXECUTE FUNCTION attachment_written_once()",
    ],
}


def statements(dialect: str) -> list[str]:
    """The trigger statements for a dialect, for migrations and for `create_all` alike."""
    make = {"sqlite": _sqlite, "postgresql": _postgresql}[dialect]
    return [line for table in WRITTEN_ONCE for line in make(table.name)] + ATTACHED[dialect]


for _table in WRITTEN_ONCE:
    for _line in _sqlite(_table.name):
        event.listen(_table, "after_create", DDL(_line).execute_if(dialect="sqlite"))
    for _line in _postgresql(_table.name):
        event.listen(_table, "after_create", DDL(_line.replace("%", "%%")).execute_if(dialect="postgresql"))
for _dialect, _lines in ATTACHED.items():
    for _line in _lines:
        event.listen(Attachment.__table__, "after_create", DDL(_line.replace("%", "%%")).execute_if(dialect=_dialect))
