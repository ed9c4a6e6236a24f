"""Holds a scenario against its procedure: fields, units, roles, calendar layers and names of cases that there are."""
from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from webapp.deployments.registry import Deployed

from . import vocabulary as words
from .model import Scenario, Step
from .source import ScenarioError, line_of

NAMED = re.compile(r"\$([^\s$\d][^\s$]*)")
UNIT_FIELDS = ("unit", "lead_unit", "respondent")


def check_against(scenario: Scenario, deployed: Deployed, directory, layers: Collection[str] | None = None) -> None:
    """What can be told only with the procedure. ScenarioError with lines. `layers`: the calendar layers there are, where they are known."""
    found = list(_Check(scenario, deployed, directory, layers).problems())
    if found:
        raise ScenarioError(sorted(set(found)))


class _Check:
    def __init__(self, scenario: Scenario, deployed: Deployed, directory, layers: Collection[str] | None):
        self.scenario, self.directory, self.layers = scenario, directory, layers
        self.fields = words.FIELDS.union(*(form.fields for form in deployed.forms.values()))
        self.aliases = {story.alias for story in scenario.before}

    def problems(self) -> Iterator[tuple[int, str]]:
        for story in self.scenario.stories:
            for key in ("office", "respondent"):
                yield from self.unit(story.file.get(key), line_of(story.raw, key))
            for step in story.steps:
                yield from self.step(step)
        yield from self.expected(self.scenario.expect, line_of(self.scenario.raw, "expect"), (self.scenario.raw or {}).get("expect"))

    def step(self, step: Step) -> Iterator[tuple[int, str]]:
        if step.actor is not None and step.actor not in words.NOBODY:
            yield from self.login(step.actor, line_of(step.raw, "as"))
        given = (step.raw or {}).get("with") or {}
        for key, value in step.data.items():
            line = line_of(given, key)
            if key not in self.fields:
                yield line, f"unknown field '{key}'"
            if key in UNIT_FIELDS:
                yield from self.unit(value, line)
            if key == "co_units" and isinstance(value, list):
                for code in value:
                    yield from self.unit(code, line)
            yield from self.names(value, line)
        if step.case is not None:
            yield from self.names(step.case if step.case.startswith("$") else "$" + step.case, line_of(step.raw, "case"))
        if step.calendar is not None and self.layers is not None and step.calendar["layer"] not in self.layers:
            yield line_of(step.raw["calendar"], "layer"), f"unknown calendar layer '{step.calendar['layer']}'"
        yield from self.expected(step.expect, line_of(step.raw, "expect"), (step.raw or {}).get("expect"))

    def expected(self, expect: dict[str, Any], line: int, raw: Any = None) -> Iterator[tuple[int, str]]:
        def at(key: str) -> int:
            return line_of(raw, key) if raw is not None else line

        for login in expect.get("sees") or {}:
            yield from self.login(login, at("sees"))
        for units in (expect.get("assigned") or {}).values():
            for code in units if isinstance(units, list) else [units]:
                yield from self.unit(code, at("assigned"))
        for entry in expect.get("supervisions") or []:
            yield from self.unit(entry.get("unit"), at("supervisions"))
        for key, value in expect.items():
            yield from self.names(value, at(key))

    def unit(self, code: Any, line: int) -> Iterator[tuple[int, str]]:
        if isinstance(code, str) and not code.startswith("$") and code not in self.directory:
            yield line, f"unknown unit '{code}'"

    def login(self, text: str, line: int) -> Iterator[tuple[int, str]]:
        match = words.LOGIN.fullmatch(text)
        if match is None:
            return
        if match[1] not in self.directory:
            yield line, f"unknown unit '{match[1]}'"
        elif match[2] not in words.ROLES or match[2] not in self.directory.unit(match[1]).roles:
            yield line, f"unknown role '{match[2]}' of {match[1]}"

    def names(self, value: Any, line: int) -> Iterator[tuple[int, str]]:
        if isinstance(value, str):
            match = NAMED.fullmatch(value)
            if match is not None and match[1] not in self.aliases:
                yield line, f"no earlier case is called '{value}'"
        elif isinstance(value, dict | list):
            for each in value.values() if isinstance(value, dict) else value:
                yield from self.names(each, line)
