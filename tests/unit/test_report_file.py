"""The files that define reports: what they may say, and that everything wrong with them is said when they are deployed."""
from __future__ import annotations

from functools import cache

import pytest

from webapp.deployments.bundle import flatten
from webapp.deployments.deploy import bundled_procedures
from webapp.deployments.registry import build
from webapp.engine import DefinitionError
from webapp.settings import ROOT

HEAD = '[[report]]\nid = "r"\nzh = "表"\nen = "Table"\nperiods = ["month"]\n'
GROUPED = HEAD + 'groups = ["unit"]\n'


@cache
def bundle():
    return flatten(ROOT, "dali-ducha")


def faults(reports: str) -> list[str]:
    try:
        build({**bundle(), "reports.toml": reports.encode()})
    except DefinitionError as error:
        assert {p.file for p in error.problems} == {"reports.toml"}
        return [f"{p.element}: {p.message}" for p in error.problems]
    return []


def figure(text: str) -> str:
    return GROUPED + 'figures = ["mine"]\n[figures]\nmine = {zh = "数", en = "Number", ' + text + "}\n"


@pytest.mark.parametrize("procedure", bundled_procedures(ROOT))
def test_every_procedure_has_reports_in_both_languages(procedure):
    deployed = build(flatten(ROOT, procedure))
    assert deployed.reports.reports
    for report in deployed.reports.reports.values():
        assert report.zh and report.en.isascii() and bool(report.note_zh) == bool(report.note_en)
        assert all(figure.zh and figure.en.isascii() for figure in deployed.reports.of(report))


@pytest.mark.parametrize("text", [
    'where = [{step = ["screen"], field = "decision", values = ["reject"]}]', 'where = [{deadline = "handle", state = "late"}]', "where = [{supervised = []}]",
    'where = [{supervised = ["dc-s-1"]}]', 'where = [{outcome = ["replied"]}], of = "closed"', "mean = true", 'share = {of = "closed", by = "received"}',
    'without = [{channel = ["web"]}, {claimant = "enterprise"}, {type = ["complaint"]}, {status = "open"}]', 'where = [{step = ["screen"], field = "urgent", values = [true]}]',
])
def test_what_a_figure_may_be(text):
    assert faults(figure(text)) == []


@pytest.mark.parametrize(("text", "said"), [
    ('where = [{step = ["screem"]}]', "r: mine: there is no step 'screem'"),
    ('where = [{step = ["screen"], field = "decission", values = ["reject"]}]', "r: mine: no form of screen has a field 'decission'"),
    ('where = [{step = ["screen"], field = "decision", values = ["rejected"]}]', "r: mine: there is no value 'rejected'"),
    ('where = [{step = ["screen"], values = ["reject"]}]', "r: mine: values of a step need its field"),
    ('where = [{deadline = "hanlde"}]', "r: mine: there is no deadline 'hanlde'"),
    ('where = [{supervised = ["dc-s-9"]}]', "r: mine: there is no trigger 'dc-s-9'"),
    ('where = [{step = ["screen"], deadline = "handle"}]', "r: a condition of 'mine' is exactly one of step, deadline, supervised, outcome, status, claimant, channel, type"),
    ("where = [{}]", "r: a condition of 'mine' is exactly one of step, deadline, supervised, outcome, status, claimant, channel, type"),
    ('share = {of = "nothing", by = "received"}', "r: there is no figure 'nothing'"),
    ('share = {of = "on_time_rate", by = "received"}', "r: 'on_time_rate' is a share and cannot be a part of one"),
    ('mean = true, of = "received"', "r: 'mine' is a mean: of closed cases, and no part of a share"),
    ('where = [{outcome = ["won"]}]', "figures.mine.where.outcome: 'won' is not one of"),
    ('where = [{deadline = "handle", state = "lost"}]', "figures.mine.where.state: 'lost' is not one of"),
    ('sql = "DROP TABLE case"', "figures.mine.sql: is not a key here"),
])
def test_what_a_figure_may_not_be(text, said):
    found = faults(figure(text))
    assert len(found) == 1 and found[0].startswith(said), found


@pytest.mark.parametrize(("text", "said"), [
    (GROUPED + 'figures = ["nothing"]', "r: there is no figure 'nothing'"),
    (GROUPED, "r: has either figures or entries"),
    (HEAD + 'figures = ["received"]', "r: has figures but no group"),
    (GROUPED + 'figures = ["received"]\nrank = "closed"', "r: is ranked by 'closed', which is none of its figures"),
    (HEAD + 'entries = [{status = "open"}]', "r: entries are of steps"),
    (GROUPED.replace("month", "decade") + 'figures = ["received"]', "report.periods: 'decade' is not one of"),
    (GROUPED.replace("unit", "respondent") + 'figures = ["received"]', "report.groups: 'respondent' is not one of"),
    ("x" * 10, "file: not readable as TOML"), ("a = " + "[" * 5000, "file: not readable as TOML"),
])
def test_what_a_report_may_not_be(text, said):
    found = faults(text)
    assert len(found) == 1 and found[0].startswith(said), found


def test_a_report_stands_once():
    assert faults((GROUPED + 'figures = ["received"]\n') * 2) == ["r: stands twice"]
