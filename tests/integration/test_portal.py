"""The citizen's door without a browser: filing once, the receipt, following, acting, rating, and what must not be seen."""
from __future__ import annotations

import io
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from tests.citizen_story import PROCEDURE, TEXT, TITLE, UNIT, Filing, action, file_one, hidden, officials
from webapp.api import blueprint as api_blueprint
from webapp.cases.promises import promises
from webapp.desk import blueprint as desk_blueprint
from webapp.domain.ledger import content_hash
from webapp.models import Account, Case, Message, Outbox, db
from webapp.models import Filing as Written
from webapp.portal import frame as portal_frame
from webapp.portal.way import where

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture(autouse=True)
def no_brakes(app):
    from webapp.portal.frame import limiter

    limiter.reset()


def cases(app) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Case))


def token(client) -> str:
    return hidden(client.get("/follow").text, "csrf_token")


def test_every_page_is_public_and_opens(app, client):
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("portal."):
            assert app.view_functions[rule.endpoint].access == "public", rule.endpoint
    for address in ("/", f"/file/{PROCEDURE}", "/follow", "/rate", "/about", f"/about/{PROCEDURE}"):
        for headers in ({}, ENGLISH):
            assert client.get(address, headers=headers).status_code == 200, address
    assert client.get("/file/no-such").status_code == 404


def test_files_and_keeps_what_was_written(app, client):
    number, code = file_one(client, claimant_email="zhang@example.org")
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{10}", code)
    with app.app_context():
        case = db.session.scalar(select(Case).where(Case.number == number))
        written = db.session.scalar(select(Written).where(Written.case_id == case.id))
        assert (case.title, case.type, case.category, case.respondent, case.channel) == (TITLE, "complaint", "dc-2", UNIT, "web")
        assert written.content["text"] == TEXT and written.content["claimant_name"] == "张三"
        assert written.hash == content_hash({"case": number, "filed_at": written.at.isoformat(), "content": written.content})
        assert db.session.scalar(select(Outbox.payload).where(Outbox.case_id == case.id, Outbox.channel == "mail"))["to"] == "zhang@example.org"
        page = client.get("/receipt").text
        assert written.hash in page and "<svg" in page and "qr" in page
    text = client.get("/receipt.txt")
    assert number in text.text and code in text.text


def test_the_same_draft_files_once(app, client):
    filing = Filing(client).fill()
    first = filing.send("send")
    number = re.search(r"data-number>(\w+)<", client.get("/receipt").text)[1]
    second = filing.send("send")
    assert first.status_code == second.status_code == 303 and cases(app) == 1
    assert number in client.get("/receipt").text
    filing.send("edit-story")
    filing.send(title="另一个题目", text=TEXT)
    again = filing.send("send")
    assert again.status_code == 422 and "已经提交过" in again.text and cases(app) == 1


def test_the_receipt_is_shown_for_a_while_only(client, clock):
    file_one(client)
    assert client.get("/receipt").status_code == 200
    clock.move(clock.now() + timedelta(minutes=31))
    assert client.get("/receipt").status_code == 302


def test_faults_are_said_where_they_are(app, client):
    filing = Filing(client)
    filing.send()
    assert filing.send().status_code == 422
    assert 'href="#f-type"' in filing.text and "请填写“您要做什么”" in filing.text
    filing.send(type="complaint")
    filing.send()
    wrong = filing.send(title="", text="只写了经过")
    assert wrong.status_code == 422 and "只写了经过" in wrong.text and 'href="#f-title"' in wrong.text
    filing.send(title=TITLE, text=TEXT)
    assert filing.send().status_code == 422 and "请选择是否留下姓名" in filing.text
    filing.send(anonymous="false", claimant_kind="person")
    assert filing.send(claimant_phone="不是电话").status_code == 422
    assert filing.send("send", claimant_phone="不是电话").status_code == 422 and cases(app) == 0


def test_who_reports_the_governments_above_the_office_is_told_what_to_do(app, client):
    filing = Filing(client).fill()
    filing.send("edit-about")
    filing.send(respondent=UNIT.split("/")[0])
    sent = filing.send("send")
    assert sent.status_code == 422 and "请改选具体的部门" in sent.text and "edit-about" in sent.text and cases(app) == 0


def test_back_and_change_keep_everything(client):
    filing = Filing(client).fill()
    filing.send("edit-story")
    assert filing.at == "story" and TITLE in filing.text
    filing.send(title="改过的题目", text=TEXT)
    assert filing.at == "check" and "改过的题目" in filing.text
    filing.send("back")
    assert filing.at == "contact" and "张三" in filing.text


