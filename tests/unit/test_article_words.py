"""Where a rule comes from is said as its document counts, never with an identifier of ours."""
import pytest

from webapp.http.article_words import article_words


@pytest.mark.parametrize(("article", "zh", "en"), [
    ("Art.8; Art.11(2)", "第八条、第十一条第（二）项", "Art.8; Art.11(2)"),
    ("dali-ducha Art.10", "第十条", "Art.10"),
    ("3(4); 5", "第三部分（四）、第五部分", "Part 3(4); Part 5"),
    ("5(3).1", "第五部分（三）1", "Part 5(3).1"),
    ("3-x(2)", "第三部分不予受理（二）", "Part 3, not accepted (2)"),
    ("liaoning-yijian 3", "第三部分", "Part 3"),
    ("local", "本地规定", "a local rule"),
    ("Annex", "附件", "Annex"),
    ("某法第三条", "某法第三条", "某法第三条"),
])
def test_a_rule_in_words(article, zh, en):
    assert (article_words(article, "zh"), article_words(article, "en")) == (zh, en)
