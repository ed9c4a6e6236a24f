"""Two people at work on one case at the same time: the one who waits for the other goes on from what the other has done."""
from __future__ import annotations

import threading
import time

from sqlalchemy import select

from tests.benchmarks import story
from webapp.cases.do_task import complete_task
from webapp.models import Task, db
from webapp.permissions import find_person

HELD = 0.7      # seconds in which the first one keeps the case


def test_two_units_answer_at_once_and_both_answers_stand(app):
    env = app.extensions["duban"].env
    with app.app_context():
        case_id = story.file_one(env)
        story.play(env, case_id, story.until_dispatched(2))
        mine, theirs = (step for step in story.until_handled(2) if step.task == "assist")
        tasks = {step.item: story.task_of(case_id, step) for step in (mine, theirs)}
        people = {step.item: find_person(login=step.login) for step in (mine, theirs)}
        db.session.remove()
    done = threading.Event()
    failed: list[BaseException] = []

    def complete(step: story.Step, first: bool) -> None:
        with app.app_context():
            try:
                if not first:
                    done.wait(10)
                complete_task(env, tasks[step.item], step.answers, people[step.item])
                if first:
                    done.set()
                    time.sleep(HELD)
                db.session.commit()
            except BaseException as error:  # noqa: BLE001  told by the test
                failed.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=complete, args=(mine, True)), threading.Thread(target=complete, args=(theirs, False))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failed
    with app.app_context():
        rows = db.session.execute(select(Task.item, Task.state).where(Task.case_id == case_id, Task.name == "assist")).all()
        db.session.remove()
    assert sorted(rows) == sorted([(mine.item, "done"), (theirs.item, "done")])
