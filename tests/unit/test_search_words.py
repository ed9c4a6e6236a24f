"""What a text is cut into for searching, and what a question asks for."""
import pytest

from webapp.domain.search_words import Phrase, search_phrases, search_tokens


@pytest.mark.parametrize("text, tokens", [
    ("小区停水", ["小区", "区停", "停水", "水"]),
    ("停水，三天", ["停水", "水", "三天", "天"]),
    ("3号楼Wi-Fi坏了", ["3", "号楼", "楼", "wi", "fi", "坏了", "了"]),
    ("ＡＢＣ１２３ Öl", ["abc123", "öl"]),
    ("水", ["水"]),
    ("100%！？_", ["100"]),
    ("", []),
])
def test_tokens(text, tokens):
    assert search_tokens(text) == tokens


@pytest.mark.parametrize("question, phrases", [
    ("停水", [Phrase(("停水",), False)]),
    ("小区停水", [Phrase(("小区", "区停", "停水"), False)]),
    ("水", [Phrase(("水",), True)]),
    ("1380", [Phrase(("1380",), True)]),
    ("3号楼", [Phrase(("3", "号楼"), False)]),
    ("号楼3", [Phrase(("号楼", "楼", "3"), True)]),
    ("楼3", [Phrase(("楼", "3"), True)]),
    ("公交 取消", [Phrase(("公交",), False), Phrase(("取消",), False)]),
    ("% ' \" * :", []),
])
def test_questions(question, phrases):
    assert search_phrases(question) == phrases


def test_a_question_has_an_end():
    assert len(search_phrases("水 " * 100)) == 8
    assert all(len(token) <= 60 for token in search_tokens("a" * 500))