def test_anonymous_is_not_asked_for_a_name(app, client):
    filing = Filing(client)
    filing.send()
    filing.send(type="report")
    filing.send()
    filing.send(title=TITLE, text=TEXT)
    filing.send(anonymous="true", claimant_kind="person")
    assert "claimant_name" not in filing.text and "claimant_phone" in filing.text
    filing.send(claimant_name="不该留下")
    assert "不该留下" not in filing.text
    filing.send("send")
    with app.app_context():
        assert "claimant_name" not in db.session.scalar(select(Written.content))
        assert db.session.scalar(select(Case.anonymous)) is True


def test_a_draft_cannot_be_altered(app, client):
    filing = Filing(client).fill()
    draft = hidden(filing.text, "draft")
    response = client.post(f"/file/{PROCEDURE}", data={"draft": draft[:-3] + "AAA", "at": "check", "to": "send", "csrf_token": token(client)})
    assert response.status_code == 302 and cases(app) == 0


def test_machines_are_turned_away(app, client):
    from webapp.portal.frame import TRAP

    filing = Filing(client).fill()
    assert filing.send("send", **{TRAP: "http://spam"}).status_code == 400 and cases(app) == 0


def test_filing_has_a_brake(app, client):
    app.config["PORTAL_FILING_LIMIT"] = "2 per hour"
    answers = [Filing(client).fill().send("send").status_code for _ in range(3)]
    assert answers == [303, 303, 429] and cases(app) == 2


def test_promises_are_dates_of_the_calendar(app, clock):
    with app.app_context():
        env = app.extensions["duban"].env
        found = promises(env, env.registry.active(PROCEDURE, clock.now()), clock.now())
    assert [(p.deadline, str(p.due), p.span, p.assumed) for p in found] == [("receive", "2026-03-03", "1 wd", True), ("handle", "2026-03-24", "15 wd", True)]


def test_promises_stand_on_the_page_before_sending(client):
    filing = Filing(client).fill()
    assert "2026年3月3日" in filing.text and "2026年3月24日" in filing.text and "第十条" in filing.text


def test_wrong_code_and_unknown_number_look_alike(app, client):
    number, code = file_one(client)
    stranger = app.test_client()

    def ask(n, c):
        response = stranger.post("/follow", data={"number": n, "code": c, "csrf_token": token(stranger)})
        body = re.sub(r'(csrf_token|csrf-token)"\s+(value|content)="[^"]+"', "", response.text).replace(n, "N")
        return response.status_code, body

    wrong, unknown = ask(number, "AAAAAAAAAA"), ask("DC20260302999999", "AAAAAAAAAA")
    assert wrong == unknown and wrong[0] == 422
    assert stranger.get(f"/follow/{number}").status_code == 302
    assert stranger.get(f"/follow/{number}/act/withdraw").status_code == 404
    right = stranger.post("/follow", data={"number": number.lower(), "code": f"{code[:5].lower()} {code[5:]}", "csrf_token": token(stranger)})
    assert right.status_code == 303 and TITLE in stranger.get(f"/follow/{number}").text
    stranger.post("/leave", data={"csrf_token": token(stranger)})
    assert stranger.get(f"/follow/{number}").status_code == 302


def test_guessing_has_a_brake_and_knowing_has_none(app, client):
    number, code = file_one(client)
    app.config["PORTAL_GUESS_LIMIT"] = "3 per hour"
    right = [client.post("/follow", data={"number": number, "code": code, "csrf_token": token(client)}).status_code for _ in range(5)]
    assert right == [303] * 5
    stranger = app.test_client()
    wrong = [stranger.post(address, data={"number": number, "code": "AAAAAAAAAA", "csrf_token": token(stranger)}).status_code
             for address in ("/follow", "/rate", "/follow", "/follow")]
    assert wrong == [422, 422, 422, 429]


def test_where_it_is_in_words(app, client, clock):
    number, _ = file_one(client)
    assert "州政府督查室正在查看您的留言" in client.get(f"/follow/{number}").text
    clock.move(clock.now() + timedelta(hours=1))
    officials(app, number, "screen")
    page = client.get(f"/follow/{number}").text
    assert "已转到祥云县人民政府，等待接收" in page and "2026年3月3日" in page and "第八条" in page
    officials(app, number, "dispatch", "receive")
    page = client.get(f"/follow/{number}").text
    assert "祥云县市场监督管理局正在办理" in page and "2026年3月23日" in page and 'class="proof"' in page
    action(app, number, "dali/xiangyun/market.clerk", "request_extension", {"days": 5, "reason": "需要检测", "progress": "已抽样"})
    clock.move(clock.now() + timedelta(days=30))
    page = client.get(f"/follow/{number}").text
    assert "已经超过规定的期限" in page
    with app.app_context():
        staff = set(db.session.scalars(select(Account.name))) | set(db.session.scalars(select(Account.login)))
        db.session.remove()
    words = re.sub(r"<[^>]+>", " ", page)
    assert [name for name in staff if name in words] == []


