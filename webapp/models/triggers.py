"""Database triggers that keep what is written once: no update, no delete of filings and ledger entries, by any route."""
from __future__ import annotations

from sqlalchemy import DDL, Table, event

from .attachment import Attachment
from .case import Filing
from .export import ExportRecord
from .record import LedgerEntry

WRITTEN_ONCE = (Filing.__table__, LedgerEntry.__table__, ExportRecord.__table__)


def _sqlite(table: Table) -> list[str]:
    """REPLACE deletes without asking the trigger on DELETE, the row of the same key as the row of the same rowid: hence the one on INSERT."""
    name, same = table.name, " AND ".join(f"{c.name} = NEW.{c.name}" for c in table.primary_key)
    taken = f"EXISTS (SELECT 1 FROM {name} WHERE {same}) OR EXISTS (SELECT 1 FROM {name} WHERE rowid = NEW.rowid)"        # noqa: S608  the models' own names
    said = f"BEGIN SELECT RAISE(ABORT, '{name} is written once'); END"
    return [*(f"CREATE TRIGGER {name}_no_{verb} BEFORE {verb.upper()} ON {name} {said}" for verb in ("update", "delete")),
            f"CREATE TRIGGER {name}_no_replace BEFORE INSERT ON {name} WHEN {taken} {said}"]


def _postgresql(each: Table) -> list[str]:
    table = each.name
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
        "CREATE TRIGGER attachment_no_replace BEFORE INSERT ON attachment WHEN EXISTS (SELECT 1 FROM attachment WHERE case_id IS NOT NULL AND (id = NEW.id OR rowid = NEW.rowid)) "      # noqa: S608  fixed words
        f"BEGIN SELECT RAISE(ABORT, '{_SAID}'); END",
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
    return [line for table in WRITTEN_ONCE for line in make(table)] + ATTACHED[dialect]


for _table in WRITTEN_ONCE:
    for _line in _sqlite(_table):
        event.listen(_table, "after_create", DDL(_line).execute_if(dialect="sqlite"))
    for _line in _postgresql(_table):
        event.listen(_table, "after_create", DDL(_line.replace("%", "%%")).execute_if(dialect="postgresql"))
for _dialect, _lines in ATTACHED.items():
    for _line in _lines:
        event.listen(Attachment.__table__, "after_create", DDL(_line.replace("%", "%%")).execute_if(dialect=_dialect))
