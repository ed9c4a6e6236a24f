"""Reports: figures over what one may see and nothing else, the cases behind them, registers, and files that are recorded and in which text stays text."""
from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, text

from tests.conftest import MORNING
from tests.desk_story import COUNTY, OFFICE, SCREENER, Browser, Story
from webapp.cases.close_account import close_account
from webapp.cases.do_task import claim_task
from webapp.deployments.bundle import flatten
from webapp.deployments.deploy import bundled_procedures
from webapp.deployments.registry import build
from webapp.deployments.report_file import Condition
from webapp.domain.clock import local_date
from webapp.domain.directory import load_directory
from webapp.models import Case, ExportRecord, LedgerEntry, db
from webapp.permissions import find_person
from webapp.reports.conditions import one
from webapp.reports.exports import write_file
from webapp.reports.lists import behind, register
from webapp.reports.periods import period_of
from webapp.reports.tables import OTHERS, Question, compute
from webapp.settings import ROOT

REPORT = "/desk/reports/dali-ducha/half-year"
BULLETIN = "/desk/reports/dali-ducha/bulletin"


@pytest.fixture
def story(app, clock):
    return Story(app, clock)


def ask(story, login=SCREENER, report="half-year", group="unit", kind="month", day=None) -> Question:
    env, now = story.env, story.clock.now()
    deployed = env.registry.active("dali-ducha", now)
    return Question(find_person(login=login), deployed, deployed.reports.reports[report], period_of(kind, day or local_date(now)), group, now,
                    env.registry.calendar("dali"), env.registry.directory("dali"))


def table(story, **asked):
    """Group -> {figure: cell}; the whole under None."""
    with story.app.app_context():
        found = compute(ask(story, **asked))
        db.session.remove()
    names = [f.id for f in found.figures]
    return {line.group: dict(zip(names, line.cells, strict=True)) for line in found.lines} | {None: dict(zip(names, found.total.cells, strict=True))}


def numbers(story, figure, only=None, **asked):
    """The numbers of the cases behind a figure."""
    with story.app.app_context():
        question = ask(story, **asked)
        found = [c.number for c in behind(question, question.deployed.reports.figures[figure], only, None, 100)]
        db.session.remove()
    return found


@pytest.fixture
def month(story):
    """One refused, one in hand, one answered four working days after it was filed."""
    refused = story.file("想问社保")
    story.do(refused, SCREENER, "screen", decision="reject", basis="dc-x-1", reason="不属于政府职责")
    answered, in_hand = story.at_handle(), story.at_handle(title="路灯不亮")
    story.wait(days=4)
    story.do(answered, f"{COUNTY}/market.clerk", "handle", decision="reply", text="已核实并退还", facts="多收", finding="founded", policy_basis="价格法")
    story.do(answered, f"{COUNTY}.approver", "review", decision="pass")
    story.do(answered, f"{COUNTY}.approver", "feedback", how="platform", text="已退费")
    return {"refused": refused, "answered": answered, "in_hand": in_hand}


def test_the_figures_of_a_month(story, month):
    found = table(story)
    assert found[None] == {"received": 3, "accepted": 2, "refused": 1, "redirected": 0, "merged": 0, "open": 1, "missed": 0, "extended": 0, "supervised": 0, "closed": 2,
                           "on_time_rate": 100.0, "mean_days": 2.0}      # refused the same day, answered after four working days
    assert found[f"{COUNTY}/market"]["received"] == 2 and found[OFFICE]["refused"] == 1
    assert table(story, group="county")[COUNTY]["received"] == 2 and table(story, group="county")[OTHERS]["received"] == 1
    assert table(story, group="category")["dc-2"]["received"] == 3 and table(story, group="channel")["web"]["received"] == 3


def test_behind_a_number_stand_the_cases_it_counts(story, month):
    assert numbers(story, "refused") == [month["refused"]] and numbers(story, "open") == [month["in_hand"]]
    assert numbers(story, "founded", report="exposure") == [month["answered"]]
    for group in (f"{COUNTY}/market", OFFICE):
        assert len(numbers(story, "received", group)) == table(story)[group]["received"]
    assert set(numbers(story, "received", COUNTY, group="county")) == {month["answered"], month["in_hand"]}
    assert numbers(story, "received", OTHERS, group="county") == [month["refused"]]


def test_late_and_missed_are_told_apart(story, month):
    story.wait(days=60)
    march = date(2026, 3, 31)
    found = table(story, day=march)
    assert found[None]["missed"] == 1 and found[None]["on_time_rate"] == 100.0
    story.do(month["in_hand"], f"{COUNTY}/market.clerk", "handle", decision="reply", text="路灯已修复并复查", facts="灯坏", finding="founded", policy_basis="条例")
    story.do(month["in_hand"], f"{COUNTY}.approver", "review", decision="pass")
    story.do(month["in_hand"], f"{COUNTY}.approver", "feedback", how="platform", text="已修")
    assert table(story, day=march)[None]["missed"] == 0 and table(story, day=march)[None]["supervised"] == 1
    found = table(story, report="bulletin")
    assert (found[None]["closed_late"], found[None]["closed_on_time"], found[None]["on_time_rate"]) == (1, 0, 0.0)