def test_nothing_is_said_to_be_handled_before_it_was(app, env):
    """A review may come before the handling: of an opinion that was edited, of a question that is answered at once."""
    task = SimpleNamespace(name="review", main=True, role="unit_head", unit="dali/inspection")
    view = SimpleNamespace(case=SimpleNamespace(status="open"), own_task=lambda name: None, tasks=(task,), done={"filed": 1, "edit": 2})
    with app.test_request_context():
        assert where(view, env, "zh") == "州政府督查室正在审核并准备答复"
        view.done["handle"] = 3
        assert where(view, env, "zh").startswith("已办理")


def test_the_longest_text_gets_through(app, client):
    filing = Filing(client)
    filing.send()
    filing.send(type="help")
    filing.send()
    filing.send(title="长" * 100, text="".join(chr(0x4E00 + i * 7919 % 20000) for i in range(10000)))
    filing.send(anonymous="true", claimant_kind="person")
    filing.send()
    assert filing.send("send").status_code == 303 and cases(app) == 1


def test_supplement_is_attached_and_the_original_stays(app, client):
    number, _ = file_one(client)
    address = f"/follow/{number}/act/add_information"
    assert client.post(address, data={"csrf_token": token(client), "text": " "}).status_code == 422
    assert client.post(address, data={"csrf_token": token(client), "text": "补充：收据编号 0012345"}).status_code == 303
    page = client.get(f"/follow/{number}").text
    assert "收据编号 0012345" in page and "补充 1" in page and "每套 480 元" in page and "不一致" not in page
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Written)) == 2


def test_a_page_sent_twice_adds_once(app, client):
    number, _ = file_one(client)
    address = f"/follow/{number}/act/add_information"
    data = {"csrf_token": token(client), "text": "补充：收据", "draft": hidden(client.get(address).text, "draft")}
    assert [client.post(address, data=data).status_code for _ in range(2)] == [303, 303]
    other = client.post(address, data={**data, "text": "补充：照片"})
    assert other.status_code == 422 and "没有再提交" in other.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Written)) == 2
    assert client.post(address, data={**data, "text": "补充：照片", "draft": hidden(client.get(address).text, "draft")}).status_code == 303
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Written)) == 3


def test_withdraw_ends_it(app, client):
    number, _ = file_one(client)
    officials(app, number, "receive")
    assert client.post(f"/follow/{number}/act/withdraw", data={"csrf_token": token(client), "reason": "已自行解决"}).status_code == 303
    page = client.get(f"/follow/{number}").text
    assert "您已撤回" in page and f"/follow/{number}/act/withdraw" not in page
    again = client.post(f"/follow/{number}/act/withdraw", data={"csrf_token": token(client)}, follow_redirects=True)
    assert again.status_code == 200 and "这一项已经提交过了" in again.text
    assert client.get(f"/follow/{number}/act/withdraw").status_code == 404
    with app.app_context():
        assert db.session.execute(select(Case.status, Case.outcome)).one() == ("closed", "withdrawn")


def test_answer_and_rating(app, client):
    number, code = file_one(client)
    early = client.post("/rate", data={"number": number, "code": code, "csrf_token": token(client)})
    assert early.headers["Location"].endswith(f"/follow/{number}")
    officials(app, number)
    page = client.get(f"/follow/{number}").text
    assert "已办结" in page and "已责令学校退还多收的费用" in page
    fresh = app.test_client()
    found = fresh.post("/rate", data={"number": number, "code": code, "csrf_token": token(fresh)})
    address = found.headers["Location"]
    assert "/task/" in address
    assert fresh.post(address, data={"csrf_token": token(fresh)}).status_code == 422
    assert fresh.post(address, data={"csrf_token": token(fresh), "rating": "satisfied", "comment": "很快"}).status_code == 303
    assert "/task/" not in fresh.get(f"/follow/{number}").text
    assert fresh.post(address, data={"csrf_token": token(fresh), "rating": "satisfied"}).status_code == 303      # once more changes nothing
    with app.app_context():
        assert "rate_wanted" in set(db.session.scalars(select(Message.kind)))


