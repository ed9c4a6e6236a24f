"""The public page of opinions on drafts: what it shows, when, and what it never shows; and giving an opinion through it."""
from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from tests.citizen_story import answered, hidden
from tests.conftest import PASSWORD
from webapp.cases.do_task import complete_task
from webapp.cases.file_case import file_case
from webapp.cases.published import PAGE
from webapp.cases.take_action import take_action
from webapp.deployments.bundle import flatten
from webapp.deployments.deploy import deploy, load_directories
from webapp.domain.clock import SHANGHAI
from webapp.models import Case, Consultation, Task, db
from webapp.permissions import Citizen, find_person
from webapp.scenarios.sandbox import BEGINNING
from webapp.settings import ROOT

PROCEDURE = "liaoning-yijian"
OFFICE = "liaoning/justice"
WRITER = {"name": "欧阳明", "id_number": "210102198001010011", "occupation": "律师", "phone": "13900000001", "email": "ouyang@example.org"}
TEXT = "第十九条的期限应当缩短到 10 个工作日。"
TELLING = f"{TEXT}我是欧阳 明，电话 139-0000-0001，身份证210102198001010011，邮箱ouyang@example.org，或打024-86890000。"
EDITED = "第十九条：期限缩短到 10 个工作日。"
DISCLAIMER = "不代表网站观点"
STEPS = [(f"{OFFICE}.intake", "moderate", {"decision": "pass"}), (f"{OFFICE}.clerk", "edit", {"text": EDITED}), (f"{OFFICE}.unit_head", "review", {"decision": "pass"}),
         (f"{OFFICE}.dispatcher", "assign", {"unit": "liaoning/business-env"}), ("liaoning/business-env.clerk", "consider", {"decision": "partly", "reason": "内部考虑"})]


@pytest.fixture
def site(app):
    """The application with the procedure deployed, and a consultation of each kind open from 2 to 31 March. Returns their ids by kind."""
    from webapp.portal.frame import limiter

    limiter.reset()
    with app.app_context():
        load_directories(ROOT, BEGINNING, PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD), only="liaoning")
        deploy(flatten(ROOT, PROCEDURE), BEGINNING, "test")
        ids = {kind: consult(kind, title) for kind, title in (("document", "热线工作意见"), ("rule", "诉求办理规定"))}
        db.session.commit()
        db.session.remove()
        app.extensions["duban"].env.registry.forget()
    return ids


def consult(kind: str, title: str, opens: date = date(2026, 3, 2), closes: date = date(2026, 3, 31)) -> int:
    row = Consultation(procedure=PROCEDURE, kind=kind, title=title, opens=opens, closes=closes, created_at=datetime(2026, 3, 1, tzinfo=UTC))
    db.session.add(row)
    db.session.flush()
    return row.id


def give(app, on: int, text: str = TELLING) -> int:
    with app.app_context():
        given = {"channel": "web", "title": "欧阳明的意见", "text": text, "claimant": WRITER}
        receipt, _ = file_case(app.extensions["duban"].env, PROCEDURE, given, consultation=on)
        db.session.commit()
        db.session.remove()
        return receipt.case_id


def act(app, case_id: int, *steps) -> None:
    with app.app_context():
        for login, name, answers in steps:
            task = db.session.scalar(select(Task).where(Task.case_id == case_id, Task.name == name, Task.state == "open"))
            complete_task(app.extensions["duban"].env, task.id, answers, find_person(login=login))
            db.session.commit()
        db.session.remove()


def words(client, address: str) -> str:
    """The opinions of a page, and what stands around them, without markup."""
    response = client.get(address)
    assert response.status_code == 200
    return html.unescape(re.sub(r"<[^>]+>", " ", response.text))


def nobody_is_named(text: str) -> None:
    for each in ("欧阳", "13900000001", "139-0000-0001", WRITER["id_number"], WRITER["email"], "86890000", WRITER["occupation"], "YJ2026"):
        assert each not in text, each


def test_drafts_are_listed_by_window(app, site, client, clock):
    with app.app_context():
        consult("rule", "早已结束的", date(2026, 1, 1), date(2026, 1, 31))
        consult("rule", "还没开始的", date(2026, 5, 1), date(2026, 5, 31))
        db.session.commit()
    page = words(client, "/opinions")
    places = [page.index(each) for each in ("热线工作意见", "诉求办理规定", "还没开始的", "早已结束的")]
    assert places == sorted(places) and "正在征求意见" in page and "已结束" in page and "尚未开始" in page
    clock.move(datetime(2026, 4, 1, 0, 0, tzinfo=SHANGHAI))
    assert "现在没有" not in words(client, "/opinions") and "正在征求意见" not in words(client, "/opinions")