def test_a_period_ends_with_its_last_day_in_shanghai(story):
    number = story.file()
    day = local_date(MORNING)
    assert numbers(story, "received", kind="month", day=day) == [number]
    story.wait(days=40)
    assert numbers(story, "received") == [] and numbers(story, "received", day=day) == [number]
    assert period_of("half-year", date(2026, 8, 9)).first == date(2026, 7, 1) and period_of("half-year", date(2026, 8, 9)).before().end == date(2026, 6, 30)
    assert period_of("week", date(2026, 3, 4)).first == date(2026, 3, 2) and period_of("year", date(2026, 3, 4)).before().first == date(2025, 1, 1)


def test_nobody_learns_of_a_case_by_counts(story, month):
    story.file("教育局乱收费", respondent=f"{COUNTY}/education")
    assert table(story)[None]["received"] == 4
    for login in (f"{COUNTY}/education.leader", f"{COUNTY}/education.approver"):
        assert table(story, login=login) == {None: table(story, login=login)[None]} and not any(table(story, login=login)[None].values())
    assert table(story, login=f"{COUNTY}.leader")[None]["received"] == 2        # what the county has, not what the office refused
    other = table(story, login="dali/midu.leader")
    assert other[None]["received"] == 0 and numbers(story, "received", login="dali/midu.leader") == []
    assert numbers(story, "received", login=f"{COUNTY}/education.leader") == []


def test_a_case_against_a_unit_on_it_is_not_in_its_reports(story):
    number = story.at_receive()
    assert numbers(story, "received", login=f"{COUNTY}.leader") == [number]
    with story.app.app_context():
        db.session.execute(text('UPDATE "case" SET respondent = :unit WHERE number = :number'), {"unit": COUNTY, "number": number})
        db.session.commit()
        db.session.remove()
    assert numbers(story, "received", login=f"{COUNTY}.leader") == [] and table(story, login=f"{COUNTY}.leader")[None]["received"] == 0
    page = Browser(story.app, f"{COUNTY}.leader").get(f"{REPORT}?period=month").text
    assert "这一期没有件" in page and number not in page


def test_who_reads_reports(story, month):
    assert Browser(story.app, f"{COUNTY}/market.clerk").get("/desk/reports", 404)
    assert Browser(story.app, f"{COUNTY}/market.clerk").get(REPORT, 404)
    browser = Browser(story.app, SCREENER)
    assert "半年汇总" in browser.get("/desk/reports").text and "desk/reports" in browser.get("/desk/").text
    browser.get("/desk/reports/liaoning-12345/kpi", 404)
    browser.get("/desk/reports/dali-ducha/kpi", 404)
    for nonsense in ("period=decade", "group=respondent", "date=2026-02-30", "date=0001-01-01"):
        browser.get(f"{REPORT}?{nonsense}", 400)
    for nonsense in ("figure=mean_days", "figure=on_time_rate", "figure=founded", "figure="):
        browser.get(f"{REPORT}/cases?{nonsense}", 400)


def test_the_pages_say_what_they_hold(story, month):
    browser = Browser(story.app, SCREENER)
    page = browser.get(f"{REPORT}?period=month").text
    assert "2026年3月（截至3月6日）" in page and "祥云县市场监督管理局" in page and "100.0%" in page
    assert month["refused"] in browser.get(f"{REPORT}/cases?period=month&figure=refused").text
    assert "名次" in browser.get(f"{BULLETIN}?period=month").text
    english = Browser(story.app, SCREENER, "en").get(f"{REPORT}?period=half-year").text
    assert "First half of 2026" in english and "On-time rate" in english


def export(browser, status=200, **given):
    data = {"csrf_token": browser.csrf, "period": "month", **given}
    answer = browser.client.post(f"{REPORT}/export", data=data, headers=browser.headers)
    assert answer.status_code == status, answer.text[:500]
    return answer


def test_an_export_is_recorded_and_names_nobody(story, month):
    browser = Browser(story.app, SCREENER)
    answer = export(browser, kind="csv", figure="received")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert {row[0] for row in rows[1:]} == set(month.values())
    assert not any(word in answer.data.decode() for word in ("校服收费不合理", "张小三", "13800000001"))
    assert export(browser, kind="xlsx").data[:2] == b"PK"
    with story.app.app_context():
        kept = list(db.session.scalars(select(ExportRecord).order_by(ExportRecord.id)))
        assert [(r.login, r.kind, r.rows) for r in kept] == [(SCREENER, "csv", 3), (SCREENER, "xlsx", 3)]
        with pytest.raises(Exception, match="written once"):
            db.session.execute(text("DELETE FROM export_record"))
        db.session.rollback()
        db.session.remove()
    export(browser, 400, kind="pdf")
    browser.get("/desk/reports/exports", 404)
    listed = Browser(story.app, f"{OFFICE}.auditor").get("/desk/reports/exports").text
    assert SCREENER in listed
    assert SCREENER not in Browser(story.app, f"{COUNTY}.auditor").get("/desk/reports/exports").text


