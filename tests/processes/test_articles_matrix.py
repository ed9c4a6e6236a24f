"""Every article of every deployed procedure is fulfilled by something that exists, or is said to be left to people, and why; what is not built is marked."""
from __future__ import annotations

import importlib.util
import json
import re
from dataclasses import replace
from functools import cache

import pytest

from tests.desk_story import Browser
from webapp.cli import main
from webapp.deployments.articles import ORGANISATIONAL, known_names, matrix_of, vocabulary
from webapp.deployments.bundle import flatten
from webapp.deployments.deploy import bundled_procedures
from webapp.deployments.registry import build
from webapp.http.matrix_words import in_words
from webapp.settings import ROOT

PROCEDURES = bundled_procedures(ROOT)
VOCABULARY = vocabulary(ROOT)


@cache
def deployed(procedure: str):
    return build(flatten(ROOT, procedure))


@cache
def matrix(procedure: str):
    return matrix_of(deployed(procedure), ROOT)


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_no_article_is_left_out(procedure):
    assert matrix(procedure).problems == []
    assert matrix(procedure).elements      # and the other way round: elements cite theirs


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_an_article_rests_on_something_built_or_on_people(procedure):
    for article in matrix(procedure).articles:
        resting = [name for name in article.by if name not in article.pending]
        assert resting and (resting != [ORGANISATIONAL] or article.why_zh and article.why_en), article


def test_what_is_not_built_fulfils_nothing():
    rows = [("Art.1", ["feature:knowledge-base"]), ("Art.2", ["report:weekly"]), ("Art.3", [ORGANISATIONAL]), ("Art.4", ["feature:no-such", "task:screen"]),
            ("Art.5", ["feature:knowledge-base", "task:screen"]), ("Art.6", ["feature:answer-check"])]
    text = "".join(f'[[articles]]\nid = "{id}"\nzh = "x"\nen = "x"\nby = {json.dumps(by)}\n' for id, by in rows)
    plain = deployed("dali-ducha")
    found = matrix_of(replace(plain, bundle={**plain.bundle, "articles.toml": text.encode()}), ROOT)
    assert found.problems == ["Art.1: nothing that is built fulfils it", "Art.2: nothing that is built fulfils it", "Art.3: left to people, and no word why",
                              "Art.4: there is no feature:no-such", "Art.6: nothing that is built fulfils it"]
    assert [a.pending for a in found.articles][4:] == [("feature:knowledge-base",), ("feature:answer-check",)]      # this procedure has no table that checks answers


def test_where_a_feature_is_said_to_be_it_is(app):
    """A route, a command or a module; a procedure's own name (with a colon) is checked with the procedure's matrix."""
    missing = []
    for row in VOCABULARY["features"]:
        for place in row.get("where", ()):
            there = (":" in place or place in app.view_functions or (place.startswith("duban ") and _is_command(place.split()[1:]))
                     or (place.startswith("webapp.") and importlib.util.find_spec(place) is not None))
            missing += [] if there else [f"{row['id']}: {place}"]
    assert missing == []


def test_a_built_feature_is_built_in_some_procedure():
    """A name such as action:recuse holds in some procedure at least; else it could be misspelt for ever."""
    built = {name for procedure in PROCEDURES for name in known_names(deployed(procedure), VOCABULARY)[0]["feature"]}
    assert {row["id"] for row in VOCABULARY["features"] if "where" in row} == built


def test_a_report_is_not_built_exactly_where_no_procedure_has_it():
    have = {name for procedure in PROCEDURES for name in deployed(procedure).reports.reports}
    for row in VOCABULARY["reports"]:
        assert (row["id"] in have) == row.get("built", True), row["id"]


def test_page_command_and_json_mark_what_is_not_built(app, capsys):
    page = Browser(app, "dali/inspection.supervisor").get("/about/dali-ducha/articles").text
    assert '舆情上报</span> <strong class="not-built">尚未实现' in page and "台账</span> <strong" not in page and "第二十二条" in page
    assert main(["articles", "dali-ducha"]) == 0
    assert "feature:public-opinion (尚未实现 / not built yet)" in capsys.readouterr().out
    assert main(["articles", "dali-ducha", "--json"]) == 0
    listed = {row["id"]: row for row in json.loads(capsys.readouterr().out)["articles"]}
    assert listed["Art.22"]["pending"] == ["feature:public-opinion"] and listed["Art.15"]["pending"] == []


def _is_command(words: list[str]) -> bool:
    try:
        main([*words, "--help"])
    except SystemExit as ended:
        return ended.code == 0
    return False


@pytest.mark.parametrize("procedure", PROCEDURES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_implements_an_article_is_said_in_words(app, procedure, lang):
    """The page is for everybody: no identifier of ours stands on it."""
    found, named = deployed(procedure), matrix(procedure)
    with app.test_request_context(headers={"Accept-Language": lang}):
        said = {name: in_words(name, found, named.words, lang) for article in named.articles for name in article.by if name != "organisational"}
    raw = {name: words for name, words in said.items() if re.search(r"[a-z]+_[a-z_]+|\b[a-z]{2}-[a-z]-\d|^[a-z_.]+$", words)}
    assert raw == {}
    if lang == "zh":
        assert {name: words for name, words in said.items() if re.fullmatch(r"[\x00-\x7f]+", words)} == {}
