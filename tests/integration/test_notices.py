"""In-app messages reach those who hold the role, and nobody behind the wall; a rectification notice leads to no case."""
from __future__ import annotations

import re
from pathlib import Path

from webapp.cases.do_task import complete_task
from webapp.cases.file_case import file_case
from webapp.cases.notices import notices_for
from webapp.cases.take_action import take_action
from webapp.http.notice_words import WORDS
from webapp.models import Task, db
from webapp.permissions import Citizen, find_person

CONTENT = Path(__file__).parents[2]
FILED = {"channel": "web", "type": "complaint", "title": "路灯不亮", "text": "坏了一个月", "claimant": {"kind": "person", "name": "李四"}}


def test_a_supplement_is_told_to_whoever_has_the_case(app, env):
    receipt, _ = file_case(env, "dali-ducha", FILED)
    db.session.commit()
    task = db.session.scalar(db.select(Task.id).where(Task.name == "screen"))
    complete_task(env, task, {"decision": "assign", "unit": "dali/xiangyun"}, find_person(login="dali/inspection.supervisor"))
    db.session.commit()
    take_action(env, receipt.case_id, "add_information", {"text": "补充"}, Citizen(receipt.case_id))
    db.session.commit()
    intake, other = find_person(login="dali/xiangyun.intake"), find_person(login="dali/market.intake")
    assert [(n.kind, number) for n, number, _ in notices_for(intake, None, 10)] == [("supplemented", receipt.number)]
    assert notices_for(other, None, 10) == []
    take_action(env, receipt.case_id, "recuse", {"reason": "亲属"}, intake)
    db.session.commit()
    assert notices_for(intake, None, 10) == []
    db.session.remove()
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/desk/login", data={"login": "dali/xiangyun.intake#2", "password": "duban-demo"})
    page = client.get("/desk/notices")
    assert page.status_code == 200 and receipt.number in page.text and "补充了材料" in page.text
    assert client.get("/desk/notices?before=x").status_code == 200


def test_supervision_by_hand_is_told_to_the_head_of_the_unit(env):
    """What the supervising office asks for reaches the unit; that a limit was missed is told by the reminders."""
    receipt, _ = file_case(env, "dali-ducha", FILED)
    task = db.session.scalar(db.select(Task.id).where(Task.name == "screen"))
    supervisor = find_person(login="dali/inspection.supervisor")
    complete_task(env, task, {"decision": "assign", "unit": "dali/xiangyun"}, supervisor)
    take_action(env, receipt.case_id, "order_supervision", {"trigger": "dc-s-4", "mode": "phone", "instruction": "请说明为何推诿"}, supervisor)
    db.session.commit()
    head = find_person(login="dali/xiangyun.unit_head")
    assert [(n.kind, n.data["text"], number) for n, number, _ in notices_for(head, None, 10)] == [("supervised", "请说明为何推诿", receipt.number)]


def test_every_message_to_staff_has_words():
    told = {kind for path in CONTENT.glob("processes/*/*.*") if path.suffix in (".bpmn", ".toml")
            for effect in re.findall(r"notify[^\n]*", path.read_text(encoding="utf-8")) for kind in re.findall(r'kind: (?:&quot;|")(\w+)', effect)}
    assert told and told - set(WORDS) == set()
