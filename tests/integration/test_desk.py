"""The staff door without a browser's scripts: who gets in, what lists show, what a case page hides, what acts do and refuse."""
from __future__ import annotations

import json
import re
from html import unescape

import pytest
from sqlalchemy import event, func, select

from tests.conftest import settings_for
from tests.desk_story import (
    APPROVER,
    COUNTY,
    DISPATCHER,
    HANDLER,
    INTAKE,
    REPORTED,
    SCREENER,
    TEXT,
    Browser,
    Story,
    token,
)
from webapp.cases.find_duplicates import find_duplicates
from webapp.cases.read_case import read_case
from webapp.cases.resolve import respondent_refusal
from webapp.models import LedgerEntry, Message, Supervision, db
from webapp.permissions import find_person


@pytest.fixture
def story(app, clock) -> Story:
    return Story(app, clock)


# -- the door ----------------------------------------------------------------------------------------------------------
def test_strangers_are_sent_to_log_in(client):
    answer = client.get("/desk/unit?after=x")
    assert answer.status_code == 302 and answer.headers["Location"] == "/desk/login?next=/desk/unit?after%3Dx"


@pytest.mark.parametrize("login", [SCREENER, "dali/nobody.clerk", "", "' or 1=1 --"])
def test_a_wrong_password_and_a_wrong_account_get_the_same_answer(client, login):
    csrf = token(client.get("/desk/login").text)
    answer = client.post("/desk/login", data={"login": login, "password": "wrong", "csrf_token": csrf})
    assert answer.status_code == 422 and "账号或密码不对" in answer.text
    assert client.get("/desk/").status_code == 302


def test_logging_in_never_leads_to_another_site(app, client):
    csrf = token(client.get("/desk/login").text)
    answer = client.post("/desk/login", data={"login": SCREENER, "password": "duban-demo", "next": "//evil.example/x", "csrf_token": csrf})
    assert answer.headers["Location"] == "/desk/"


def test_logging_out_ends_it(app):
    browser = Browser(app, SCREENER)
    assert browser.post("/desk/logout").status_code == 302
    browser.get("/desk/", 302)


def test_sample_accounts_are_shown_in_the_demonstration_only(app, client, database_url, tmp_path):
    assert SCREENER in client.get("/desk/login").text
    from webapp.app import create_app
    plain = create_app(settings_for(database_url, tmp_path, demo=False))
    page = plain.test_client().get("/desk/login").text
    assert SCREENER not in page and "duban-demo" not in page


# -- lists -------------------------------------------------------------------------------------------------------------
def test_my_tasks_come_earliest_due_first_and_page_by_key(app, story):
    app.extensions["duban"].settings = settings_for("", app.extensions["duban"].settings.data_dir, page_size=2)
    first = story.at_compare(title="先接收的")
    numbers = [story.at_receive(title=f"第 {n} 件") for n in range(4)]
    browser, address, seen = Browser(app, INTAKE), "/desk/", []
    while address:
        page = browser.get(address).text
        seen.append(re.findall(r'<span class="number num">(\w+)</span>', page))
        older = re.search(r'rel="next" href="([^"]+)"', page)
        address = older[1].replace("&amp;", "&") if older else None
    assert seen == [numbers[:2], numbers[2:], [first]]      # receipt is due before handling
    assert "剩 1 个工作日" in browser.get("/desk/").text


def test_the_task_list_is_one_query(app, story):
    for n in range(3):
        story.at_receive(title=f"第 {n} 件")
    browser, statements = Browser(app, INTAKE), []
    browser.get("/desk/")
    with app.app_context():
        engine = db.engine
    listen = (engine, "before_cursor_execute", lambda conn, cursor, statement, *rest: statements.append(statement))
    event.listen(*listen)
    browser.get("/desk/")
    event.remove(*listen)
    listing = [s for s in statements if "case.title" in s or 'case".title' in s]
    assert len(listing) == 1 and "OFFSET" not in listing[0].upper().replace("LIMIT ? OFFSET ?", "")