def test_an_opinion_on_a_document_is_shown_at_once_without_its_writer(app, site, client):
    address = f"/opinions/{site['document']}"
    assert "还没有公开的意见" in words(client, address)
    case = give(app, site["document"])
    page = words(client, address)
    assert TEXT in page and "2026年3月2日" in page and "正在研究" in page and DISCLAIMER in page and "〔已隐去〕" in page
    nobody_is_named(page)
    act(app, case, *STEPS[3:])
    page = words(client, address)
    assert "部分采纳" in page and "正在研究" not in page and "内部考虑" not in page and TEXT in page
    nobody_is_named(page)


def test_an_opinion_on_a_rule_is_shown_only_as_edited_and_only_after_the_decision(app, site, client):
    address, case = f"/opinions/{site['rule']}", give(app, site["rule"])
    for step in STEPS:
        assert "第十九条" not in words(client, address)
        act(app, case, step)
    assert "第十九条" not in words(client, address) and DISCLAIMER in words(client, address)
    act(app, case, (f"{OFFICE}.clerk", "publish", {"decision": "publish"}))
    page = words(client, address)
    assert EDITED in page and TEXT not in page and "部分采纳" in page
    nobody_is_named(page)
    assert EDITED not in words(client, f"/opinions/{site['document']}")


def test_what_is_withheld_or_rejected_is_not_shown(app, site, client):
    withheld, rejected = give(app, site["rule"]), give(app, site["rule"])
    act(app, withheld, *STEPS, (f"{OFFICE}.clerk", "publish", {"decision": "withhold"}))
    act(app, rejected, (f"{OFFICE}.intake", "moderate", {"decision": "reject", "basis": "scope"}))
    page = words(client, f"/opinions/{site['rule']}")
    assert "第十九条" not in page and "还没有公开的意见" in page


def test_an_editor_s_slip_is_taken_out(app, site, client):
    case = give(app, site["rule"])
    act(app, case, STEPS[0], (f"{OFFICE}.clerk", "edit", {"text": f"{EDITED}（欧阳明，13900000001）"}), *STEPS[2:], (f"{OFFICE}.clerk", "publish", {"decision": "publish"}))
    page = words(client, f"/opinions/{site['rule']}")
    assert EDITED in page
    nobody_is_named(page)


def test_what_was_withdrawn_is_no_longer_shown(app, site, client):
    case = give(app, site["document"])
    assert TEXT in words(client, f"/opinions/{site['document']}")
    with app.app_context():
        take_action(app.extensions["duban"].env, case, "withdraw", {}, Citizen(case))
        db.session.commit()
        db.session.remove()
    assert TEXT not in words(client, f"/opinions/{site['document']}")


def test_markup_in_an_opinion_is_text(app, site, client):
    give(app, site["document"], "<script>alert(1)</script> 意见")
    page = client.get(f"/opinions/{site['document']}").text
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page


def test_pages_of_opinions(app, site, client, clock):
    for n in range(PAGE + 1):
        clock.move(clock.now() + timedelta(minutes=1))
        give(app, site["document"], f"意见第{n:03}号")
    address = f"/opinions/{site['document']}"
    first, second = words(client, address), words(client, f"{address}?page=2")
    assert f"意见第{PAGE:03}号" in first and "意见第000号" not in first and "意见第000号" in second and "意见第001号" not in second
    for odd in ("0", "-1", "x", "99999999999"):
        assert client.get(f"{address}?page={odd}").status_code == 200


def test_what_is_not_there(app, site, client):
    assert client.get("/opinions/999").status_code == 404 and client.get("/opinions/999/file").status_code == 404
    with app.app_context():
        db.session.add(Consultation(procedure="unknown", kind="document", title="别的", opens=date(2026, 3, 1), closes=date(2026, 3, 31), created_at=datetime(2026, 3, 1, tzinfo=UTC)))
        db.session.commit()
        other = db.session.scalar(select(func.max(Consultation.id)))
        db.session.remove()
    assert client.get(f"/opinions/{other}").status_code == 404 and "别的" not in words(client, "/opinions")


