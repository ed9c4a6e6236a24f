"""A deadline's proof at every door: the same days everywhere, nobody's name for the citizen, nothing for the unit complained about; and provisional dates marked."""
from __future__ import annotations

import json
import re
from datetime import date, datetime

import pypdfium2
import pytest
from sqlalchemy import select

from tests.citizen_story import file_one, officials
from tests.desk_story import APPROVER, COUNTY, HANDLER, REPORTED, SCREENER, Browser, Story
from tests.integration.test_api import token_for
from webapp.cases.apply_change import apply_whole
from webapp.cases.calendar_changes import approve, enter_change
from webapp.cases.offer_actions import budget_of
from webapp.cases.prove_deadline import prove_deadline
from webapp.cases.read_case import read_case
from webapp.cli import main
from webapp.domain.clock import SHANGHAI
from webapp.domain.deadlines import Deadline
from webapp.domain.notice_rows import ChangedDay
from webapp.http.proof_pdf import proof_pdf
from webapp.models import Case, DeadlineRow, db
from webapp.permissions import System, find_person


@pytest.fixture
def story(app, clock) -> Story:
    return Story(app, clock)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def extended(story: Story, **filed) -> str:
    number = story.at_handle(**filed)
    story.act(number, HANDLER, "request_extension", days=5, reason="需要检测")
    story.do(number, APPROVER, "approve_extension", decision="approve")
    return number


def rows_of(page: str) -> list[tuple[str, str]]:
    """Each day of a page's table: its date and its number."""
    table = page[page.index('class="plain proof-days"'):]
    return re.findall(r'<time datetime="([\d-]+)">.*?<td class="n">(.*?)</td>', table, re.S)


