"""Entering letters, calls and visits at the desk: who may, that it is filed like any other, once, and what is refused."""
from __future__ import annotations

import html
import re
import threading
from datetime import date, datetime

import pytest
from sqlalchemy import func, select

from tests.desk_story import APPROVER, COUNTY, OFFICE, SCREENER, Browser, Story
from tests.integration.test_opinions import site  # noqa: F401  (a fixture)
from webapp.cases.enter_case import channels_of, desks
from webapp.cases.file_case import find_by_code
from webapp.domain.clock import SHANGHAI
from webapp.engine.manifest import read_manifest
from webapp.models import Case, DeadlineRow, LedgerEntry, Message, db
from webapp.models import Filing as Filed
from webapp.permissions import Holding, Person, find_person
from webapp.settings import ROOT

CLERK = f"{OFFICE}.intake"
LETTER = {"channel": "letter", "received_on": "2026-02-27", "type": "complaint", "category": "dc-2", "title": "路灯不亮", "text": "村口的路灯坏了三个月，报修两次没有人来。",
          "claimant_kind": "person", "claimant_name": "赵老五", "claimant_phone": "13800000009"}


@pytest.fixture
def story(app, clock) -> Story:
    return Story(app, clock)


@pytest.fixture
def browser(app) -> Browser:
    return Browser(app, CLERK)


def address(browser: Browser, procedure: str = "dali-ducha", **more) -> str:
    """Where the form of a freshly opened page is sent: with the key that files it once."""
    page = browser.client.get(f"/desk/enter/{procedure}", query_string=more, headers=browser.headers)
    assert page.status_code == 200, page.status_code
    return html.unescape(re.search(r'data-action="([^"]+)"', page.text)[1])


def enter(browser: Browser, **change) -> str:
    """Enter a letter; its number."""
    answer = browser.submit(address(browser), {**LETTER, **change})
    assert answer.status_code == 200, answer.text
    return answer.json["next"].rpartition("/")[2]


def wrong(answer) -> dict[str, str]:
    assert answer.status_code == 422, (answer.status_code, answer.text[:300])
    return {f["field"]: f["code"] for f in answer.json["fields"]}


def how_many(app) -> int:
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(Case))
        db.session.remove()
        return found


def test_a_letter_is_filed_like_any_other_and_the_ledger_says_who_entered_it(story, browser):
    number = enter(browser)
    case = story.case(number)
    assert (case.channel, case.office, case.title, case.filed_at) == ("letter", OFFICE, "路灯不亮", story.clock.now())
    entry = story.scalar(select(LedgerEntry).where(LedgerEntry.case_id == case.id, LedgerEntry.seq == 1))
    assert (entry.kind, entry.actor, entry.unit, entry.data["received"]) == ("filed", CLERK, OFFICE, "2026-02-27")
    content = story.scalar(select(Filed.content).where(Filed.case_id == case.id, Filed.seq == 0))
    assert content["claimant_name"] == "赵老五" and "received_on" not in content
    story.do(number, SCREENER, "screen", decision="assign", unit=COUNTY)       # it goes its way
    page = Browser(story.app, SCREENER).get(f"/desk/cases/{number}").text
    assert "登记来件：来信，2026年2月27日" in page and "2月27日收到，登记于" in page


def test_time_counts_from_the_entering_not_from_the_day_it_came(story, browser):
    number = enter(browser, received_on="2026-01-05")
    story.do(number, SCREENER, "screen", decision="assign", unit=COUNTY)
    due = story.scalar(select(DeadlineRow.doc).join(Case, Case.id == DeadlineRow.case_id).where(Case.number == number, DeadlineRow.name == "receive"))
    assert "2026-03-03" in str(due)


def test_the_slip_opens_the_case_for_the_citizen(story, browser, client):
    number = enter(browser)
    page = browser.get(f"/desk/entered/{number}").text
    code = re.search(r"data-code>(\w+ \w+)<", page)[1].replace(" ", "")
    with story.app.app_context():
        citizen = find_by_code(story.env, number, code)
        told = db.session.scalar(select(Message.data).where(Message.case_id == citizen.case_id, Message.kind == "filed"))
        db.session.remove()
    assert told == {"received": "2026-02-27"}
    page = client.get("/follow").text
    csrf = html.unescape(re.search(r'name="csrf_token" value="([^"]*)"', page)[1])
    client.post("/follow", data={"number": number, "code": code, "csrf_token": csrf})
    assert "2026年2月27日" in client.get(f"/follow/{number}").text


def test_the_slip_is_for_who_entered_it_and_for_half_an_hour(story, browser):
    number = enter(browser)
    Browser(story.app, SCREENER).get(f"/desk/entered/{number}", 404)
    story.wait(minutes=31)
    assert browser.get(f"/desk/entered/{number}", 302).location.endswith(f"/desk/cases/{number}")
    browser.get("/desk/entered/DC20260302000000", 404)
    browser.get(f"/desk/entered/{story.file()}", 404)


