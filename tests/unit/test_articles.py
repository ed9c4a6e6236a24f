"""Each procedure's matrix of articles: every article and item is there, said in both languages, and fulfilled by a known thing."""

import json
import tomllib
from pathlib import Path

import pytest

PROCESSES = Path(__file__).parents[2] / "processes"
FORMS = PROCESSES.parent / "forms"
VOCABULARY = tomllib.loads((PROCESSES / "national" / "articles.toml").read_text("utf-8"))


def numbered(article: str, items: int, form: str = "{0}({1})") -> set[str]:
    return {form.format(article, item) for item in range(1, items + 1)}


def articles(count: int) -> set[str]:
    return {f"Art.{number}" for number in range(1, count + 1)}


EXPECTED = {
    "dali-ducha": articles(24) | numbered("Art.4", 5) | numbered("Art.5", 3) | numbered("Art.11", 4),
    "dali-yingshang": articles(18) | numbered("Art.4", 15) | numbered("Art.5", 7),
    "district-ducha": articles(23) | numbered("Art.5", 3) | numbered("Art.6", 5) | numbered("Art.8", 2) | numbered("Art.9", 3)
    | numbered("Art.12", 5) | numbered("Art.21", 4),
    "suqian-yizhangwang": {"1", "3", "5", "6", "7", "Annex", "5(1)"} | numbered("2", 5) | numbered("3", 10) | numbered("4", 5)
    | numbered("4(5)", 7, "{0}.{1}") | numbered("5(2)", 8, "{0}.{1}") | numbered("5(3)", 6, "{0}.{1}") | numbered("7", 3)
    | numbered("7(3)", 11, "{0}.{1}"),
    "liaoning-12345": articles(40) | numbered("Art.13", 4) | numbered("Art.14", 6) | numbered("Art.16", 3) | numbered("Art.17", 12)
    | numbered("Art.19", 5) | numbered("Art.23", 4) | numbered("Art.25", 9) | numbered("Art.39", 7),
    "liaoning-yijian": {"1", "2", "3", "4", "5", "6"} | numbered("6", 8),
    "xuchang-yousu": {"1", "3"} | numbered("2", 4) | numbered("3", 7) | numbered("3-x", 6) | numbered("4", 4) | numbered("5", 5)
    | numbered("6", 4),
}  # fmt: skip
SCOPES = {"dali-ducha": ("dc", 5, 3, 4), "dali-yingshang": ("ys", 15, 7, 2), "district-ducha": ("qx", 2, 3, 6),
    "suqian-yizhangwang": ("sq", 0, 0, 8), "liaoning-12345": ("ln", 0, 12, 7), "liaoning-yijian": ("", 0, 0, 0),
    "xuchang-yousu": ("xc", 7, 6, 1)}  # fmt: skip
FIELDS = {
    "screen": "decision unit basis reason body respondent complex urgent urgent_due",
    "accept": "decision unit basis reason right_body materials days body line respondent",
    "receive": "note", "archive": "note", "compare": "decision case",
    "dispatch": "lead_unit co_units respondent note", "coordinate": "lead_unit co_units respondent note",
    "sign": "contact_time contact_note",
    "handle": "decision text facts policy_basis question handler contact_time contact_note satisfied dissatisfied_reason documents "
    "rectified unreasonable major nature finding claim handler_contact onsite_time closing",
    "assist": "text", "interim_reply": "text", "progress_report": "text", "explain": "text",
    "approve_return": "decision unit basis reason", "sign_extension": "decision reason", "approve_extension": "decision days reason",
    "review": "decision reason", "principal_approval": "decision reason", "review_letter": "decision reason",
    "verify": "decision what new_evidence reason", "feedback": "how text file_with_inspection sensitive consent_signed",
    "revisit": "decision rating how reason false_closure", "rate": "rating comment",
    "formal_letter": "text documents", "supplement": "text documents", "examine": "decision reason", "answer": "text article",
    "supervise": "text mode next", "remind": "text mode next", "escalate_leader": "text mode next", "inspect": "text mode next",
    "refer_discipline": "text mode next", "moderate": "decision basis", "edit": "text", "assign": "unit",
    "consider": "decision reason", "publish": "decision",
}  # fmt: skip
KNOWN = {
    "task": set(FIELDS),
    "field": {f"{task}.{field}" for task, fields in FIELDS.items() for field in fields.split()},
    "deadline": set("receive accept notice dispatch sign return_window interim handle progress supplement letter rework cooperate "
        "moderate consider".split()),
    "action": set("request_extension ask_claimant add_information notify_rectification order_revisit release_assist "
        "enter_proper_reason request_return recuse withdraw order_supervision refer_discipline".split()),
    "decision": {"limit", "extension", "dispatch"},
    "outcome": set("replied rejected redirected merged withdrawn supplement_timeout uncooperative litigation settled unverifiable "
        "discipline unlawful by_law final_reply answered published".split()),
    "told": set("filed accepted rejected redirected supplement_wanted dispatched merged extended progress interim replied rate_wanted "
        "closed withdrawn".split()),
    "channel": set("web qr letter email enterprise_link foreign_investor city phone window wechat grid city_mgmt four_governance video "
        "warning hotline_12345 province other_platform".split()),
    "accountability": numbered("qx-d", 4, "{0}-{1}") | numbered("ln-d", 7, "{0}-{1}"),
    "condition": numbered("ln-c", 3, "{0}-{1}"),
    "feature": {row["id"] for row in VOCABULARY["features"]},
    "report": {row["id"] for row in VOCABULARY["reports"]},
}  # fmt: skip


