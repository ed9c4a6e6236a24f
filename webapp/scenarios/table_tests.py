"""A table's own tests (`TABLE.tests.yaml` beside `TABLE.dmn`): what a decision says of given facts. For rows that no case needs to reach."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.cases.clocks import functions_of
from webapp.deployments.registry import Deployed
from webapp.domain.clock import SHANGHAI, local_date
from webapp.engine.decisions import DecisionError
from webapp.feel import FeelError, to_plain

from .run import StepWatch
from .sandbox import Sandbox
from .source import DAY, TIME, ScenarioError, absolute, day, item_line, line_of, load, plain

KEYS = {"decision", "input", "decided", "at", "result"}
EMPTY = {name: {} for name in ("case", "answers", "request", "deadlines", "vars", "result", "count", "open")} | {"round": 1}
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)      # a Monday, where a test does not say when


@dataclass(frozen=True)
class TableTest:
    """One entry: a decision, the facts it is asked with (names as expressions see them), what decisions that it requires say, when, and what it must say."""

    line: int
    decision: str
    given: dict[str, Any]
    at: datetime
    result: Any
    decided: dict[str, Any]


@dataclass(frozen=True)
class TableFailure:
    """An entry that did not hold; `line` is where it stands."""

    line: int
    decision: str
    expected: Any
    found: Any


def read_table_tests(source: bytes, deployed: Deployed) -> list[TableTest]:
    """The entries of a file. ScenarioError with the line of every slip."""
    raw, problems, found = load(source), [], []
    if not isinstance(raw, list) or not raw:
        raise ScenarioError([(1, "a table's tests are a list of {decision, input, result}")])
    for index, entry in enumerate(raw):
        line = item_line(raw, index)
        if not isinstance(entry, dict):
            problems.append((line, "a test is a mapping"))
            continue
        problems += [(line_of(entry, key), f"unknown key '{key}' in test") for key in entry if key not in KEYS]
        problems += [(line, f"'{key}' is missing") for key in ("decision", "result") if key not in entry]
        if "decision" in entry and str(entry["decision"]) not in deployed.definition.decisions:
            problems.append((line_of(entry, "decision"), f"there is no decision '{entry['decision']}'"))
        slips = [(line_of(entry, key), f"'{key}' is a mapping") for key in ("input", "decided") if not isinstance(entry.get(key) or {}, dict)]
        decided = {} if slips else entry.get("decided") or {}
        slips += [(line_of(decided, name), f"there is no decision '{name}'") for name in decided if str(name) not in deployed.definition.decisions]
        problems += slips
        if slips:
            continue
        try:
            at = absolute(str(entry["at"])) if "at" in entry else NOW
        except ValueError:
            problems.append((line_of(entry, "at"), f"'{entry['at']}' is no time"))
            continue
        found.append(TableTest(line, str(entry.get("decision")), _values(plain(entry.get("input") or {})), at, plain(entry.get("result")), _values(plain(decided))))
    if problems:
        raise ScenarioError(sorted(set(problems)))
    return found


def run_table_tests(sandbox: Sandbox, name: str, watch: StepWatch | None = None) -> list[TableFailure]:
    """Ask each decision of a bundle's file of tests; `watch` is told the rows that matched. ScenarioError."""
    tests, deployed = read_table_tests(sandbox.bundle[name], sandbox.deployed), sandbox.deployed
    with sandbox.fresh() as (env, _):
        functions = functions_of(env.registry.calendar(deployed.manifest.calendar), env.registry.directory(deployed.manifest.directory))
        failures = [failure for test in tests if (failure := _ask(deployed, test, functions, watch)) is not None]
    if watch is not None:
        watch.keep()
    return failures


def _ask(deployed: Deployed, test: TableTest, functions: dict[str, Any], watch: StepWatch | None) -> TableFailure | None:
    decisions, manifest = deployed.definition.decisions, deployed.manifest
    scope = {**EMPTY, "params": manifest.params, "now": test.at, "today": local_date(test.at), **test.given}

    def limit_span(deadline: Any) -> Any:
        return (decisions[manifest.limits].evaluate({**scope, "deadline": str(deadline)}, functions=functions, now=test.at) or {}).get("span")

    try:
        value = to_plain(decisions[test.decision].evaluate(scope, functions={**functions, "limit span": limit_span}, now=test.at, watch=watch, decided=test.decided))
    except (DecisionError, FeelError) as error:
        return TableFailure(test.line, test.decision, test.result, str(error))
    if isinstance(value, dict) and isinstance(test.result, dict):
        value = {key: each for key, each in value.items() if key in test.result or each is not None}
    return None if value == test.result else TableFailure(test.line, test.decision, test.result, value)


def _values(given: Any) -> Any:
    """Dates and times as such: YAML left them as text."""
    if isinstance(given, dict):
        return {key: _values(value) for key, value in given.items()}
    if isinstance(given, list):
        return [_values(value) for value in given]
    if isinstance(given, str) and DAY.fullmatch(given):
        return day(given)
    return absolute(given) if isinstance(given, str) and TIME.fullmatch(given) else given