def test_an_empty_list_says_what_would_fill_it(app):
    assert "轮到您的岗位时，会出现在这里" in Browser(app, HANDLER).get("/desk/").text


def test_a_claimed_task_is_its_claimers_alone(app, story):
    number = story.at_receive()
    mine, colleague = Browser(app, INTAKE), Browser(app, f"{INTAKE}#2")
    task = story.task(number, "receive")
    assert mine.post(f"/desk/tasks/{task.id}/claim", next="/desk/").headers["Location"] == "/desk/"
    assert mine.numbers("/desk/") == [number] and colleague.numbers("/desk/") == []
    assert "我领取" in mine.get("/desk/").text
    assert colleague.submit(f"/desk/tasks/{task.id}/complete", {}).status_code == 409
    mine.post(f"/desk/tasks/{task.id}/give-back")
    assert colleague.numbers("/desk/") == [number]


def test_my_unit_and_search(app, story):
    number, other = story.at_receive(title="公交站被取消 100%"), story.file(title="路灯不亮")
    county, office = Browser(app, DISPATCHER), Browser(app, SCREENER)
    assert county.numbers("/desk/unit") == [number] and office.numbers("/desk/unit") == [number, other]
    assert county.numbers("/desk/search?q=公交 取消") == [number] and county.numbers("/desk/search?q=路灯") == []
    assert office.numbers("/desk/search?q=%25") == [number]        # a sign, no wildcard
    assert county.get(f"/desk/search?q={number.lower()}", 302).headers["Location"].endswith(number)
    assert county.numbers("/desk/search?q=DC2026") == [number]
    assert "没有找到" in county.get("/desk/search?q=没有的").text


def test_supervisors_see_what_runs_late(app, story):
    number = story.at_receive()
    story.act(number, SCREENER, "order_supervision", trigger="dc-s-1", mode="phone")
    page = Browser(app, SCREENER).get("/desk/supervision").text
    assert "无正当理由不予办理" in page and "电话督办" in page and number in page
    Browser(app, HANDLER).get("/desk/supervision", 404)
    assert story.scalar(select(Supervision.status)) == "open"


def test_who_supervises_a_case_a_second_time_is_warned(app, story):
    number = story.at_receive()

    def given(part: str):
        page = Browser(app, SCREENER).get(f"/desk/cases/{number}/actions/order_supervision").text
        return json.loads(re.search(rf'id="action-form-{part}">(.*?)</script>', page, re.S)[1])

    assert given("context")["open"] == {"receive": 1}
    story.act(number, SCREENER, "order_supervision", trigger="dc-s-1", mode="phone")
    assert given("context")["open"] == {"receive": 1, "supervise": 1}
    warning = next(c for c in given("schema")["components"] if "避免重复多头督查" in c.get("text", ""))
    assert warning["conditional"] == {"hide": "=open.supervise = null or open.supervise = 0"}


# -- the wall ----------------------------------------------------------------------------------------------------------
def test_a_case_behind_the_wall_looks_like_none(app, story):
    number = story.at_handle(respondent=f"{COUNTY}/education")
    reported, outsider, handler = Browser(app, REPORTED), Browser(app, "dali/binchuan.clerk"), Browser(app, HANDLER)

    def bare(page: str, named: str) -> str:
        return re.sub(r'<meta name="csrf-token"[^>]*>', "", page).replace(named, "")

    none = bare(reported.get("/desk/cases/DC20260101000000", 404).text, "DC20260101000000")
    for browser in (reported, outsider):
        assert number not in browser.get("/desk/search?q=校服").text
        for address in (f"/desk/cases/{number}", f"/desk/cases/{number}/diagram.bpmn", f"/desk/cases/{number}/actions/request_extension"):
            assert bare(browser.get(address, 404).text, number) == none
        assert browser.post(f"/desk/cases/{number}/reveal", reason="想看看是谁").status_code == 404
        assert browser.submit(f"/desk/cases/{number}/actions/recuse", {"reason": "x"}).status_code == 404
        assert browser.submit(f"/desk/cases/{number}/actions/nothing", {}).status_code == 404
    task = story.task(number, "handle")
    assert reported.submit(f"/desk/tasks/{task.id}/complete", {"decision": "reply", "text": "x"}).status_code == 404
    assert reported.post(f"/desk/tasks/{task.id}/claim").status_code == 404
    handler.get(f"/desk/cases/{number}")
    for browser in (reported, outsider):
        for act in ("claim", "give-back"):
            answers = [browser.post(f"/desk/tasks/{each}/{act}") for each in (task.id, 10**6)]
            assert [a.status_code for a in answers] == [404, 404]
        answers = [browser.submit(f"/desk/tasks/{each}/complete?version={version}", {"decision": "reply", "text": "x"}) for each, version in ((task.id, 1), (task.id, 9), (10**6, 1))]
        assert [a.status_code for a in answers] == [404] * 3 and len({a.text for a in answers}) == 1


