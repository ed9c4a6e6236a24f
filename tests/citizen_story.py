"""What the tests of the citizen's door share: filing through the pages, and letting officials work meanwhile."""
from __future__ import annotations

import html
import re

from sqlalchemy import select

from webapp.cases.do_task import complete_task
from webapp.cases.take_action import take_action
from webapp.models import Case, Task, db
from webapp.permissions import find_person

PROCEDURE = "dali-ducha"
TITLE, TEXT = "校服收费不合理", "学校统一收取校服费，每套 480 元。\n希望退还多收的费用。"
UNIT = "dali/xiangyun/education"
WAY = [
    ("dali/inspection.supervisor", "screen", {"decision": "assign", "unit": "dali/xiangyun"}),
    ("dali/xiangyun.intake", "receive", {}),
    ("dali/xiangyun.intake", "compare", {"decision": "new"}),
    ("dali/xiangyun.dispatcher", "dispatch", {"lead_unit": "dali/xiangyun/market"}),
    ("dali/xiangyun/market.clerk", "handle", {"decision": "reply", "text": "已责令退费。", "facts": "属实", "finding": "founded"}),
    ("dali/xiangyun.approver", "review", {"decision": "pass"}),
    ("dali/xiangyun.approver", "feedback", {"text": "经查属实，已责令学校退还多收的费用。"}),
]


def officials(app, number: str, until: str | None = None, start: str = "screen") -> None:
    """Officials do their tasks in order, up to and including `until`."""
    names = [task for _, task, _ in WAY]
    with app.app_context():
        for login, name, answers in WAY[names.index(start):]:
            task = db.session.scalar(select(Task).join(Case, Case.id == Task.case_id).where(Case.number == number, Task.name == name, Task.state == "open"))
            complete_task(app.extensions["duban"].env, task.id, answers, find_person(login=login))
            db.session.commit()
            if name == until:
                break
        db.session.remove()


def action(app, number: str, login: str, name: str, data: dict) -> None:
    """An official takes an action."""
    with app.app_context():
        case_id = db.session.scalar(select(Case.id).where(Case.number == number))
        take_action(app.extensions["duban"].env, case_id, name, data, find_person(login=login))
        db.session.commit()
        db.session.remove()


def hidden(text: str, name: str) -> str:
    """The value of a hidden field of a page."""
    return html.unescape(re.search(rf'name="{name}" value="([^"]*)"', text)[1])


NUMBERS = {word: n for n, word in enumerate("零一二三四五六七八九十")}


def answered(page: str) -> dict[str, str]:
    """The answer to the question of a page that ends with one, by its sum; nothing for other pages."""
    asked = re.search("([零一二三四五六七八九十])(加|减)([零一二三四五六七八九十])等于多少", page)
    if asked is None:
        return {}
    left, right = NUMBERS[asked[1]], NUMBERS[asked[3]]
    return {"captcha": str(left + right if asked[2] == "加" else left - right), "captcha_token": hidden(page, "captcha_token")}


class Filing:
    """A citizen at the filing's pages, without a script."""

    def __init__(self, client):
        self.client = client
        self.text = client.get(f"/file/{PROCEDURE}").text

    @property
    def at(self) -> str:
        return hidden(self.text, "at")

    def send(self, to: str = "next", **fields):
        """Send the page that is open; what comes back is the next one."""
        data = {"draft": hidden(self.text, "draft"), "at": self.at, "to": to, "csrf_token": hidden(self.text, "csrf_token"), **fields}
        if 'name="return"' in self.text:
            data["return"] = "1"
        response = self.client.post(f"/file/{PROCEDURE}", data=data)
        if response.status_code in (200, 422):
            self.text = response.text
        return response

    def fill(self, **contact):
        """Answer everything; the page to check stands open."""
        self.send()
        self.send(type="complaint", category="dc-2")
        self.send(respondent=UNIT)
        self.send(title=TITLE, text=TEXT)
        self.send(anonymous="true" if contact.pop("anonymous", False) else "false", claimant_kind="person")
        self.send(**({"claimant_name": "张三", "claimant_phone": "13800000001"} | contact))
        assert self.at == "check", self.text
        return self


def file_one(client, **contact) -> tuple[str, str]:
    """File a case through the pages: number and query code."""
    filing = Filing(client).fill(**contact)
    response = filing.send("send")
    assert response.status_code == 303, response.text
    page = client.get("/receipt").text
    return re.search(r"data-number>(\w+)<", page)[1], re.search(r"data-code>(\w+) (\w+)<", page)[0].split(">")[1].rstrip("<").replace(" ", "")
