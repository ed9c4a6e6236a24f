"""What `duban ledger verify` finds when somebody with the database in their hands, the triggers off, has changed, moved or taken away what is written once."""
from __future__ import annotations

import sqlite3

import psycopg
import pytest

from tests.desk_story import COUNTY, INTAKE, SCREENER, Story
from webapp.cases.take_action import take_action
from webapp.cases.verify_ledger import verify_all
from webapp.domain.ledger import content_hash
from webapp.models import Case, Filing, db
from webapp.permissions import Citizen

LEDGER = "case_id, seq, at, kind, actor, unit, data, hash"


@pytest.fixture
def story(app, clock) -> Story:
    return Story(app, clock)


@pytest.fixture
def cases(story) -> tuple[int, int]:
    """Two cases with some entries, the first with something added by its citizen."""
    first, second = story.file(), story.file("路灯不亮")
    for number in (first, second):
        story.do(number, SCREENER, "screen", decision="assign", unit=COUNTY)
        story.do(number, INTAKE, "receive")
    ids = story.case(first).id, story.case(second).id
    for words in ("还有收据", "还有照片"):
        with story.app.app_context():
            take_action(story.env, ids[0], "add_information", {"text": words}, Citizen(ids[0]))
            db.session.commit()
            db.session.remove()
    with story.app.app_context():
        assert verify_all(story.env.ledger_key) == (2, [])
        db.session.remove()
    return ids


def forge(story, *statements: str, **values) -> list[str]:
    """Do it past triggers and keys; what the verification then says."""
    with story.app.app_context():
        url = db.engine.url
        if url.drivername == "sqlite":
            connection = sqlite3.connect(url.database)
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {name}")
        else:
            connection = psycopg.connect(url.set(drivername="postgresql", query={}).render_as_string(hide_password=False))
            connection.execute("SET session_replication_role = replica")
        for statement in statements:
            for name, value in values.items():
                statement = statement.replace(f":{name}", str(value))
            connection.execute(statement)
        connection.commit()
        connection.close()
        found = verify_all(story.env.ledger_key)[1]
        db.session.remove()
        return found


CHANGED = {
    "who": "UPDATE ledger SET actor = 'other' WHERE case_id = :a AND seq = 2", "when": "UPDATE ledger SET at = (SELECT at FROM ledger WHERE case_id = :a AND seq = 1) WHERE case_id = :a AND seq = 2",
    "what": "UPDATE ledger SET kind = 'dispatch' WHERE case_id = :a AND seq = 3", "why": "UPDATE ledger SET data = '{}' WHERE case_id = :a AND seq = 2",
    "one in the middle gone": "DELETE FROM ledger WHERE case_id = :a AND seq = 2", "the last gone": "DELETE FROM ledger WHERE case_id = :b AND seq = 3",
    "all gone": "DELETE FROM ledger WHERE case_id = :a", "moved to the other case": "UPDATE ledger SET case_id = :b, seq = 4 WHERE case_id = :a AND seq = 5",
    "one added": f"INSERT INTO ledger ({LEDGER}) SELECT case_id, 6, at, kind, actor, unit, data, hash FROM ledger WHERE case_id = :a AND seq = 5",
    "the filing changed": "UPDATE filing SET content = '{}' WHERE case_id = :a AND seq = 0", "the filing gone": "DELETE FROM filing WHERE case_id = :a AND seq = 0",
    "what was added gone": "DELETE FROM filing WHERE case_id = :a AND seq = 2", "the case gone": 'DELETE FROM "case" WHERE id = :a',
    "the other's filing": "UPDATE filing SET content = (SELECT content FROM filing WHERE case_id = :b), hash = (SELECT hash FROM filing WHERE case_id = :b) WHERE case_id = :a AND seq = 0",
}


@pytest.mark.parametrize("statement", CHANGED.values(), ids=CHANGED)
def test_every_change_is_found(story, cases, statement):
    assert forge(story, statement, a=cases[0], b=cases[1])


def test_entries_in_another_order_are_found(story, cases):
    assert forge(story, *(f"UPDATE ledger SET seq = {new} WHERE case_id = :a AND seq = {old}" for old, new in ((2, 90), (3, 2), (90, 3))), a=cases[0])


def test_entries_cut_off_are_found_though_the_case_says_so_too(story, cases):
    cut = "UPDATE \"case\" SET ledger_seq = 4, ledger_head = (SELECT hash FROM ledger WHERE case_id = :a AND seq = 4) WHERE id = :a"
    assert forge(story, "DELETE FROM ledger WHERE case_id = :a AND seq = 5", "DELETE FROM filing WHERE case_id = :a AND seq = 2", cut, a=cases[0])


def test_what_was_added_is_found_changed_though_its_hash_fits(story, cases):
    with story.app.app_context():
        number = db.session.get(Case, cases[0]).number
        at = db.session.get(Filing, (cases[0], 1)).at
        db.session.remove()
    digest = content_hash({"case": number, "filed_at": at.isoformat(), "content": {"text": "没有收据"}})
    assert forge(story, "UPDATE filing SET content = '{\"text\": \"没有收据\"}', hash = ':digest' WHERE case_id = :a AND seq = 1", a=cases[0], digest=digest)