def test_an_action_sent_twice_is_taken_once(app, story):
    number = story.at_handle()
    browser, order = Browser(app, SCREENER), {"trigger": "dc-s-4", "mode": "phone", "instruction": "推诿"}
    page = browser.get(f"/desk/cases/{number}/actions/order_supervision").text
    address = unescape(re.search(r'data-action="([^"]+)"', page)[1])
    assert [browser.submit(address, order).status_code for _ in range(2)] == [200, 200]
    assert browser.submit(address, {**order, "mode": "onsite"}).json["code"] == "idempotency"
    assert story.scalar(select(func.count()).select_from(Supervision)) == 1
    page = browser.get(f"/desk/cases/{number}/actions/order_supervision").text
    assert browser.submit(unescape(re.search(r'data-action="([^"]+)"', page)[1]), order).status_code == 200
    assert story.scalar(select(func.count()).select_from(Supervision)) == 2


def test_who_steps_out_loses_sight_of_the_case(app, story):
    number = story.at_handle()
    browser = Browser(app, HANDLER)
    answer = browser.submit(f"/desk/cases/{number}/actions/recuse", {"reason": "当事人是亲属"})
    assert answer.json == {"next": "/desk/"}
    browser.get(f"/desk/cases/{number}", 404)
    assert browser.numbers("/desk/") == [] and Browser(app, f"{HANDLER}#2").numbers("/desk/") == [number]


# -- the case page -----------------------------------------------------------------------------------------------------
def _pictures(text: str) -> list[dict[str, str]]:
    """What each picture of a page is told, by the name of its attribute."""
    return [{name: unescape(value) for name, value in re.findall(r'data-([a-z]+)="([^"]*)"', tag)} for tag in re.findall(r"<div data-diagram[^>]*>", text)]


def test_the_page_shows_what_was_written_the_way_and_the_act(app, story):
    number = story.at_handle()
    page = Browser(app, HANDLER).get(f"/desk/cases/{number}")
    assert TEXT.split("\n")[0] in page.text and "unsafe-inline" in page.headers["Content-Security-Policy"]
    main, called, deeper = _pictures(page.text)
    assert main["current"] == '["handling"]' and '"screen"' in main["past"] and main["calls"] == '{"handling": "way-co_handling"}'
    assert called["current"] == '["handle"]' and '"assist"' not in called["past"] and '<details class="side-way" id="way-co_handling" open>' in page.text
    assert deeper["current"] == "[]" and '<details class="side-way" id="way-coordination" >' in page.text
    assert "办完“甄别留言”：转有关县市政府或州直部门办理" in page.text and "留言人通过网站提交" in page.text
    assert "剩 15 个工作日" in page.text and "第十条" in page.text and 'class="proof"' in page.text
    assert "提交后按您的选择进入：" in page.text and 'data-action="/desk/tasks/' in page.text
    assert "申请延期" in page.text and "申请回避" in page.text and "移送处理" not in page.text


