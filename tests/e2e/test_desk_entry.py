"""A clerk enters letters one after the other by keyboard, and what is wrong stands beside the field."""
from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.desk_story import OFFICE, Story
from tests.e2e.test_main_path import sign_in
from webapp.models import Case

pytestmark = pytest.mark.e2e
FORM = "#enter-form[data-ready]"


@pytest.fixture
def story(served, clock) -> Story:
    return Story(served[0], clock)


def write_letter(page, title: str) -> None:
    page.get_by_label("投诉", exact=True).check()
    page.get_by_label("一句话概括").fill(title)
    page.get_by_label("姓名或单位名称").fill("赵老五")
    page.get_by_label("发生了什么").fill("村口的路灯坏了三个月，报修两次没有人来。")


def test_two_letters_one_after_the_other_by_keyboard(window, story):
    page = window()
    sign_in(page, f"{OFFICE}.intake")
    page.get_by_role("link", name="登记来件").click()
    page.wait_for_selector(FORM)
    page.keyboard.type("来信")       # the first question has the focus
    page.keyboard.press("Enter")
    write_letter(page, "路灯不亮")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/desk/entered/**")
    number, code = page.locator("[data-number]").inner_text(), page.locator("[data-code]").inner_text().replace(" ", "")
    page.keyboard.press("n")
    page.wait_for_selector(FORM)
    assert page.locator(".fjs-form-field-select input").first.input_value() == "来信"
    write_letter(page, "垃圾没人清")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "/entered/" in url and number not in url)
    assert story.scalar(select(func.count()).select_from(Case)) == 2
    citizen = window(390, 844)
    citizen.goto(f"/follow?number={number}")
    citizen.locator("input[name=code]").fill(code)
    citizen.keyboard.press("Enter")
    citizen.wait_for_url(f"**/follow/{number}")
    assert "路灯不亮" in citizen.locator("main").inner_text()


def test_going_back_and_pressing_twice_enters_it_once(window, story):
    page = window()
    sign_in(page, f"{OFFICE}.intake")
    page.goto("/desk/enter/dali-ducha?channel=phone")
    page.wait_for_selector(FORM)
    write_letter(page, "路灯不亮")
    page.get_by_role("button", name="登记", exact=True).dblclick()
    page.wait_for_url("**/desk/entered/**")
    page.go_back()
    page.wait_for_selector(FORM)
    if page.get_by_label("一句话概括").input_value():        # the browser kept the page: what is sent again is the same
        page.get_by_role("button", name="登记", exact=True).click()
        page.wait_for_url("**/desk/entered/**")
    assert story.scalar(select(func.count()).select_from(Case)) == 1


@pytest.mark.parametrize(("width", "locale"), [(1280, "zh-CN"), (390, "zh-CN"), (390, "en-US")])
def test_what_is_wrong_stands_beside_the_field_and_nothing_is_lost(window, story, width, locale):
    page = window(width, 844, locale)
    sign_in(page, f"{OFFICE}.intake")
    page.goto("/desk/enter/dali-ducha?channel=phone")
    page.wait_for_selector(FORM)
    title = page.locator("input[id$=field_title]")
    title.fill("路灯不亮")
    page.locator(".fjs-form-field-datetime input:visible").fill("2027/01/05" if locale == "zh-CN" else "01/05/2027")
    page.locator(".actions .btn-primary").click()
    summary = page.locator("#enter-form .error-summary a")
    summary.first.wait_for()
    assert summary.count() >= 2
    assert title.input_value() == "路灯不亮"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert story.scalar(select(func.count()).select_from(Case)) == 0
