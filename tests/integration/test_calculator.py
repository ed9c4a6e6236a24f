"""The calculator and the page that explains counting, as pages: what is asked, what is answered, what is refused; nothing needs a script."""
from __future__ import annotations

import html
import re

import pytest

from tests.citizen_story import PROCEDURE, Filing
from webapp.domain.examples import examples
from webapp.portal.frame import limiter

ENGLISH = {"Accept-Language": "en"}
ADDRESS = f"/calculator?procedure={PROCEDURE}&start=2026-09-18"


@pytest.fixture(autouse=True)
def no_brakes(app):
    limiter.reset()


def times(page: str) -> list[str]:
    """The dates of the steps and extensions, in order; those of the proofs' sheets left out."""
    return re.findall(r'<time datetime="([\d-]+)"', page)


def test_every_page_opens_in_both_languages(client):
    for address in ("/calculator", f"/calculator?procedure={PROCEDURE}", ADDRESS, "/calculator/span", "/calculator/span?n=15&unit=wd&start=2026-09-18", "/about/counting"):
        for headers in ({}, ENGLISH):
            response = client.get(address, headers=headers)
            assert response.status_code == 200, address
            words = re.sub(r"<[^>]+>", "", response.text.split("<main")[1].split("</main>")[0])
            assert headers == {} or re.search(r"[\u4e00-\u9fff]", words.replace("督办", "")) is None, (address, re.findall(r"[\u4e00-\u9fff]+", words))


def test_the_steps_at_their_latest_with_proof_and_extension(client):
    page = client.get(ADDRESS).text
    assert times(page) == ["2026-09-20", "2026-10-16", "2026-11-13"]        # receipt on the make-up Sunday, handling, the longest extension
    assert page.count('class="proof"') == 3 and "第十条" in page and "第八条" in page
    assert "“接收”的最后一天（9月20日）起，15 个工作日内" in page and "最多 1 次" in page and "上限为本地规定" in page
    assert 'datetime="2026-10-10"' in page and "调休上班" in page
    local = client.get(ADDRESS + "&answers_screen_decision=inspect").text
    assert times(local) == ["2026-10-15", "2026-11-12"] and "本地规定" in local


def test_a_year_that_is_not_announced_is_provisional(client):
    page = client.get(f"/calculator?procedure={PROCEDURE}&start=2026-12-21").text
    assert "暂定，该年放假安排尚未公布" in page and "虚线框的日子" in page


def test_the_choices_are_those_of_table_and_form(client):
    page = client.get(f"/calculator?procedure={PROCEDURE}", headers=ENGLISH).text
    assert "Routing" in page and 'value="inspect"' in page and 'value="-" checked' in page and 'value="reject"' not in page


@pytest.mark.parametrize(("query", "field"), [
    ("start=2026-02-30", "start"), ("start=", "start"), ("start=1980-01-01", "start"), ("start=2026-09-18&time=25:00", "time"), ("start=2026-09-18&answers_screen_decision=reject", "answers_screen_decision"),
    ("start=%00", "start"), ("start=2026-09-18&answers_screen_decision=%F0%9F%98%80%00", "answers_screen_decision"),
])
def test_bad_input_is_said_beside_its_field(client, query, field):
    response = client.get(f"/calculator?procedure={PROCEDURE}&{query}")
    assert response.status_code == 422 and f'id="f-{field}-wrong"' in response.text and f'href="#f-{field}"' in response.text and 'id="result"' not in response.text


@pytest.mark.parametrize("name", ["no-such", "%2e%2e", "x" * 3000])
def test_a_procedure_that_is_not_in_force(client, name):
    response = client.get(f"/calculator?procedure={name}&start=2026-09-18")
    assert response.status_code == 404 and "没有这个程序" in response.text and PROCEDURE in response.text


def test_no_procedure_has_such_a_name(client):
    assert client.get("/calculator?procedure=%00&start=2026-09-18").status_code in (400, 404)


def test_a_span_by_itself(client):
    page = client.get("/calculator/span?n=15&unit=wd&start=2026-09-18&calendar=national").text
    assert "2026年10月15日(周四)" in page and page.count('class="proof"') == 1 and "《民法典》第二百零一条" in page
    assert "2026年10月8日(周四)" in client.get("/calculator/span?n=10&unit=d&start=2026-09-24").text


@pytest.mark.parametrize(("query", "field"), [("n=&unit=wd", "n"), ("n=-1&unit=wd", "n"), ("n=600&unit=wd", "n"), ("n=5&unit=h", "n"), ("n=5&unit=wd&calendar=mars", "calendar")])
def test_a_bad_span_is_said_beside_its_field(client, query, field):
    response = client.get(f"/calculator/span?{query}&start=2026-09-18")
    assert response.status_code == 422 and f'id="f-{field}-wrong"' in response.text


def test_the_last_days_of_the_calendar_are_no_fault(client):
    assert client.get("/calculator/span?n=520&unit=wd&start=2089-12-31").status_code == 200


def test_it_has_a_brake(app, client):
    app.config["PORTAL_CALCULATOR_LIMIT"] = "2 per hour"
    assert [client.get("/calculator/span").status_code for _ in range(3)] == [200, 200, 429]


def test_the_promises_lead_to_their_proof(client):
    page = Filing(client).fill().text
    link = html.unescape(re.search(r'href="(/calculator\?[^"]+)"', page)[1])
    promised = times(page.split('class="promise"')[1])
    assert times(client.get(link).text)[: len(promised)] == promised == ["2026-03-03", "2026-03-24"]


@pytest.mark.parametrize("address", ["/", "/about", f"/about/{PROCEDURE}", "/opinions"])
def test_it_is_linked(client, address):
    page = client.get(address).text
    assert 'href="/calculator' in page and 'href="/about/counting"' in page


def test_the_examples_are_what_the_calendar_gives(app, client):
    page = client.get("/about/counting").text
    with app.app_context():
        found = examples(app.extensions["duban"].env.registry.calendar("national"))
    for each in found:
        part = page.split(f'id="{each.name}"')[1].split("</section>")[0]
        sheet = re.findall(r'<li class="day ([^"]*)"[^>]*><time class="d" datetime="([\d-]+)"', part)
        assert [day for kinds, day in sheet if "counted" in kinds.split()] == [str(day.date) for day in each.days if day.counted]
        assert [day for kinds, day in sheet if "due" in kinds.split()] == [str(each.due)]
        assert ("暂定" in part) == each.provisional
    assert [each.provisional for each in found] == [False, False, True]