def pdf_text(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    return [page.get_textpage().get_text_range() for page in document]


def test_every_door_shows_the_same_days(app, client, story):
    number, code = file_one(client)
    officials(app, number, "dispatch")
    story.act(number, HANDLER, "request_extension", days=5, reason="需要检测")
    story.do(number, APPROVER, "approve_extension", decision="approve")
    staff = client.get(f"/api/v1/cases/{number}/deadlines/handle", headers=token_for(app, HANDLER))
    assert staff.status_code == 200, staff.json
    proof = staff.json
    wanted = [(day["date"], str(day["number"]) if day["counted"] else "–") for day in proof["days"]]
    assert wanted[0][0] == proof["start"] and wanted[-1] == (proof["due"], "20") and proof["total"] == 20
    assert rows_of(Browser(app, HANDLER).get(f"/desk/cases/{number}/deadlines/handle").text) == wanted
    page = client.get(f"/follow/{number}/deadlines/handle")
    assert rows_of(page.text) == wanted and "工作人员以单位和岗位代替姓名" in page.text
    theirs = client.get(f"/api/v1/cases/{number}/deadlines/handle?code={code}").json
    assert [(d["date"], d["counted"], d["number"], d["why"], d["basis"]) for d in theirs["days"]] == [
        (d["date"], d["counted"], d["number"], d["why"], d["basis"]) for d in proof["days"]]
    # the citizen is told who by unit and role; no name of a person stands anywhere
    event = theirs["history"][1]
    assert (event["kind"], event["by"]["unit"], event["by"]["role"], event["by"]["name"]) == ("extended", COUNTY, "approver", None)
    assert (event["asked"]["by"]["unit"], event["asked"]["by"]["role"], event["reason"], event["span"]) == (f"{COUNTY}/market", "clerk", "需要检测", "5 wd")
    assert proof["history"][1]["by"]["name"] in story.names()
    sheet = client.get(f"/follow/{number}/deadlines/handle/proof.pdf")
    assert sheet.mimetype == "application/pdf"
    said = [page.text, json.dumps(theirs, ensure_ascii=False), "".join(pdf_text(sheet.data))]
    assert [name for name in story.names() for text in said if name in text] == []


def test_what_the_proof_says(app, story):
    number = extended(story)
    with app.app_context():
        proof = prove_deadline(story.env, System(), number, "handle")
        db.session.remove()
    assert (proof["span"], proof["article"], proof["local"], proof["agrees"], proof["calendar"]["id"], proof["calendar"]["changed"]) == (
        "15 wd", "dali-ducha Art.10", False, True, "dali", False)
    assert {each["article"] for each in proof["says"]} == {"Art.10"}
    assert [rule["id"] for rule in proof["rules"]] == ["start", "wd", "extension", "end"]
    assert [rule["civil"] for rule in proof["rules"]] == [201, 204, 0, 203]
    assert {day["extension"] for day in proof["days"]} == {0, 1} and all(day["event"] == 1 for day in proof["days"] if day["extension"])
    page = Browser(app, HANDLER, "en").get(f"/desk/cases/{number}/deadlines/handle").text
    assert "Civil Code Art.204" in page and "Extended by 5 working days" in page and "State Council provisions on working hours, Art.7" in page


def test_the_sheet_to_print_is_chinese_first_then_english(app, story):
    number = extended(story)
    answer = Browser(app, HANDLER, "en").get(f"/desk/cases/{number}/deadlines/handle/proof.pdf")
    pages = pdf_text(answer.data)
    assert "办理期限的证明" in pages[0] and "Proof of the deadline: Handling" not in pages[0]
    english = next(text for text in pages if "Proof of the deadline: Handling" in text)
    assert "The last day" in english and "no. " not in pages[0]
    assert b"/FontFile3" in answer.data and b"NotoSansCJKsc" in answer.data      # embedded, whatever the reader's machine has
    days = [line for text in pages for line in text.splitlines() if "职工工作时间" in line]
    assert len(days) > 20
    with app.test_request_context():
        proof = prove_deadline(story.env, System(), number, "handle")
        assert proof_pdf(proof) == proof_pdf(proof)
        db.session.remove()


def test_markup_in_a_title_is_only_text(app, story):
    number = extended(story, title="#panic() $x$ *星* <b>粗</b> \\ `a`")
    answer = Browser(app, HANDLER).get(f"/desk/cases/{number}/deadlines/handle/proof.pdf")
    assert "#panic() $x$ *星* <b>粗</b>" in "".join(pdf_text(answer.data))


def test_nobody_proves_what_they_may_not_see(app, client, story):
    number = extended(story, respondent=f"{COUNTY}/education")
    reported = Browser(app, REPORTED)
    for path in (f"/desk/cases/{number}/deadlines/handle", f"/desk/cases/{number}/deadlines/handle/proof.pdf"):
        reported.get(path, 404)
        assert client.get(path).status_code == 302
    answers = [client.get(path, headers=token_for(app, REPORTED)) for path in (f"/api/v1/cases/{number}/deadlines/handle", "/api/v1/cases/DC0/deadlines/handle")]
    assert [a.status_code for a in answers] == [404, 404] and answers[0].json == answers[1].json
    assert client.get(f"/api/v1/cases/{number}/deadlines/handle").status_code == 401
    assert client.get(f"/api/v1/cases/{number}/deadlines/handle?code=WRONGWRONG").status_code == 404
    for path in ("", "/proof.pdf"):
        answer = client.get(f"/follow/{number}/deadlines/handle{path}")
        assert answer.status_code == 302 and answer.headers["Location"].startswith("/follow")
    clerk = Browser(app, HANDLER)
    clerk.get(f"/desk/cases/{number}/deadlines/no-such", 404)
    clerk.get(f"/desk/cases/{number}/deadlines/handle?n=9", 404)
    clerk.get(f"/desk/cases/{number}/deadlines/handle?n=1")


def test_it_says_when_the_calendar_has_changed_since(app, story):
    number = extended(story)
    with app.app_context():
        before = prove_deadline(story.env, System(), number, "handle")
        change = enter_change(story.env, System(), "dali", [ChangedDay(date(2026, 3, 10), False)], None, "州政府通知", date(2026, 3, 2))
        approve(story.env, System(), change.id, None)
        db.session.commit()
        after = prove_deadline(story.env, System(), number, "handle")
        assert after["calendar"]["changed"] and not after["agrees"] and after["recorded_due"] == before["due"] < after["due"]
        page = Browser(app, HANDLER).get(f"/desk/cases/{number}/deadlines/handle").text
        assert "期限记录之后日历有过变更" in page and "办理以记录为准" in page
        apply_whole(story.env, change)
        done = prove_deadline(story.env, System(), number, "handle")
        event = done["history"][-1]
        assert (event["kind"], event["old"], event["due"], event["basis"]) == ("recomputed", before["due"], after["due"], "州政府通知")
        assert event["by"]["who"] == "system" and event["old_version"] == before["calendar"]["version"] and done["agrees"] and not done["calendar"]["changed"]
        db.session.remove()
    page = Browser(app, HANDLER).get(f"/desk/cases/{number}").text
    assert "日历调整：由" in page and "日历调整前" in page


def test_what_has_ended_is_proved_by_the_calendar_with_which_it_did(app, story):
    number = story.at_handle()
    with app.app_context():
        before = prove_deadline(story.env, System(), number, "receive")
        assert before["status"] == "met"
        for day, working in ((before["due"], False), (before["due"], True), ("2026-03-12", False)):
            change = enter_change(story.env, System(), "dali", [ChangedDay(date.fromisoformat(day), working)], None, "州政府通知", date(2026, 3, 2))
            approve(story.env, System(), change.id, None)
            db.session.commit()
            apply_whole(story.env, change)
            after = prove_deadline(story.env, System(), number, "receive")
            assert (after["days"], after["due"], after["calendar"]) == (before["days"], before["due"], before["calendar"]) and after["agrees"]
        db.session.remove()
    assert "日历有过变更" not in Browser(app, HANDLER).get(f"/desk/cases/{number}/deadlines/receive").text


def test_a_pause_stands_in_the_days_and_the_history(app, story):
    number = story.at_handle()
    with app.app_context():
        row = db.session.scalar(select(DeadlineRow).join(Case, Case.id == DeadlineRow.case_id).where(Case.number == number, DeadlineRow.name == "handle"))
        paused = Deadline.from_json(row.doc).pause(at("2026-03-05T10:00"), HANDLER, "等待检测结果")
        row.doc, row.due_at = paused.to_json(), None
        db.session.commit()
        standing = prove_deadline(story.env, System(), number, "handle")
        assert standing["due"] is None and standing["status"] == "paused" and standing["days"][-1]["date"] == "2026-03-05"
        Browser(app, HANDLER, "en").get(f"/desk/cases/{number}/deadlines/handle")
        resumed = paused.resume(at("2026-03-12T10:00"), story.env.registry.calendar("dali"), HANDLER)
        row = db.session.merge(row)
        row.doc, row.due_at = resumed.to_json(), resumed.due_at
        db.session.commit()
        proof = prove_deadline(story.env, System(), number, "handle")
        db.session.remove()
    still = [day for day in proof["days"] if day["why"] == "paused"]
    assert [day["date"] for day in still] == [f"2026-03-{n:02}" for n in range(6, 13)] and {day["event"] for day in still} == {1}
    assert [event["kind"] for event in proof["history"]] == ["started", "paused", "resumed"]
    page = Browser(app, HANDLER).get(f"/desk/cases/{number}").text
    assert "中止：3月5日 到 3月12日" in page and '<line class="paused"' in page


def test_the_line_leads_to_the_proof_and_an_urgent_date_is_urgent(app, story):
    number = story.file()
    story.do(number, SCREENER, "screen", decision="assign", unit=COUNTY, urgent=True, urgent_due="2026-03-06")
    story.do(number, f"{COUNTY}.intake", "receive")
    page = Browser(app, f"{COUNTY}.intake").get(f"/desk/cases/{number}").text
    assert f'href="/desk/cases/{number}/deadlines/handle?n=1"' in page
    assert "紧急，限 3月6日" in page and "指定到 3月6日" in page
    with app.app_context():
        proof = prove_deadline(story.env, System(), number, "handle")
        assert proof["urgent"] and proof["until"] == proof["due"] == "2026-03-06" and [r["id"] for r in proof["rules"]][1] == "date"
        db.session.remove()


def test_what_is_left_of_extensions_is_seen_before_asking(app, story):
    number = story.at_handle()
    browser = Browser(app, HANDLER)
    page = browser.get(f"/desk/cases/{number}").text
    assert "还可 1 次，这次最多 20 个工作日，到 2026年4月" in page and f"/desk/cases/{number}/actions/request_extension" in page
    form = browser.get(f"/desk/cases/{number}/actions/request_extension").text
    assert "同时须做到" in form and "批准后系统把延期和理由告知留言人" in form
    with app.app_context():
        work = read_case(story.env, number, find_person(login=HANDLER))
        budget = budget_of(work, work.manifest.actions["request_extension"])
        assert (budget.left, budget.most, budget.unit) == (1, 20, "wd")
        furthest = budget.furthest.isoformat()
        db.session.remove()
    # the furthest day may be had, the next one not
    answer = browser.submit(f"/desk/cases/{number}/actions/request_extension", {"until": "2026-04-22", "reason": "需要检测"})
    assert answer.status_code == 422 and furthest < "2026-04-22"
    assert browser.submit(f"/desk/cases/{number}/actions/request_extension", {"until": furthest, "reason": "需要检测"}).status_code == 200
    story.do(number, APPROVER, "approve_extension", decision="approve")
    page = browser.get(f"/desk/cases/{number}").text
    assert "不能再延" in page and "已达到允许延期的次数 (第十条)" in page
    assert f"/desk/cases/{number}/actions/request_extension" not in page
    assert browser.submit(f"/desk/cases/{number}/actions/request_extension", {"days": 1, "reason": "再要"}).status_code in (409, 422)


def test_a_provisional_date_is_marked_wherever_it_stands(app, client, clock, story):
    clock.move(at("2026-12-21T09:00"))      # fifteen working days from here lie in a year without its notice
    promised = client.get("/about/dali-ducha").text
    assert "暂定" in promised
    number, code = file_one(client)
    assert "暂定，该年放假安排尚未公布" in client.get("/receipt").text
    officials(app, number, "dispatch")
    browser = Browser(app, HANDLER)
    for address in ("/desk/", "/desk/unit", f"/desk/search?q={number[:6]}"):
        page = browser.client.get(address, headers=browser.headers, follow_redirects=True).text
        assert "暂定" in page, address
    case = browser.get(f"/desk/cases/{number}").text
    head = case[case.index('class="deadline-head"'):]
    assert "暂定" in head[:head.index("</div>")]
    assert "办理期限到 2027年1月12日(周二) (暂定)" in case        # the ledger
    act = case[case.index('aria-labelledby="act-title"'):]
    assert "暂定" in act[:act.index("</p>")]
    assert "(暂定)" in browser.get(f"/desk/cases/{number}/actions/request_extension").text
    followed = client.get(f"/follow/{number}").text
    assert "(暂定)" in followed[followed.index('class="where'):][:900]
    proof = client.get(f"/api/v1/cases/{number}/deadlines/handle?code={code}").json
    assert proof["provisional"] and proof["provisional_years"] == [2027] and {d["date"][:4] for d in proof["days"] if d["provisional"]} == {"2027"}
    page = client.get(f"/follow/{number}/deadlines/handle").text
    assert "暂定：2027年的放假安排尚未公布" in page and '<span class="tag">暂定</span>' in page
    text = "".join(pdf_text(client.get(f"/follow/{number}/deadlines/handle/proof.pdf").data))
    assert "暂定" in text and "Provisional: the public holidays of 2027" in text.replace("\r\n", " ")
    token = token_for(app, HANDLER)
    read = client.get(f"/api/v1/cases/{number}", headers=token).json
    assert read["deadlines"]["handle"]["provisional"] and [t["provisional"] for t in read["tasks"]] == [True]
    assert any(d.get("provisional") for e in read["ledger"] for d in e["data"].get("deadlines", []))
    listed = client.get("/api/v1/tasks", headers=token).json["tasks"]
    assert [t["provisional"] for t in listed if t["case"] == number] == [True]
    assert not client.get(f"/api/v1/cases/{number}", headers=token).json["deadlines"]["receive"]["provisional"]


def test_the_command_proves_a_deadline(app, story, database_url, tmp_path, monkeypatch, capsys):
    number = extended(story)
    for name, value in {"DUBAN_SECRET": "s" * 40, "DUBAN_LEDGER_KEY": "k" * 40, "DUBAN_DATA": str(tmp_path), "DUBAN_DATABASE": database_url, "DUBAN_WORKER": "none"}.items():
        monkeypatch.setenv(name, value)
    assert main(["deadline", "prove", number, "handle"]) == 0
    said = capsys.readouterr().out
    assert "2026-03-30  +  20  workday" in said and "extended  2026-03-23 -> 2026-03-30" in said and "due 2026-03-30, 20 days counted" in said
    assert main(["deadline", "prove", number, "handle", "--n", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["due"] == "2026-03-30" and len(found["days"]) == 29
    assert main(["deadline", "prove", number, "handle", "--n", "7"]) == 2
    assert main(["deadline", "prove", "DC0", "handle"]) == 2
    assert "there is no deadline 'handle'" in capsys.readouterr().err
