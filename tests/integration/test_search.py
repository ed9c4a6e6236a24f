"""Searching cases: words of two characters, numbers, Latin text; only what one may see; written in the transaction that files."""
from __future__ import annotations

import pytest

from tests.desk_story import COUNTY, DISPATCHER, SCREENER, Browser, Story
from webapp.desk.task_rows import found_cases
from webapp.models import db
from webapp.permissions import find_person


@pytest.fixture
def story(app, clock) -> Story:
    return Story(app, clock)


@pytest.fixture
def found(app):
    def search(words: str, login: str = SCREENER) -> list[str]:
        with app.app_context():
            numbers = [case.number for case in found_cases(find_person(login=login), words, None, 50)]
            db.session.remove()
        return numbers

    return search


def test_words_numbers_and_latin_text(story, found):
    water = story.file(title="小区停水三天", text="3号楼 WiFi 也坏了，请致电13800000001。供水公司说管网ABC-12老化")
    light = story.file(title="路灯不亮", text="停车场的水泥路面也坏了")
    for words in ("停水", "小区停水", "区停", "水三", "供水公司", "3号楼", "楼 wifi", "ＷＩＦＩ", "13800000001", "1380", "abc", "ABC-12", "供", "水公", "停水 老化"):
        assert found(words) == [water], words
    for words in ("停车 水泥", "路灯", "不亮"):
        assert found(words) == [light], words
    for words in ("停电", "水停", "天3号", "00000001", "停水 路灯", "没有"):
        assert found(words) == [], words
    assert found("坏了") == found("水") == [light, water]      # the newest first
    assert found(water) == found(water.lower()) == [water] and set(found("DC2026")) == {light, water}


@pytest.mark.parametrize("words", ['"', "'", "停水\" OR \"", "* ", "NEAR(a b)", "a AND", "-停水", "words:停水", "^停", "'&|!<->", "\\", "(", "停水:*", "\x00"])
def test_what_looks_like_a_question_to_a_database_is_text(story, found, words):
    number = story.file(title="小区停水三天", text="近日 near b and a")
    assert found(words) in ([], [number])


def test_only_what_one_may_see(story, found):
    number = story.file(title="小区停水三天")
    assert found("停水") == [number] and found("停水", DISPATCHER) == []
    behind = story.file(title="停水多日", respondent=COUNTY)
    assert found("停水") == [behind, number] and found("停水", DISPATCHER) == []


def test_nothing_is_left_of_a_filing_that_failed(app, story, found):
    from webapp.cases.file_case import file_case

    with app.app_context():
        file_case(story.env, "dali-ducha", {"channel": "web", "type": "complaint", "category": "dc-2", "title": "小区停水", "text": "三天", "claimant": {"kind": "person", "name": "张三"}})
        db.session.rollback()
        db.session.remove()
    assert found("停水") == []


def test_the_page_finds_what_was_written(app, story):
    number = story.at_receive(title="公交站被取消 100%", text="老人出行不便")
    county = Browser(app, DISPATCHER)
    assert county.numbers("/desk/search?q=出行") == [number] and county.numbers("/desk/search?q=%25") == [number]