def test_sent_twice_it_is_one_case(story, browser):
    where = address(browser)
    first, second = (browser.submit(where, LETTER) for _ in range(2))
    assert first.json == second.json and how_many(story.app) == 1
    changed = browser.submit(where, {**LETTER, "title": "路灯还是不亮"})
    assert changed.status_code == 422 and changed.json["code"] == "idempotency" and how_many(story.app) == 1
    assert address(browser) != where


def test_sent_twice_at_once_it_is_one_case(story, browser):
    where, found = address(browser), []
    cookies = browser.client.get_cookie("session").value

    def send():
        client = story.app.test_client()
        client.set_cookie("session", cookies)
        found.append(client.post(where, json={"values": LETTER}, headers={"X-CSRFToken": browser.csrf, "Accept": "application/json"}))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert {answer.status_code for answer in found} == {200}
    assert len({answer.json["next"] for answer in found}) == 1 and how_many(story.app) == 1


def test_another_persons_key_is_another_key(story, browser):
    where = address(browser)
    other = Browser(story.app, SCREENER)
    numbers = {each.submit(where, LETTER).json["next"] for each in (browser, other)}
    assert len(numbers) == 2


@pytest.mark.parametrize(("change", "field", "code"), [
    ({"received_on": "2026-03-03"}, "received_on", "future_date"), ({"received_on": None}, "received_on", "required"), ({"received_on": "27.2.2026"}, "received_on", "date"),
    ({"channel": None}, "channel", "required"), ({"channel": "web"}, "channel", "not_an_option"), ({"channel": "qr"}, "channel", "not_an_option"), ({"channel": "dove"}, "channel", "not_an_option"),
    ({"title": None}, "title", "required"), ({"office": "dali/office"}, "office", "unknown_field"), ({"claimant": {"name": "x"}}, "claimant", "unknown_field"), ({"sample": 1}, "sample", "unknown_field"),
])
def test_what_does_not_hold_is_said_beside_the_field(story, browser, change, field, code):
    values = {k: v for k, v in {**LETTER, **change}.items() if v is not None}
    found = wrong(browser.submit(address(browser), values))
    assert found.get(field) == code
    assert how_many(story.app) == 0


def test_both_forms_are_looked_at_at_once(browser):
    assert wrong(browser.submit(address(browser), {"received_on": "2027-01-01", "channel": "letter"})).keys() >= {"received_on", "title", "text", "type"}


def test_who_may_not_enter_finds_nothing(story, app):
    for login in (f"{COUNTY}.intake", APPROVER, f"{OFFICE}.clerk", f"{OFFICE}.leader"):
        other = Browser(app, login)
        assert "/desk/enter" not in other.get("/desk/").text, login
        other.get("/desk/enter", 404)
        other.get("/desk/enter/dali-ducha", 404)
        assert other.submit("/desk/enter/dali-ducha?key=" + "a" * 24, LETTER).status_code == 404
    assert how_many(app) == 0


def test_it_stands_in_the_rail_of_those_who_may(browser):
    assert 'href="/desk/enter"' in browser.get("/desk/").text
    assert browser.get("/desk/enter", 302).location.endswith("/desk/enter/dali-ducha")
    browser.get("/desk/enter/dali-ducha?unit=dali/xiangyun", 404)
    browser.get("/desk/enter/nothing", 404)


def test_a_key_is_needed_and_a_form(browser):
    for key in ("", "short", "a b" * 10, "x" * 70):
        assert browser.submit(f"/desk/enter/dali-ducha?key={key}", LETTER).status_code == 400
    assert browser.post(address(browser), **LETTER).status_code == 400
    assert browser.client.post(address(browser), json={"values": LETTER}).status_code == 400        # without the CSRF token


def test_what_is_written_about_the_office_cannot_be_entered_by_it(story, browser):
    assert wrong(browser.submit(address(browser), {**LETTER, "respondent": OFFICE})) == {"respondent": "respondent"}
    assert wrong(browser.submit(address(browser), {**LETTER, "respondent": "dali"})) == {"respondent": "respondent"}
    assert how_many(story.app) == 0
    other = Browser(story.app, "dali/office.intake")       # the office that receives such matters in its stead
    answer = other.submit(address(other), {**LETTER, "respondent": OFFICE})
    number = answer.json["next"].rpartition("/")[2]
    assert story.case(number).office == "dali/office"
    browser.get(f"/desk/cases/{number}", 404)
    assert "打开此件" in other.get(f"/desk/entered/{number}").text


def test_anonymous_letters_are_entered_too(story, browser):
    values = {k: v for k, v in LETTER.items() if not k.startswith("claimant_")} | {"anonymous": True}
    number = browser.submit(address(browser), values).json["next"].rpartition("/")[2]
    assert story.case(number).anonymous


def test_a_scan_goes_with_the_letter_and_the_citizen_may_see_it(story, browser):
    import io

    from tests.file_samples import pdf
    sent = browser.client.post("/desk/files", data={"file": (io.BytesIO(pdf()), "scan.pdf")}, headers={**browser.headers, "X-CSRFToken": browser.csrf})
    assert sent.status_code == 201, sent.text
    number = enter(browser, documents=[sent.json["id"]])
    case = story.case(number)
    with story.app.app_context():
        from webapp.cases.attachments import find_for_citizen
        from webapp.permissions import Citizen
        assert find_for_citizen(sent.json["id"], Citizen(case.id)).uploaded_by == CLERK
        db.session.remove()
    assert "scan.pdf" in browser.get(f"/desk/cases/{number}").text


