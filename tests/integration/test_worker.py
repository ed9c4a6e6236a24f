"""The worker: what is due fires once and in order, one broken case stops no other, and the outbox is emptied."""
from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from connectors.mail import MailError
from tests.integration.test_storage import FILE
from webapp.cases.do_task import complete_task
from webapp.cases.file_case import file_case
from webapp.cases.incidents import retry, unsolved
from webapp.cases.verify_ledger import verify_all
from webapp.models import LedgerEntry, MomentRow, Outbox, Task, db
from webapp.permissions import find_person
from webapp.worker import ATTEMPTS, Worker, deliver, moments, sweep
from webapp.worker import letters as sending


@pytest.fixture
def cases(env) -> list[int]:
    """Three cases whose first moment has come."""
    ids = []
    for _ in range(3):
        receipt, _ = file_case(env, "dali-ducha", FILE)
        db.session.commit()
        task = db.session.scalar(select(Task.id).where(Task.case_id == receipt.case_id, Task.name == "screen"))
        complete_task(env, task, {"decision": "assign", "unit": "dali/xiangyun"}, find_person(login="dali/inspection.supervisor"))
        db.session.commit()
        ids.append(receipt.case_id)
    env.clock.move(env.now() + timedelta(days=20))
    db.session.remove()
    return ids


def due(env) -> int:
    return db.session.scalar(select(func.count()).select_from(MomentRow).where(MomentRow.fire_at <= env.now()))


def fired(case_id: int) -> int:
    return db.session.scalar(select(func.count()).select_from(LedgerEntry).where(LedgerEntry.case_id == case_id, LedgerEntry.kind == "moment"))


def test_everything_due_fires(env, cases):
    assert due(env) >= 3
    assert sweep(env) >= 3
    assert due(env) == 0
    assert all(fired(case_id) for case_id in cases)
    assert verify_all(env.ledger_key) == (3, [])


def test_two_sweeps_at_once_fire_once(app, env, cases):
    def run():
        with app.app_context():
            sweep(env)
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert due(env) == 0
    counts = {fired(case_id) for case_id in cases}
    assert len(counts) == 1
    assert verify_all(env.ledger_key) == (3, [])


def test_a_broken_case_stops_no_other(env, cases, monkeypatch):
    sound = moments.fire_case

    def fire(env, case_id):
        if case_id == cases[0]:
            sound(env, case_id)
            raise RuntimeError("broken")
        return sound(env, case_id)

    monkeypatch.setattr(moments, "fire_case", fire)
    for _ in range(ATTEMPTS + 1):
        sweep(env)
    assert fired(cases[0]) == 0 and fired(cases[1]) and fired(cases[2])
    attempts = set(db.session.scalars(select(MomentRow.attempts).where(MomentRow.case_id == cases[0], MomentRow.fire_at <= env.now())))
    assert attempts == {ATTEMPTS}
    db.session.remove()

    monkeypatch.setattr(moments, "fire_case", sound)
    assert sweep(env) == 0
    (incident, _), = unsolved()
    assert retry(incident.id, env.now())
    db.session.commit()
    assert sweep(env) and fired(cases[0])


class Post:
    """A mail server that keeps what it is sent, or refuses."""

    def __init__(self, error: MailError | None = None):
        self.sent, self.error = [], error

    def send(self, to, subject, body, message_id, at):
        if self.error is not None:
            raise self.error
        self.sent.append((to, message_id))


def letters() -> list[tuple]:
    return [tuple(row) for row in db.session.execute(select(Outbox.channel, Outbox.state, Outbox.attempts).order_by(Outbox.id))]


def test_without_a_mail_server_a_letter_is_read_in_the_app(env, cases):
    assert deliver(env, None) == len(letters()) > 0
    assert {row[:2] for row in letters()} == {("app", "sent")}


def test_a_letter_is_sent_once(env, cases):
    post = Post()
    deliver(env, post)
    deliver(env, post)
    assert len(post.sent) == len(letters()) == len({message_id for _, message_id in post.sent})
    assert {to for to, _ in post.sent} == {"z@example.org"}


def test_a_letter_that_may_go_later_is_tried_again(env, cases):
    deliver(env, Post(MailError("busy", again=True)))
    assert {row[1:] for row in letters()} == {("waiting", 1)}
    post = Post()
    assert deliver(env, post) == 0
    env.clock.move(env.now() + timedelta(hours=1))
    assert deliver(env, post) == len(letters())


def test_a_letter_that_is_refused_fails(env, cases):
    deliver(env, Post(MailError("refused for z@example.org: no such mailbox", again=False)))
    assert {row[1] for row in letters()} == {"failed"}
    said = {incident.error for incident, _ in unsolved()}
    assert said == {"MailError: refused for z***@example.org: no such mailbox"}      # administrators do not read who wrote


def test_a_mail_server_that_is_away_is_left_alone_until_the_next_turn(env, cases):
    """Or a server that hangs would keep the deadlines waiting as many times as there are letters."""
    post = Post(MailError("timed out", again=True, away=True))
    assert deliver(env, post) == 0
    assert sorted(row[1:] for row in letters()) == [("waiting", 0)] * (len(letters()) - 1) + [("waiting", 1)]
    post.error = None
    assert deliver(env, post) == len(letters()) - 1     # the one that was tried waits its minutes


def test_a_turn_sends_so_many_letters_and_no_more(env, cases, monkeypatch):
    monkeypatch.setattr(sending, "LETTERS", 2)
    assert deliver(env, Post()) == 2


def test_a_letter_that_another_worker_has_taken_since_is_left_to_it(env, cases):
    """The lease ran out while the mail server was slow."""
    class Slow(Post):
        def send(self, *letter):
            db.session.execute(update(Outbox).where(Outbox.attempts == 1).values(attempts=2, state="sent"))
            db.session.commit()
            raise MailError("timed out", again=True, away=True)

    deliver(env, Slow())
    assert ("mail", "sent", 2) in letters()


def test_a_letter_that_cannot_be_written_stops_no_other(env, cases, monkeypatch):
    first, sound = db.session.scalar(select(func.min(Outbox.id))), sending._words
    monkeypatch.setattr(sending, "_words", lambda env, letter: {}["nothing"] if letter.id == first else sound(env, letter))
    post = Post()
    assert deliver(env, post) == len(letters()) - 1
    for _ in range(sending.SENDINGS):
        env.clock.move(env.now() + timedelta(days=1))
        deliver(env, post)
    assert db.session.scalar(select(Outbox.state).where(Outbox.id == first)) == "failed"
    assert [(i.what, i.subject) for i, _ in unsolved()] == [("letter", str(first))]


def test_the_thread_turns_and_stops(app, env, cases):
    thread = Worker(app)
    thread.start()
    try:
        for _ in range(100):
            if due(env) == 0:
                break
            db.session.remove()
            threading.Event().wait(0.1)
        assert due(env) == 0
    finally:
        db.session.remove()
        thread.stop()
    assert not thread.is_alive()


def test_a_change_is_seen_by_the_verification(env, cases):
    db.session.execute(update(LedgerEntry.__table__.metadata.tables["case"]).values(ledger_seq=99))
    count, problems = verify_all(env.ledger_key)
    assert count == 3 and len(problems) == 3
    db.session.rollback()
