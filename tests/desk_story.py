"""Cases and people for tests of the desk: files, acts as somebody, and a browser that is signed in."""
from __future__ import annotations

import re
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import PASSWORD, PROCEDURE
from webapp.cases.do_task import complete_task
from webapp.cases.file_case import file_case
from webapp.cases.take_action import take_action
from webapp.models import Account, Case, Task, db
from webapp.permissions import find_person

OFFICE, COUNTY = "dali/inspection", "dali/xiangyun"
SCREENER, INTAKE, DISPATCHER, APPROVER = f"{OFFICE}.supervisor", f"{COUNTY}.intake", f"{COUNTY}.dispatcher", f"{COUNTY}.approver"
HANDLER, ASSISTANT, REPORTED = f"{COUNTY}/market.clerk", f"{COUNTY}/housing.clerk", f"{COUNTY}/education.clerk"
TEXT = "学校统一收取校服费，一套四百多元，家长群里没有征求过意见。\n请核实收费依据。"


class Story:
    """What happens beside the browser. Each act has a context of its own, as each request has."""

    def __init__(self, app, clock):
        self.app, self.clock, self.env = app, clock, app.extensions["duban"].env

    def wait(self, **span) -> None:
        self.clock.move(self.clock.now() + timedelta(**span))

    def scalar(self, query):
        """The first value of a query; objects come detached."""
        with self.app.app_context():
            found = db.session.scalar(query)
            db.session.remove()
            return found

    def file(self, title: str = "校服收费不合理", text: str = TEXT, **more) -> str:
        """File a case one minute on; its number."""
        self.wait(minutes=1)
        claimant = {"kind": "person", "name": "张小三", "phone": "13800000001", "email": "zhang@example.cn", **more.pop("claimant", {})}
        given = {"channel": "web", "type": "complaint", "category": "dc-2", "title": title, "text": text, "claimant": claimant, **more}
        with self.app.app_context():
            receipt, _ = file_case(self.env, PROCEDURE, given)
            db.session.commit()
            db.session.remove()
        return receipt.number

    def case(self, number: str) -> Case:
        return self.scalar(select(Case).where(Case.number == number))

    def task(self, number: str, name: str) -> Task:
        """The open task of that name on the case."""
        return self.scalar(select(Task).join(Case, Case.id == Task.case_id).where(Case.number == number, Task.name == name, Task.state == "open"))

    def do(self, number: str, login: str, name: str, **answers) -> None:
        """Complete the open task of that name as somebody, one minute on."""
        self.wait(minutes=1)
        task = self.task(number, name)
        with self.app.app_context():
            complete_task(self.env, task.id, answers, find_person(login=login))
            db.session.commit()
            db.session.remove()

    def act(self, number: str, login: str, name: str, **data) -> None:
        """Take an action as somebody."""
        case = self.case(number)
        with self.app.app_context():
            take_action(self.env, case.id, name, data, find_person(login=login))
            db.session.commit()
            db.session.remove()

    def names(self) -> set[str]:
        """The names of all accounts."""
        with self.app.app_context():
            found = set(db.session.scalars(select(Account.name)))
            db.session.remove()
            return found

    def at_receive(self, **filed) -> str:
        number = self.file(**filed)
        self.do(number, SCREENER, "screen", decision="assign", unit=COUNTY)
        return number

    def at_compare(self, **filed) -> str:
        number = self.at_receive(**filed)
        self.do(number, INTAKE, "receive")
        return number

    def at_handle(self, **filed) -> str:
        number = self.at_compare(**filed)
        self.do(number, INTAKE, "compare", decision="new")
        self.do(number, DISPATCHER, "dispatch", lead_unit=f"{COUNTY}/market")
        return number


def token(page: str) -> str:
    """The page's CSRF token."""
    return re.search(r'<meta name="csrf-token" content="([^"]+)"', page)[1]


class Browser:
    """A signed-in browser without scripts: pages by GET, plain forms and the JSON that form-js sends by POST."""

    def __init__(self, app, login: str, lang: str = "zh"):
        self.client: FlaskClient = app.test_client()
        self.headers = {"Accept-Language": lang}
        page = self.client.get("/desk/login", headers=self.headers).text
        answer = self.client.post("/desk/login", data={"login": login, "password": PASSWORD, "csrf_token": token(page)}, headers=self.headers)
        assert answer.status_code == 302, answer.text
        self.csrf = token(self.get("/desk/search").text)

    def get(self, address: str, status: int = 200):
        answer = self.client.get(address, headers=self.headers)
        assert answer.status_code == status, (answer.status_code, answer.text[:2000])
        return answer

    def post(self, address: str, **data):
        return self.client.post(address, data={**data, "csrf_token": self.csrf}, headers=self.headers)

    def submit(self, address: str, values: dict):
        return self.client.post(address, json={"values": values}, headers={**self.headers, "X-CSRFToken": self.csrf, "Accept": "application/json"})

    def numbers(self, address: str) -> list[str]:
        """The case numbers of a list, in its order."""
        return re.findall(r'<span class="number num">(\w+)</span>', self.get(address).text)

    def complete(self, number: str, values: dict):
        """Submit the form that the case page shows."""
        action = re.search(r'data-action="([^"]+)"', self.get(f"/desk/cases/{number}").text)[1]
        return self.submit(action.replace("&amp;", "&"), values)