def test_feedback_starts_with_the_reviewed_reply(app, story):
    number = story.at_handle()
    story.do(number, HANDLER, "handle", decision="reply", text="已退还校服费。")
    page = Browser(app, APPROVER).get(f"/desk/cases/{number}")
    assert values_of(page.text) == {}
    story.do(number, APPROVER, "review", decision="pass")
    page = Browser(app, APPROVER).get(f"/desk/cases/{number}")
    assert values_of(page.text) == {"text": "已退还校服费。"}
    story.do(number, APPROVER, "feedback", text="已退还校服费，并向家长致歉。")
    assert story.scalar(select(Message.data).where(Message.kind == "replied"))["text"] == "已退还校服费，并向家长致歉。"


def values_of(page: str) -> dict:
    """What the task's form is filled with when it opens, but for the lists it chooses from."""
    found = re.search(r'id="act-form-values">(.*?)</script>', page, re.S)
    return {name: value for name, value in json.loads(found[1]).items() if not isinstance(value, list)}


def test_the_picture_is_the_deployments(app, story):
    number = story.file()
    browser = Browser(app, SCREENER)
    answer = browser.get(f"/desk/cases/{number}/diagram.bpmn")
    assert answer.content_type.startswith("application/xml") and b"<bpmn:definitions" in answer.data
    assert b'id="extension"' in browser.get(f"/desk/cases/{number}/diagram.bpmn?process=extension").data
    browser.get(f"/desk/cases/{number}/diagram.bpmn?process=../../etc/passwd", 404)


def test_who_sees_the_case_is_told_what_is_wrong_with_the_unit(app, story, monkeypatch):
    """A refusal of the reported unit is the wall's to who is behind it, and words about their answer to everybody else."""
    number = story.at_handle()

    def refuses(*args):
        raise respondent_refusal()

    monkeypatch.setattr("webapp.desk.acts.complete_task", refuses)
    answer = Browser(app, HANDLER).submit(f"/desk/tasks/{story.task(number, 'handle').id}/complete", {"text": "x"})
    assert answer.status_code == 422 and answer.json["code"] == "respondent"


def test_units_offered_leave_out_the_reported_one(app, story):
    number = story.file(respondent=f"{COUNTY}/education")
    values = re.search(r'id="act-form-values">(.+?)</script>', Browser(app, SCREENER).get(f"/desk/cases/{number}").text)[1]
    assert f'"{COUNTY}/market"' in values and f'"{COUNTY}/education"' not in values


def test_english_pages_speak_english(app, story):
    number = story.at_handle(title="About uniforms", text="Too dear", claimant={"name": "Zhang"})
    story.do(story.at_compare(title="Lamp", text="dark"), INTAKE, "compare", decision="new")
    browser = Browser(app, HANDLER, "en")
    for address in ("/desk/", "/desk/unit", "/desk/search?q=uniforms", f"/desk/cases/{number}", f"/desk/cases/{number}/actions/request_extension"):
        text = re.sub(r"<script.*?</script>|<[^>]+>", " ", browser.get(address).text, flags=re.S)
        found = {word for word in re.findall(r"[\u4e00-\u9fff]+", text) if word != "中文"}
        assert found <= story.names(), (address, found)


# -- who the claimant is -----------------------------------------------------------------------------------------------
def test_the_claimant_is_masked_until_a_reason_is_given(app, story):
    number = story.at_handle()
    browser = Browser(app, HANDLER)
    page = browser.get(f"/desk/cases/{number}").text
    assert "张**" in page and "张小三" not in page and "13800000001" not in page and "zhang@example.cn" not in page
    refused = browser.post(f"/desk/cases/{number}/reveal", reason=" ")
    assert refused.status_code == 422 and "请写明查看的理由" in refused.text and "张小三" not in refused.text
    assert browser.post(f"/desk/cases/{number}/reveal", reason="电话核实收费情况").status_code == 302
    page = browser.get(f"/desk/cases/{number}").text
    assert "张小三" in page and "13800000001" in page and "查看了留言人信息" in page
    entry = story.scalar(select(LedgerEntry).where(LedgerEntry.kind == "revealed"))
    assert (entry.actor, entry.unit, entry.data) == (HANDLER, f"{COUNTY}/market", {"reason": "电话核实收费情况"})
    assert "张小三" not in Browser(app, DISPATCHER).get(f"/desk/cases/{number}").text
    story.wait(hours=1)
    assert "张小三" not in browser.get(f"/desk/cases/{number}").text