def test_hostile_text_stays_text():
    hostile = ["=HYPERLINK(\"http://x\")", "+1+1", "-2", "@SUM(A1)", "\t=1", "＝1+1", "\u3000=1", "https://x.example", "1e9"]
    rows = list(csv.reader(io.StringIO(write_file("csv", [["head"], *([h] for h in hostile), [5]], "x").decode("utf-8-sig"))))
    assert all(row[0].startswith("'") for row in rows[1:8]) and rows[-1] == ["5"]
    book = zipfile.ZipFile(io.BytesIO(write_file("xlsx", [["head"], *([h] for h in hostile), [5]], "a/b[c]")))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "hyperlink" not in sheet and sheet.count('t="s"') == 1 + len(hostile)


def test_the_cases_of_a_period_are_found_by_an_index(story, month):
    with story.app.app_context():
        asked, dialect = ask(story), db.engine.dialect
        for of, index in (("received", "ix_case_filed"), ("closed", "ix_case_closed")):
            query = asked.cases(of).with_only_columns(Case.id).compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
            if dialect.name == "sqlite":
                plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", tuple(0 for _ in query.positiontup)).all()
                assert any(index in row[-1] for row in plan) and not any(row[-1].startswith("SCAN case") for row in plan)
        db.session.remove()


def test_a_register_lists_what_was_refused(story, month):
    with story.app.app_context():
        asked = ask(story)
        entries = (Condition(step=("screen",), field="decision", values=("reject",)),)
        listed = register(replace(asked, report=replace(asked.report, entries=entries)), 10)
        assert [(case.number, entry.data["answers"]["basis"]) for case, entry in listed] == [(month["refused"], "dc-x-1")]
        walled = replace(asked, person=find_person(login=f"{COUNTY}.leader"), report=replace(asked.report, entries=entries))
        assert register(walled, 10) == []
        db.session.remove()


def test_a_closed_account_gives_its_tasks_back(story):
    number, login = story.at_handle(), f"{COUNTY}/market.clerk"
    task = story.task(number, "handle")
    with story.app.app_context():
        claim_task(story.env, task.id, find_person(login=login))
        db.session.commit()
        assert close_account(story.env, login) == 1 and close_account(story.env, login) is None
        db.session.commit()
        assert find_person(login=login) is None
        db.session.remove()
    assert story.task(number, "handle").assignee_id is None


def test_the_page_of_a_procedure_has_its_code_to_scan(client):
    assert "扫码反映" in client.get("/about/dali-ducha").text


@pytest.mark.parametrize("procedure", bundled_procedures(ROOT))
def test_every_report_of_every_procedure_can_be_asked(env, clock, procedure):
    """Each figure, group and register as SQL of this database, with nobody's cases."""
    deployed = build(flatten(ROOT, procedure))
    directory = load_directory((ROOT / "processes" / "directories" / f"{deployed.manifest.directory}.toml").read_bytes())
    for report in deployed.reports.reports.values():
        for group in report.groups or ("",):
            asked = Question(find_person(login=SCREENER), deployed, report, period_of(report.periods[0], local_date(clock.now())), group, clock.now(),
                             env.registry.calendar(deployed.manifest.calendar), directory)
            if report.entries:
                assert register(asked, 10) == []
                continue
            assert compute(asked).lines == []
            assert all(behind(asked, f, OTHERS, None, 10) == [] for f in deployed.reports.of(report) if not f.share and not f.mean)


def test_the_last_answer_counts_and_a_yes_is_a_yes(story, month):
    """What is asked of answers in the ledger: any of them, or the last; texts, and yes or no."""
    number = month["answered"]
    with story.app.app_context():
        case = db.session.scalar(select(Case).where(Case.number == number))
        told = [("revisit", {"rating": "dissatisfied", "false_closure": True}), ("rate", {"rating": "satisfied"}), ("note", {"rating": "dissatisfied"})]
        for n, (kind, answers) in enumerate(told, 900):
            db.session.add(LedgerEntry(case_id=case.id, seq=n, at=story.clock.now(), kind=kind, actor="x", unit=None, data={"answers": answers}, hash="-"))
        db.session.commit()

        def counted(**condition) -> bool:
            found = db.session.scalar(select(Case.number).where(Case.id == case.id, one(Condition(**condition), story.clock.now())))
            return found == number

        rating = {"step": ("rate", "revisit"), "field": "rating"}
        assert counted(**rating, values=("dissatisfied",)) and counted(**rating, last=True, values=("satisfied",)) and counted(**rating)
        assert not counted(**rating, last=True, values=("dissatisfied",))
        assert counted(step=("revisit",), field="false_closure", values=("true",)) and not counted(step=("revisit",), field="false_closure", values=("false",))
        assert not counted(step=("revisit",), field="reason") and counted(step=("note",)) and not counted(step=("verify",))
        db.session.remove()