def test_rejection_names_basis_in_words(app, client):
    number, _ = file_one(client)
    from webapp.cases.do_task import complete_task
    from webapp.models import Task
    from webapp.permissions import find_person

    with app.app_context():
        task = db.session.scalar(select(Task).where(Task.name == "screen"))
        complete_task(app.extensions["duban"].env, task.id, {"decision": "reject", "basis": "dc-x-2", "reason": "法院已经立案。", "body": "人民法院"}, find_person(login="dali/inspection.supervisor"))
        db.session.commit()
        db.session.remove()
    page = client.get(f"/follow/{number}").text
    assert "不予受理" in page and "诉讼、仲裁、行政复议" in page and "第五条第（二）项" in page and "法院已经立案。" in page and "dc-x-2" not in page


def test_english_is_complete(app, client):
    number, code = file_one(client)
    officials(app, number)
    client.get("/language/en")
    filing = Filing(client)
    pages = [client.get(a).text for a in ("/", "/follow", "/rate", "/about", f"/about/{PROCEDURE}", f"/file/{PROCEDURE}", f"/follow/{number}", f"/follow/{number}/act/add_information", "/receipt")
             if client.get(a).status_code == 200]
    filing.fill()
    pages.append(filing.text)
    for page in pages:
        page = re.sub(r"<(script|style)[^>]*>.*?</\1>|<dd[^>]*>.*?</dd>|<h1>.*?</h1>|<div class=\"(said|as-written)\">.*?</div>", "", page, flags=re.S)
        words = re.sub(r"<[^>]+>", "", page).replace("中文", "").replace(TITLE, "")
        assert not re.search("[\u4e00-\u9fff]+", words), re.search(".{20}[\u4e00-\u9fff]+.{20}", words)


def test_files_go_along(app, client):
    filing = Filing(client)
    filing.send()
    filing.send(type="help")
    filing.send()
    bad = filing.send(title=TITLE, text=TEXT, documents=[(io.BytesIO(b"MZ" + bytes(200)), "a.exe"), (io.BytesIO("收据".encode()), "收据.txt")])
    assert bad.status_code == 422 and "a.exe" in bad.text and "收据.txt" in filing.text
    kept = re.search(r'name="drop-file" value="([^"]+)"', filing.text)[1]
    filing.send(title=TITLE, text=TEXT, documents=[(io.BytesIO("通知".encode()), "通知.txt")], **{"drop-file": kept})
    filing.send(anonymous="true", claimant_kind="person")
    filing.send()
    assert filing.at == "check" and "通知.txt" in filing.text and "收据.txt" not in filing.text
    assert filing.send("send").status_code == 303
    assert filing.send("send").status_code == 303 and cases(app) == 1
    number = re.search(r"data-number>(\w+)<", client.get("/receipt").text)[1]
    page = client.get(f"/follow/{number}").text
    address = re.search(rf"/follow/{number}/files/[\w-]+", page)[0]
    assert client.get(address).data.decode() == "通知" and app.test_client().get(address).status_code == 404
    act = f"/follow/{number}/act/add_information"
    long = client.post(act, data={"csrf_token": token(client), "text": "见" * 10_001, "documents": (io.BytesIO(b"proof"), "proof.txt")})
    assert long.status_code == 422 and "proof.txt" in long.text
    again = {"csrf_token": token(client), "text": "见附件", "draft": hidden(long.text, "draft")}
    assert client.post(act, data=again).status_code == 303
    assert client.post(act, data={"csrf_token": token(client), "text": ""}).status_code == 422
    assert client.post(act, data={"csrf_token": token(client), "text": "", "documents": (io.BytesIO(b"more"), "alone.txt")}).status_code == 303
    page = client.get(f"/follow/{number}").text
    assert "proof.txt" in page and "alone.txt" in page


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "/\t//evil.example", "/\t\\evil.example", "/x\r\nSet-Cookie: a=b", "https://evil.example"])
def test_no_link_of_the_frame_leads_away(client, target):
    answer = client.get("/language/en", query_string={"next": target})
    assert answer.status_code == 302 and answer.headers["Location"] == "/"


@pytest.mark.parametrize("door", [portal_frame, desk_blueprint, api_blueprint])
def test_what_is_counted_is_counted_where_the_settings_say(door):
    assert door.limiter._storage_uri is None, "an address of its own would go before that of the settings, which several processes share"