def test_a_confidential_claimant_is_the_offices_alone(app, story):
    number = story.at_handle(claimant={"confidential": True})
    handler, office = Browser(app, HANDLER), Browser(app, SCREENER)
    page = handler.get(f"/desk/cases/{number}").text
    assert "只有受理机关可以查看" in page and not any(piece in page for piece in ("张**", "138****", "张小三"))     # not even masked
    assert "张**" in office.get(f"/desk/cases/{number}").text
    assert handler.post(f"/desk/cases/{number}/reveal", reason="电话核实").status_code == 422
    assert office.post(f"/desk/cases/{number}/reveal", reason="电话核实").status_code == 302


# -- acts --------------------------------------------------------------------------------------------------------------
def test_completing_a_task_moves_the_case(app, story):
    number = story.file()
    browser = Browser(app, SCREENER)
    answer = browser.complete(number, {"decision": "assign", "unit": COUNTY})
    assert answer.json == {"next": f"/desk/cases/{number}"}
    page = browser.get(answer.json["next"]).text
    assert "已提交" in page and "祥云县人民政府" in page and "现在没有等您办的" in page
    assert Browser(app, INTAKE).numbers("/desk/") == [number]


def test_what_is_wrong_comes_back_by_field(app, story):
    number = story.file(respondent=f"{COUNTY}/education")
    browser = Browser(app, SCREENER)
    answer = browser.complete(number, {"decision": "assign", "unit": f"{COUNTY}/education"})
    assert answer.status_code == 422 and answer.content_type == "application/problem+json"
    assert [(f["field"], f["code"]) for f in answer.json["fields"]] == [("unit", "respondent")]
    answer = browser.complete(number, {"decision": "reject"})
    assert {f["field"] for f in answer.json["fields"]} == {"basis", "reason"}
    assert story.task(number, "screen") is not None


def test_an_old_page_and_a_done_task_are_stale(app, story):
    number = story.file()
    browser, colleague = Browser(app, SCREENER), Browser(app, f"{SCREENER}#2")
    task = story.task(number, "screen")
    old = f"/desk/tasks/{task.id}/complete?version={task.version}"
    browser.post(f"/desk/tasks/{task.id}/claim")
    assert browser.submit(old, {"decision": "assign", "unit": COUNTY}).status_code == 409
    assert browser.complete(number, {"decision": "assign", "unit": COUNTY}).status_code == 200
    assert colleague.submit(old, {"decision": "assign", "unit": COUNTY}).status_code == 409


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"values": 3}', b"\xff"])
def test_nonsense_is_a_bad_request(app, story, body):
    task = story.task(story.file(), "screen")
    browser = Browser(app, SCREENER)
    answer = browser.client.post(f"/desk/tasks/{task.id}/complete", data=body, headers={"X-CSRFToken": browser.csrf, "Content-Type": "application/json"})
    assert answer.status_code == 400


def test_nothing_is_done_without_a_token(app, story):
    number = story.file()
    browser = Browser(app, SCREENER)
    task = story.task(number, "screen")
    assert browser.client.post(f"/desk/tasks/{task.id}/complete", json={"values": {"decision": "assign", "unit": COUNTY}}).status_code == 400
    assert browser.client.post(f"/desk/tasks/{task.id}/claim").status_code == 400
    assert story.task(number, "screen").version == task.version


def test_other_units_tasks_are_not_mine(app, story):
    number = story.at_handle()
    task = story.task(number, "handle")
    assert Browser(app, DISPATCHER).submit(f"/desk/tasks/{task.id}/complete", {}).status_code == 403
    assert Browser(app, DISPATCHER).submit("/desk/tasks/999999/complete", {}).status_code == 404