def test_one_like_it_is_pointed_out_but_entered_all_the_same(story, browser):
    earlier = enter(browser)
    number = enter(browser, title="路灯坏了没人修")
    assert number != earlier
    page = browser.get(f"/desk/entered/{number}").text
    assert earlier in page and "可能是同一事项" in page


def test_the_next_one_starts_from_the_same_channel(browser):
    number = enter(browser, channel="phone")
    again = html.unescape(re.search(r'href="([^"]+)" data-next', browser.get(f"/desk/entered/{number}").text)[1])
    assert '"channel": "phone"' in browser.get(again).text
    assert '"received_on": "2026-03-02"' in browser.get(again).text


def test_english_pages_hold_no_chinese_of_ours(app):
    browser = Browser(app, CLERK, "en")
    number = enter(browser, title="Lamp", text="Out of order", claimant_name="Zhao")
    for page in (browser.get(f"/desk/entered/{number}").text, browser.get("/desk/enter/dali-ducha").text):
        main = re.sub(r"<script.*?</script>", "", page.split("<main")[1].split("</main>")[0], flags=re.S)
        assert not re.search(r"[\u4e00-\u9fff]", main), re.findall(r".{20}[\u4e00-\u9fff]+.{20}", main)[:5]


def test_nobody_enters_where_the_procedure_names_no_desk(app, env):
    manifest = env.registry.active("dali-ducha", env.now()).manifest
    desk = manifest.filing.pop("desk")
    try:
        assert desks(env, find_person(login=CLERK)) == []
    finally:
        manifest.filing["desk"] = desk
    assert [(d.unit, "web" in d.channels, d.channels["letter"]) for d in desks(env, find_person(login=CLERK))] == [(OFFICE, False, None)]
    assert env.now().date() == date(2026, 3, 2)


OPINION = {"channel": "letter", "received_on": "2026-03-02", "title": "期限", "text": "第十九条的期限应当缩短。", "claimant_name": "欧阳明"}


def test_an_opinion_by_letter_needs_a_draft_that_is_open(app, site, clock):  # noqa: F811
    """Letters on drafts are entered by the office's intake, within the window alone, and may lack what only the form on the site asks."""
    browser = Browser(app, "liaoning/justice.intake")
    where = address(browser, "liaoning-yijian")
    assert wrong(browser.submit(where, OPINION)) == {"consultation": "required"}
    assert wrong(browser.submit(where, {**OPINION, "consultation": "999"})) == {"consultation": "not_an_option"}
    assert wrong(browser.submit(where, {**OPINION, "consultation": str(site["rule"]), "received_on": "2026-03-01"})) == {"received_on": "window"}
    assert wrong(browser.submit(where, {**OPINION, "consultation": str(site["rule"]), "channel": "phone"}))["channel"] == "not_an_option"
    assert browser.submit(where, {**OPINION, "consultation": str(site["rule"])}).status_code == 200
    with app.app_context():
        assert db.session.execute(select(Case.consultation_id, Case.consultation, Case.channel)).one() == (site["rule"], "rule", "letter")
        db.session.remove()
    clock.move(datetime(2026, 4, 1, 0, 0, tzinfo=SHANGHAI))
    late = browser.client.post(f"/desk/enter/liaoning-yijian?key={'k' * 24}", json={"values": {**OPINION, "consultation": str(site["rule"])}},
                               headers={"X-CSRFToken": browser.csrf, "Accept": "application/json"})
    assert "consultation" in wrong(late) and how_many(app) == 1
    assert "现在没有正在征集意见的草案" in browser.get("/desk/enter/liaoning-yijian").text


@pytest.mark.parametrize(("login", "channels"), [
    ("xuchang/business-env.intake", {"phone": None, "letter": None}), ("xuchang/services.intake", {"window": "xuchang/services"}), ("xuchang/weidu/services.intake", {"window": "xuchang/weidu/services"}),
    ("xuchang/office.intake", {"hotline_12345": "xuchang/office", "phone": None}), ("xuchang/commerce.intake", {"foreign_investor": "xuchang/commerce"}),
    ("xuchang/market.intake", {}), ("xuchang/services.clerk", {}),
])
def test_the_body_in_charge_of_a_channel_receives_what_it_enters(login, channels):
    """xuchang 5(1): what the manifest says of each channel, by unit and role."""
    problems = []
    manifest = read_manifest((ROOT / "processes" / "xuchang-yousu" / "procedure.toml").read_bytes(), problems)
    unit, _dot, role = login.rpartition(".")
    found = channels_of(manifest, Person(1, login, "", (Holding(1, unit, role),)), unit)
    assert not problems and bool(found) == bool(channels)
    assert {c: found.get(c, "none") for c in channels} == channels
    assert "web" not in found and (len(channels) != 1 or set(found) == set(channels))
