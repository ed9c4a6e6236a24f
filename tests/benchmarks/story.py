"""The named scenario that every measurement plays, and how its cases come to be in a database."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from tests.conftest import PROCEDURE
from webapp.cases.do_task import complete_task
from webapp.cases.environment import Environment
from webapp.cases.file_case import file_case
from webapp.models import Task, Unit, db
from webapp.permissions import Citizen, Person, find_person

NAME = "rework: screen → receive → compare → dispatch to a lead and two assisting units → assist ×2 → handle → (review: rework → handle) ×N → review: pass → feedback"
TEXT = ("幸福路小学本学期向每位学生收取校服费四百八十元，没有公示收费依据，也没有征求家长意见。家长多次向学校反映，学校答复说是统一规定，拒绝退还，也不肯出示文件。"
        "我们了解到邻近学校的同类校服只要二百六十元。请有关部门核查收费是否合规，责令学校公开采购过程，退还多收的费用，并把处理结果书面告知全体家长。"
        "此事已经拖了两个多月，孩子们还在等着换季的衣服，希望能够尽快办理。如需发票和合同的照片，可以随时提供，谢谢。")[:200]
REPLY = "经现场核查，学校未公示收费依据，情况属实。已责令立即整改，于本月底前退还多收费用，并向家长公开采购过程。"
COUNTY = "dali/xiangyun"
LEAD = "dali/xiangyun/market"
ASSISTING = ("dali/xiangyun/education", "dali/xiangyun/housing", "dali/xiangyun/water", "dali/xiangyun/transport", "dali/xiangyun/hr", "dali/education", "dali/housing",
             "dali/market")


@dataclass(frozen=True)
class Step:
    """`login` completes the open task `task` (that of the unit `item`, where there are several) with `answers`."""

    login: str
    task: str
    answers: dict[str, Any] = field(default_factory=dict)
    item: str | None = None


def filing() -> dict[str, Any]:
    """What the citizen sends: a complaint of 200 characters with a name and a telephone number."""
    assert len(TEXT) == 200, len(TEXT)
    return {"channel": "web", "type": "complaint", "category": "dc-2", "title": "学校收取校服费不合理", "text": TEXT,
            "claimant": {"kind": "person", "name": "张三", "phone": "13800000001"}}


def until_dispatched(assisting: int = 2, lead: str = LEAD) -> Iterator[Step]:
    """From the filing to the handling unit, `assisting` units beside it."""
    units = [u for u in ASSISTING if u != lead][:assisting]
    yield Step("dali/inspection.supervisor", "screen", {"decision": "assign", "unit": COUNTY})
    yield Step(f"{COUNTY}.intake", "receive")
    yield Step(f"{COUNTY}.intake", "compare", {"decision": "new"})
    yield Step(f"{COUNTY}.dispatcher", "dispatch", {"lead_unit": lead, "co_units": units})


def until_handled(assisting: int = 2) -> Iterator[Step]:
    """And until the lead unit's result lies before the reviewer."""
    yield from until_dispatched(assisting)
    for unit in ASSISTING[:assisting]:
        yield Step(f"{unit}.clerk", "assist", {"text": "已核对学校的收费备案，没有找到该项目。"}, unit)
    yield handle()


def handle() -> Step:
    return Step(f"{LEAD}.clerk", "handle", {"decision": "reply", "facts": "属实", "finding": "founded", "text": REPLY})


def rework() -> Iterator[Step]:
    """Sent back once, and handled again."""
    yield Step(f"{COUNTY}.approver", "review", {"decision": "rework", "reason": "请补充退费的期限和名单。"})
    yield handle()


def ending() -> Iterator[Step]:
    """Passed and answered: the case is closed."""
    yield Step(f"{COUNTY}.approver", "review", {"decision": "pass"})
    yield Step(f"{COUNTY}.approver", "feedback", {"text": REPLY})


def whole(reworks: int = 0, assisting: int = 2) -> Iterator[Step]:
    yield from until_handled(assisting)
    for _ in range(reworks):
        yield from rework()
    yield from ending()


# -- playing it on a database ----------------------------------------------------------------------------------------
def file_one(env: Environment) -> int:
    """File the story's case; committed. Returns its id."""
    receipt, _work = file_case(env, PROCEDURE, filing())
    db.session.commit()
    db.session.remove()
    return receipt.case_id


def task_of(case_id: int, step: Step) -> int:
    """The open task that a step is about."""
    query = select(Task.id).outerjoin(Unit, Unit.id == Task.unit_id).where(Task.case_id == case_id, Task.name == step.task, Task.state == "open")
    return db.session.scalars(query.where(Task.item == step.item) if step.item else query).one()


def play(env: Environment, case_id: int, steps: Iterator[Step], people: People | None = None) -> None:
    """Complete each step's task, each in its own transaction."""
    people = people or People()
    for step in steps:
        person, task = people[step.login], task_of(case_id, step)
        complete_task(env, task, step.answers, person)
        db.session.commit()
        db.session.remove()


def rate(env: Environment, case_id: int) -> None:
    """The citizen's last word on a closed case."""
    complete_task(env, task_of(case_id, Step("citizen", "rate")), {"rating": "satisfied", "comment": "已经退费，谢谢。"}, Citizen(case_id))
    db.session.commit()
    db.session.remove()


class People(dict[str, Person]):
    """Officials by login, each looked up once."""

    def __missing__(self, login: str) -> Person:
        found = find_person(login=login)
        if found is None:
            raise LookupError(login)
        self[login] = found
        return found
