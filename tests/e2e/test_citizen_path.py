"""A citizen's whole way in a real browser: file, keep the receipt, follow, add, withdraw; and rate after the answer. Phone and desktop, with and without scripts."""
from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select
from werkzeug.serving import make_server

from tests.citizen_story import PROCEDURE, TEXT, TITLE, UNIT, officials
from webapp.models import Case, db

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.parametrize("databases", ["sqlite"], indirect=True),
]
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def browser(chromium):
    return chromium


@pytest.fixture
def address(app):
    """The application served on a free port."""
    from webapp.portal.frame import limiter

    limiter.reset()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(params=["phone, no script", "phone", "desktop"])
def page(request, browser, address):
    """A page at the home page, that fails the test when the browser complains or something does not fit."""
    context = browser.new_context(viewport=DESKTOP if request.param == "desktop" else PHONE, java_script_enabled="no script" not in request.param,
                                  locale="zh-CN", base_url=address)
    page = context.new_page()
    page.set_default_timeout(10_000)
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" and "status of 422" not in message.text else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/")
    yield page
    context.close()
    assert complaints == []


def go_on(page) -> None:
    """Press the page's main button and wait for the page that it leads to; nothing may stick out sideways."""
    with page.expect_navigation():
        page.locator("main button.btn-primary").last.click()
    wide = page.locator("html").bounding_box()["width"]
    for box in (each.bounding_box() for each in page.locator("main h1, main .btn, main input:visible, main select, main textarea").all()):
        assert box is None or box["x"] < 0 or box["x"] + box["width"] <= wide + 1


def file_by_hand(page, send=lambda button: button.click()) -> tuple[str, str]:
    """From the home page to the receipt: number and query code. `send` presses the last button."""
    page.get_by_role("link", name="我要反映").last.click()
    expect(page).to_have_url(re.compile(f"/file/{PROCEDURE}$"))
    go_on(page)
    go_on(page)
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("#f-type-wrong")).to_be_visible()
    page.get_by_label("投诉").check()
    go_on(page)
    page.locator("select[name=respondent]").select_option(UNIT)
    go_on(page)
    page.locator("[name=title]").fill(TITLE)
    page.locator("[name=text]").fill(TEXT)
    go_on(page)
    page.get_by_label("留下姓名或单位名称").check()
    page.get_by_label("个人").check()
    go_on(page)
    page.locator("[name=claimant_name]").fill("张三")
    go_on(page)
    expect(page.get_by_text("2026年3月24日")).to_be_visible()
    expect(page.get_by_text(TITLE)).to_be_visible()
    page.locator("button[value=edit-contact]").first.click()
    expect(page.locator("[name=claimant_name]")).to_have_value("张三")
    page.locator("[name=claimant_phone]").fill("13800000001")
    go_on(page)
    expect(page.get_by_text("13800000001")).to_be_visible()
    send(page.locator("main button[value=send].btn"))
    expect(page).to_have_url(re.compile("/receipt$"))       # asks again and again: a second press breaks off the first one's navigation
    expect(page.locator(".receipt svg")).to_be_visible()
    return page.locator("[data-number]").inner_text(), page.locator("[data-code]").inner_text()


def test_the_receipt_is_kept_as_a_picture(app, page, request):
    number, _code = file_by_hand(page)
    keep = page.locator("[data-receipt-picture]")
    if "no script" in request.node.callspec.params["page"]:
        expect(keep).to_be_hidden()
        return
    with page.expect_download() as saved:
        keep.click()
    assert saved.value.suggested_filename == f"{number}.png"
    assert page.locator("[data-picture-place] img").evaluate("image => image.naturalWidth") == 720


def open_with_code(page, number: str, code: str, door: str) -> None:
    """Knock with number and code, first with a wrong one."""
    page.context.clear_cookies()
    page.goto(f"/{door}?number={number}")
    page.locator("[name=code]").fill("AAAAA AAAAA")
    go_on(page)
    expect(page.get_by_text("编号和查询码对不上").first).to_be_visible()
    page.locator("[name=code]").fill(code)
    go_on(page)


def test_file_follow_add_withdraw(app, page, clock):
    number, code = file_by_hand(page)
    page.get_by_role("link", name="查看进度").click()
    expect(page.get_by_text("州政府督查室正在查看您的留言")).to_be_visible()
    clock.move(clock.now() + timedelta(hours=2))
    officials(app, number, "dispatch")
    open_with_code(page, number, code, "follow")
    expect(page.get_by_text("祥云县市场监督管理局正在办理")).to_be_visible()
    page.locator(".deadline summary").click()
    expect(page.locator(".proof .due")).to_be_visible()
    page.get_by_role("link", name="补充情况").click()
    page.locator("[name=text]").fill("补充：收据编号 0012345")
    go_on(page)
    expect(page.get_by_text("补充的内容已经附在您的留言后面")).to_be_visible()
    expect(page.get_by_text("收据编号 0012345")).to_be_visible()
    page.get_by_role("link", name="撤回留言").click()
    page.get_by_role("button", name="确认撤回").click()
    expect(page.get_by_text("您已撤回").first).to_be_visible()
    page.get_by_role("button", name="退出查询").click()
    page.goto(f"/follow/{number}")
    expect(page).to_have_url(re.compile(r"/follow\?number="))
    expect(page.get_by_text(TITLE)).to_be_hidden()


def test_rate_after_the_answer(app, page):
    number, code = file_by_hand(page)
    officials(app, number)
    open_with_code(page, number, code, "rate")
    page.get_by_label("满意", exact=True).check()
    go_on(page)
    expect(page.get_by_text("您的评价已经记下")).to_be_visible()
    expect(page.get_by_text("已责令学校退还多收的费用")).to_be_visible()


def test_back_button_keeps_the_draft(app, page):
    page.goto(f"/file/{PROCEDURE}")
    go_on(page)
    page.get_by_label("求助").check()
    go_on(page)
    page.go_back()
    page.get_by_label("咨询").check()
    go_on(page)
    expect(page.locator("select[name=respondent]")).to_be_visible()


def test_a_double_click_files_once(app, page):
    file_by_hand(page, lambda button: button.dblclick())
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Case)) == 1
        db.session.remove()
