"""What the database itself must keep, on both kinds: nothing written is lost, nothing written once is changed."""
from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from tests.conftest import close
from webapp.cases.file_case import file_case
from webapp.models import Account, CaseUnit, DirectoryFile, Filing, LedgerEntry, Outbox, Stamp, db
from webapp.models.storage import open_database, reading_only

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FILE = {"channel": "web", "type": "complaint", "category": "dc-2", "claimant": {"kind": "person", "name": "张三", "phone": "13800000001", "email": "z@example.org"},
        "title": "校服收费不合理", "text": "学校统一收取校服费，没有说明依据，请核查。"}


@pytest.fixture
def filed(env):
    receipt, _ = file_case(env, "dali-ducha", FILE)
    db.session.commit()
    return receipt


@pytest.mark.parametrize("statement", ["UPDATE ledger SET kind = 'other'", "DELETE FROM ledger", "UPDATE filing SET hash = ''", "DELETE FROM filing"])
def test_what_is_written_once_stays(filed, statement):
    with pytest.raises(DBAPIError, match="written once"):
        db.session.execute(text(statement))
    db.session.rollback()
    assert db.session.scalar(select(Filing.hash)) == filed.hash
    assert db.session.scalar(select(LedgerEntry.kind).order_by(LedgerEntry.seq)) == "filed"


REPLACED = {"ledger": ("case_id, seq, at, kind, actor, unit, data, hash", "kind"), "filing": ("case_id, seq, at, content, hash", "hash")}


@pytest.mark.parametrize("name", REPLACED)
@pytest.mark.parametrize("rowid", [False, True])
def test_nothing_replaces_what_is_written_once(filed, name, rowid):
    """REPLACE is a DELETE that SQLite does not tell its triggers of; PostgreSQL has ON CONFLICT, which is an UPDATE to them."""
    columns, changed = REPLACED[name]
    if db.engine.dialect.name == "postgresql":
        statement = f"INSERT INTO {name} ({columns}) SELECT {columns} FROM {name} ON CONFLICT (case_id, seq) DO UPDATE SET {changed} = 'other'"
    else:
        given = columns.replace("seq", "seq + 100") if rowid else columns.replace(changed, "'other'")
        statement = f"INSERT OR REPLACE INTO {name} ({'rowid, ' * rowid}{columns}) SELECT {'rowid, ' * rowid}{given} FROM {name}"
    with pytest.raises(DBAPIError, match="written once"):
        db.session.execute(text(statement))
    db.session.rollback()
    assert db.session.scalar(select(Filing.hash)) == filed.hash


def test_nothing_replaces_an_attached_file(env):
    file_case(env, "dali-ducha", {**FILE, "documents": [{"name": "a.txt", "text": "校服"}]})
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        statement = "INSERT INTO attachment SELECT * FROM attachment ON CONFLICT (id) DO UPDATE SET name = 'other'"
    else:
        statement = "INSERT OR REPLACE INTO attachment SELECT * FROM attachment"
    with pytest.raises(DBAPIError, match="written once"):
        db.session.execute(text(statement))
    db.session.rollback()


def test_an_increment_is_never_lost(app):
    with app.app_context():
        db.session.add(Stamp(name="count", value=0))
        db.session.commit()
        db.session.remove()

    def add():
        with app.app_context():
            for _ in range(20):
                row = db.session.scalar(select(Stamp).where(Stamp.name == "count").with_for_update())
                row.value += 1
                db.session.commit()
                db.session.remove()

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert db.session.get(Stamp, "count").value == 80
        db.session.remove()


def test_a_reader_does_not_wait_for_a_writer(app):
    done = []

    def read():
        with app.app_context(), reading_only():
            done.append(db.session.scalar(select(Account.id).limit(1)))
            db.session.remove()

    with app.app_context():
        db.session.add(Stamp(name="held", value=1))
        db.session.flush()
        thread = threading.Thread(target=read)
        thread.start()
        thread.join(5)
        assert done and done[0]
        db.session.rollback()
        db.session.remove()


def test_a_time_comes_back_as_it_went(env):
    row = Outbox(channel="mail", payload={}, next_at=AT.astimezone(timezone(timedelta(hours=8))), created_at=AT)
    db.session.add(row)
    db.session.commit()
    db.session.expire(row)
    assert row.next_at == AT and row.next_at.utcoffset() == timedelta(0)
    db.session.add(Outbox(channel="mail", payload={}, next_at=datetime(2026, 3, 2), created_at=AT))
    with pytest.raises(StatementError, match="naive"):
        db.session.flush()
    db.session.rollback()


def test_a_row_must_belong_to_something(env):
    db.session.add(CaseUnit(case_id=999, unit_id=999, relation="lead"))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_an_empty_database_takes_the_tables(empty_database_url):
    app = Flask("empty")
    open_database(app, empty_database_url)
    with app.app_context():
        db.create_all()
        db.session.add(DirectoryFile(id="x", content=b"", meta={"zh": "督办"}))
        db.session.commit()
        assert db.session.scalar(select(DirectoryFile)).meta == {"zh": "督办"}
    close(app)