def test_an_extension_is_asked_for_within_its_budget(app, story):
    number = story.at_handle()
    browser, address = Browser(app, HANDLER), f"/desk/cases/{number}/actions/request_extension"
    page = browser.get(address).text
    assert "最多 1 次，已用 0 次" in page and "20 个工作日" in page
    answer = browser.submit(address, {"days": 21, "reason": "需要检测"})
    assert answer.status_code == 422 and answer.json["fields"][0]["field"] == "days"
    assert browser.submit(address, {"days": 5, "reason": "需要检测"}).status_code == 200
    page = browser.get(f"/desk/cases/{number}").text
    assert "已有一份延期申请正在审批" in page and "延期审批" in page
    assert "已有一份延期申请正在审批" in browser.get(address).text
    approver = Browser(app, APPROVER)
    assert approver.complete(number, {"decision": "approve"}).status_code == 200
    assert "期限由" in browser.get(f"/desk/cases/{number}").text
    browser.get(f"/desk/cases/{number}/actions/withdraw", 404)


# -- duplicates --------------------------------------------------------------------------------------------------------
def test_likely_duplicates_stand_beside_the_form(app, story):
    earlier = story.at_handle(title="校服收费不合理", text=TEXT)
    for n in range(4):
        story.file(title=f"路灯不亮 {n}", text="小区门口的路灯坏了很久，晚上看不见。")
    hidden = story.file(title="校服收费太高", text=TEXT, respondent=COUNTY)
    number = story.at_compare(title="校服一套四百多元", text=TEXT + "别的家长也有意见。")
    with app.app_context():
        work = read_case(story.env, number, find_person(login=INTAKE))
        found = [c.number for c in find_duplicates(work, work.actor)]
        db.session.remove()
    assert found == [earlier] and hidden not in found
    page = Browser(app, INTAKE).get(f"/desk/cases/{number}").text
    assert "可能是同一事项" in page and earlier in page and hidden not in page
    answer = Browser(app, INTAKE).complete(number, {"decision": "merge", "case": earlier})
    assert answer.status_code == 200 and story.case(number).outcome is not None


def test_guessing_a_password_is_slowed_down(database_url, clock, compiled, tmp_path):
    from tests.conftest import close, settings_for, share
    from webapp.app import create_app

    app = create_app(settings_for(database_url, tmp_path), clock)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False
    share(compiled, app)
    client = app.test_client()
    answers = [client.post("/desk/login", data={"login": "dali/market.clerk", "password": "wrong"}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert client.post("/desk/login", data={"login": "dali/transport.clerk", "password": "duban-demo"}).status_code == 302
    close(app)


def test_a_page_that_cannot_be_shown_says_where_to_go_on(app, client):
    """No dead ends: a citizen is led to the portal's doors, staff to their tasks, who has not signed in to the sign-in; what was sent in vain is said to be so."""
    page = client.get("/no-such-page")
    assert page.status_code == 404 and 'href="/follow"' in page.text and 'href="/">回到首页' in page.text and "English" in page.text
    assert "没有提交" not in page.text
    sent = client.post("/follow", data={})
    assert sent.status_code == 400 and "刚才填写的没有提交" in sent.text
    assert 'href="/desk/login"' in client.get("/desk/no-such-page").text
    assert 'href="/desk/">回到我的任务' in Browser(app, HANDLER).get("/desk/no-such-page", 404).text
    assert "登录后回到您要看的页面" in client.get("/desk/login?next=/desk/cases/DC1").text and "登录后回到" not in client.get("/desk/login").text


def test_the_demonstrations_accounts_are_offered_by_procedure(app, story, client):
    """Along the way of a case where nothing waits yet, and who looks after the system; each signs in by one press."""
    page = client.get("/desk/login").text
    assert "<summary>留言办理</summary>" in page and f'value="{SCREENER}"' in page
    assert "<summary>流程、管理和审计</summary>" in page and 'value="dali/inspection.auditor"' in page