class Writing:
    """A citizen at the filing's pages for one draft."""

    def __init__(self, client, on: int):
        self.client = client
        self.text = client.get(f"/opinions/{on}/file", follow_redirects=True).text

    def send(self, to: str = "next", **fields):
        data = {"draft": hidden(self.text, "draft"), "at": hidden(self.text, "at"), "to": to, "csrf_token": hidden(self.text, "csrf_token"), **answered(self.text), **fields}
        response = self.client.post(f"/file/{PROCEDURE}", data=data)
        if response.status_code in (200, 422):
            self.text = response.text
        return response

    def fill(self):
        self.send()
        self.send(title="期限", text=TEXT)
        self.send(claimant_kind="person")
        self.send(**{f"claimant_{key}": value for key, value in WRITER.items()})
        assert hidden(self.text, "at") == "check", self.text
        return self


def test_giving_an_opinion_through_the_page(app, site, client):
    writing = Writing(client, site["document"])
    assert "热线工作意见" in writing.text and "即时展示" in writing.text
    assert writing.fill().send("send").status_code == 303
    assert TEXT in words(client, f"/opinions/{site['document']}") and TEXT not in words(client, f"/opinions/{site['rule']}")
    receipt = words(client, "/receipt")
    assert "研究采纳" in receipt and "阅览筛选" not in receipt
    with app.app_context():
        assert db.session.execute(select(Case.consultation_id, Case.consultation, Case.type, Case.channel)).one() == (site["document"], "document", "suggestion", "web")


def test_no_page_promises_that_an_opinion_stays_unseen(app, site, client):
    unseen = "受理机关以外的人看不到"
    writing = Writing(client, site["document"])
    assert unseen not in writing.text and unseen not in writing.fill().text
    writing.send("send")
    number = re.search(r"data-number>(\w+)<", client.get("/receipt").text)[1]
    for address in ("/opinions", f"/opinions/{site['document']}", "/receipt", f"/follow/{number}"):
        page = words(client, address)
        assert unseen not in page and "可能公开展示" in page, address
    assert unseen in words(client, "/")


def test_the_form_says_what_is_missing(app, site, client):
    writing = Writing(client, site["rule"])
    writing.send()
    writing.send(title="期限", text=TEXT)
    writing.send(claimant_kind="person")
    assert "可不填" not in writing.text and "都可以不填" not in writing.text
    assert writing.send(claimant_name="欧阳明").status_code == 422
    assert all(f'href="#f-claimant_{key}"' in writing.text for key in ("id_number", "occupation", "phone", "email"))


def test_outside_the_window_nothing_is_taken(app, site, client, clock):
    writing = Writing(client, site["rule"]).fill()
    clock.move(datetime(2026, 4, 1, 0, 0, tzinfo=SHANGHAI))
    late = writing.send("send")
    assert late.status_code == 422 and "不在意见征集的期限内" in late.text
    assert client.get(f"/opinions/{site['rule']}/file").headers["Location"].endswith(f"/opinions/{site['rule']}")
    assert "不再接收意见" in words(client, f"/opinions/{site['rule']}") and "我要提意见" not in words(client, f"/opinions/{site['rule']}")
    for query in ("", f"?consultation={site['rule']}", "?consultation=x", "?consultation=999"):
        assert client.get(f"/file/{PROCEDURE}{query}").headers["Location"].endswith("/opinions")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Case)) == 0


def test_a_draft_sent_again_finds_its_receipt_even_after_the_window(app, site, client, clock):
    writing = Writing(client, site["rule"]).fill()
    assert writing.send("send").status_code == 303
    clock.move(datetime(2026, 4, 1, 0, 0, tzinfo=SHANGHAI))
    assert writing.send("send").status_code == 303
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Case)) == 1


def test_english(app, site, client):
    give(app, site["document"], "Shorten it.")
    client.get("/language/en")
    for address in ("/opinions", f"/opinions/{site['document']}", f"/opinions/{site['rule']}", f"/file/{PROCEDURE}?consultation={site['rule']}"):
        page = client.get(address).text
        page = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", page, flags=re.S)
        left = re.sub(r"<[^>]+>", "", page)
        for known in ("中文", "热线工作意见", "诉求办理规定"):
            left = left.replace(known, "")
        assert not re.search("[\u4e00-\u9fff]", left), re.search(".{0,20}[\u4e00-\u9fff]+.{0,20}", left)
