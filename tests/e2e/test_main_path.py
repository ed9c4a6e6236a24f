"""The main path in a real browser: a clerk signs in, opens the first task, completes it, and sees the case move."""
from __future__ import annotations

import pytest

from tests.conftest import PASSWORD
from tests.desk_story import APPROVER, COUNTY, DISPATCHER, HANDLER, INTAKE, SCREENER, Story

pytestmark = pytest.mark.e2e


@pytest.fixture
def story(served, clock) -> Story:
    return Story(served[0], clock)


def sign_in(page, login: str) -> None:
    page.goto("/desk/login")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")


def open_form(page) -> None:
    page.wait_for_selector("#act-form[data-ready]")


def choose_unit(page, label: str, name: str) -> None:
    """Type a part of a unit's name into a searchable list and take what it offers."""
    field = page.get_by_label(label, exact=False).first
    field.click()
    field.fill(name)
    page.locator(".fjs-dropdownlist-item", has_text=name).first.click()


def test_a_clerk_completes_the_first_task_by_keyboard_and_sees_the_case_move(window, story):
    number = story.file()
    page = window()
    sign_in(page, SCREENER)
    assert page.locator("[data-row]").count() == 1
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{number}**")
    open_form(page)
    assert page.locator(".as-written").first.inner_text().startswith("学校统一收取校服费")
    page.wait_for_selector("[data-diagram][data-ready] .step-now")
    page.keyboard.press("f")
    assert page.evaluate("document.activeElement.closest('.act') !== null")
    page.get_by_label("转有关县市政府或州直部门办理").check()
    choose_unit(page, "办理单位", "祥云县人民政府")
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_selector(".notice-done")
    page.wait_for_selector("[data-diagram][data-ready] .step-now")
    assert page.locator(".waiting").inner_text().split() == ["接收留言", "祥云县人民政府"]
    assert page.locator(".djs-element[data-element-id=receive].step-now").count() == 1
    assert page.locator(".djs-element[data-element-id=screen].step-past").count() == 1
    assert "办完“甄别留言”：转有关县市政府或州直部门办理" in page.locator(".timeline").inner_text()
    page.keyboard.press("u")
    page.wait_for_url("**/desk/")
    assert page.locator(".empty").count() == 1


def test_the_form_says_what_is_wrong_and_keeps_what_was_written(window, story):
    number = story.file(respondent=f"{COUNTY}/education")
    page = window()
    sign_in(page, SCREENER)
    page.goto(f"/desk/cases/{number}")
    open_form(page)
    page.get_by_role("button", name="提交", exact=True).click()
    summary = page.locator("#act-form .error-summary")
    assert "怎样处理" in summary.inner_text()
    page.get_by_label("不在处理范围之内，不予处理").check()
    page.get_by_label("理由").fill("属于诉讼事项")
    page.get_by_role("button", name="提交", exact=True).click()
    summary.locator("a", has_text="依据").wait_for()
    assert page.get_by_label("理由").input_value() == "属于诉讼事项"


def test_a_duplicate_is_merged_with_one_click(window, story):
    earlier, number = story.at_handle(), story.at_compare(title="校服一套四百多元")
    page = window()
    sign_in(page, INTAKE)
    page.goto(f"/desk/cases/{number}")
    open_form(page)
    page.locator(f"[data-fill]:has-text('{earlier}')").click()
    assert page.get_by_label("并入哪一件").input_value() == earlier
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_selector(".notice-done")
    assert "已并件" in page.locator(".case-head").inner_text()


def test_claiming_and_the_claimants_number(window, story):
    number = story.at_handle()
    page = window(390, 844)
    sign_in(page, HANDLER)
    page.get_by_role("button", name=f"领取 {number}").click()
    page.get_by_text("我领取").wait_for()
    page.locator("[data-row-link]").click()
    page.get_by_text("查看姓名和联系方式").click()
    page.get_by_label("为什么需要查看").fill("电话核实收费情况")
    page.get_by_role("button", name="写入台账并查看").click()
    page.get_by_text("张小三").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_extension_from_request_to_approval(window, story):
    number = story.at_handle()
    page = window()
    sign_in(page, HANDLER)
    page.goto(f"/desk/cases/{number}/actions/request_extension")
    page.wait_for_selector("#action-form[data-ready]")
    page.get_by_label("申请延长多少天").fill("5")
    page.get_by_label("延期理由").fill("需要第三方检测")
    page.get_by_role("button", name="申请延期").click()
    page.wait_for_url(f"**/cases/{number}")
    approver = window()
    sign_in(approver, APPROVER)
    approver.goto(f"/desk/cases/{number}")
    open_form(approver)
    approver.get_by_label("同意", exact=True).check()
    approver.get_by_role("button", name="提交", exact=True).click()
    approver.wait_for_selector(".notice-done")
    assert "已延期 1 次" in approver.locator(".deadline").first.inner_text()


@pytest.mark.parametrize(("width", "locale"), [(1280, "en-US"), (768, "en-US"), (390, "en-US"), (390, "zh-CN")])
def test_no_page_is_wider_than_its_window(window, story, width, locale):
    number = story.at_handle()
    story.file(title="一" * 90)
    for login, addresses in ((SCREENER, ("/desk/", "/desk/unit", "/desk/supervision", "/desk/search?q=一")), (DISPATCHER, (f"/desk/cases/{number}",)),
                             (HANDLER, (f"/desk/cases/{number}", f"/desk/cases/{number}/actions/request_extension"))):
        page = window(width, 800, locale)
        page.goto("/desk/login")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        sign_in(page, login)
        for address in addresses:
            page.goto(address)
            page.wait_for_load_state("networkidle")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (login, address)
        page.context.close()
