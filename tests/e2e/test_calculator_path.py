"""The calculator in a real browser: from the home page to every day of a proof, on a phone without scripts, on a phone and on a desktop."""
from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


@pytest.fixture(params=[(360, False), (360, True), (1280, True)], ids=["phone, no script", "phone", "desktop"])
def page(request, chromium, served):
    """A page at the home page; what does not fit sideways fails the test."""
    from webapp.portal.frame import limiter

    limiter.reset()
    width, script = request.param
    context = chromium.new_context(viewport={"width": width, "height": 800}, locale="zh-CN", base_url=served[1], java_script_enabled=script)
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto("/")
    yield page
    context.close()


def fits(page) -> None:
    wide = page.viewport_size["width"]
    for box in (each.bounding_box() for each in page.locator("main h1, main h2, main .btn, main input:visible, main .proof:visible .day, main p:visible").all()):
        assert box is None or (box["x"] >= -1 and box["x"] + box["width"] <= wide + 1), box


def press(page, name: str) -> None:
    """Press a button and wait for the page that it leads to."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def test_from_the_home_page_to_the_proof(page):
    page.locator("main").get_by_role("link", name="期限计算", exact=True).click()
    page.get_by_role("link", name="留言办理").click()
    page.locator("#f-start").fill("2026-09-18")
    page.get_by_label("其他情况").check()
    press(page, "计算")
    result = page.locator("#result")
    expect(result.get_by_text("2026年9月20日(周日)")).to_be_visible()
    expect(result.get_by_text("2026年10月16日(周五)")).to_be_visible()
    expect(page).to_have_url(re.compile("start=2026-09-18"))
    result.get_by_text("这个日期怎么算出来的").nth(1).click()
    sheet = result.locator(".proof").nth(1)
    expect(sheet.locator(".due time")).to_have_attribute("datetime", "2026-10-16")
    expect(sheet.locator("[datetime='2026-10-10']")).to_be_visible()
    fits(page)
    page.reload()
    expect(page.locator("#result").get_by_text("2026年10月16日(周五)")).to_be_visible()


def test_what_is_wrong_stands_beside_its_field(page):
    page.goto("/calculator/span")
    page.locator("#f-n").fill("9999")
    press(page, "计算")
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("#f-n-wrong")).to_be_visible()
    expect(page.locator("#f-n")).to_have_value("9999")
    fits(page)
    page.locator("#f-n").fill("15")
    page.locator("#f-start").fill("2026-09-18")
    press(page, "计算")
    expect(page.get_by_text("到 2026年10月15日(周四) 的 24 时为止")).to_be_visible()
    expect(page.locator(".proof .due")).to_be_visible()
    fits(page)


def test_the_page_that_explains(page):
    page.locator("footer").get_by_role("link", name="期限怎么算").click()
    expect(page.locator(".proof")).to_have_count(3)
    expect(page.locator("#autumn [datetime='2026-10-10'].d")).to_be_visible()
    expect(page.locator("#unknown").get_by_text("暂定").first).to_be_visible()
    fits(page)
    page.locator("#autumn").get_by_role("link", name="改一改日期再算").click()
    expect(page.get_by_text("到 2026年10月15日(周四) 的 24 时为止")).to_be_visible()