def rows(procedure: str) -> list[dict]:
    return tomllib.loads((PROCESSES / procedure / "articles.toml").read_text("utf-8"))["articles"]


def asked_by_own_forms(procedure: str) -> set[str]:
    """What a procedure's forms ask for beyond the vocabulary."""
    forms = sorted((FORMS / procedure).glob("*.form.json"))
    return {f"{form.name.removesuffix('.form.json')}.{each['key']}" for form in forms for each in json.loads(form.read_text("utf-8"))["components"] if "key" in each}


@pytest.mark.parametrize("procedure", EXPECTED)
def test_every_article_and_item_is_there_once(procedure):
    found = [(row["id"], row.get("n")) for row in rows(procedure)]
    assert len(found) == len(set(found))
    assert {name for name, _ in found} == EXPECTED[procedure]
    for name in EXPECTED[procedure]:
        counted = [n for other, n in found if other == name]
        assert counted == [None] or counted == list(range(1, len(counted) + 1)), name


@pytest.mark.parametrize("procedure", EXPECTED)
def test_every_row_is_said_in_both_languages_and_fulfilled_by_something_known(procedure):
    prefix, scope, exclusion, triggers = SCOPES[procedure]
    known = KNOWN | {
        "scope": numbered(prefix, scope, "{0}-{1}"),
        "exclusion": numbered(f"{prefix}-x", exclusion, "{0}-{1}"),
        "supervision": numbered(f"{prefix}-s", triggers, "{0}-{1}"),
        "field": KNOWN["field"] | asked_by_own_forms(procedure),
    }
    for row in rows(procedure):
        assert set(row) <= {"id", "n", "zh", "en", "by", "why_zh", "why_en"}, row
        assert row["zh"] and row["en"] and row["en"].isascii(), row
        assert row["by"] and len(row["by"]) == len(set(row["by"])), row
        for by in row["by"]:
            kind, _, name = by.partition(":")
            assert by == "organisational" or name in known[kind], (row["id"], by)
        assert ("organisational" in row["by"]) == ("why_zh" in row) == ("why_en" in row), row
    cited = {by for row in rows(procedure) for by in row["by"]}
    for kind in ("scope", "exclusion", "supervision"):
        assert {f"{kind}:{name}" for name in known[kind]} <= cited


def test_the_vocabulary_is_complete_and_used():
    used = {by for procedure in EXPECTED for row in rows(procedure) for by in row["by"]}
    for kind in ("feature", "report"):
        named = VOCABULARY[f"{kind}s"]
        assert len({row["id"] for row in named}) == len(named)
        assert all(row["zh"] and row["en"] for row in named)
        assert all(("where" in row) != (row.get("built") is False) if kind == "feature" else "where" not in row for row in named)
        assert {row["id"] for row in named} == {by.partition(":")[2] for by in used if by.startswith(f"{kind}:")}
