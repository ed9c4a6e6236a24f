"""Reads a scenario file and finds every slip in it, each with its line, before anything runs."""
from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from . import vocabulary as words
from .check import check_against
from .model import STEP_TIME, Scenario, Step, Story
from .source import ScenarioError, absolute, day, item_line, line_of, load, own_line, plain

__all__ = ["STEP_TIME", "Scenario", "ScenarioError", "Step", "Story", "absolute", "check_against", "plain", "read_scenario"]

ALIAS = re.compile(r"[^\s$]{1,50}")


def read_scenario(source: bytes) -> Scenario:
    """Parse a scenario; ScenarioError with the line of every slip that shows without knowing the procedure."""
    return _Reader().scenario(load(source))


class _Reader:
    def __init__(self):
        self.problems: list[tuple[int, str]] = []

    def scenario(self, raw: Any) -> Scenario:
        if not isinstance(raw, dict):
            raise ScenarioError([(1, "a scenario is a mapping")])
        self.problems += [(1, f"'{key}' is missing") for key in ("scenario", "procedure", "at", "file") if raw.get(key) is None]
        before = [self.story(item, words.BEFORE_KEYS, line) for item, line in self.list(raw, "before")]
        main = self.story(raw, words.SCENARIO_KEYS, 1)
        aliases = [story.alias for story in before]
        self.problems += [(s.line, f"'{s.alias}' names two cases") for i, s in enumerate(before) if s.alias is not None and s.alias in aliases[:i]]
        expect = self.expect(raw.get("expect"), line_of(raw, "expect"))
        if self.problems:
            raise ScenarioError(sorted(set(self.problems)))
        return Scenario(str(raw["scenario"]), str(raw["procedure"]), before, main, expect, raw)

    def story(self, raw: Any, keys: set[str], line: int) -> Story:
        if not isinstance(raw, dict):
            self.problems.append((line, "a case is a mapping"))
            return Story(line, "", {}, [])
        self.keys(raw, keys, "case" if keys is words.BEFORE_KEYS else "scenario")
        content = self.filing(raw)
        alias = raw.get("alias")
        if keys is words.BEFORE_KEYS:
            self.problems += [(own_line(raw), f"'{key}' is missing") for key in ("alias", "at", "file") if raw.get(key) is None]
            if alias is not None and (not isinstance(alias, str) or not ALIAS.fullmatch(alias)):
                self.problems.append((line_of(raw, "alias"), "an alias is one word without $"))
        sample = raw.get("sample", content.pop("sample", False))
        if not isinstance(sample, bool):
            self.problems.append((line_of(raw, "sample"), "'sample' is true or false"))
        at = self.moment(raw.get("at"), line_of(raw, "at"), spans=False) if raw.get("at") is not None else ""
        steps = [self.step(item, line) for item, line in self.list(raw, "steps")]
        self.in_order(at, steps)
        return Story(line_of(raw, "file"), at, content, steps, str(alias) if alias is not None else None, bool(sample), raw.get("file"))

    def filing(self, raw: dict) -> dict[str, Any]:
        given = raw.get("file")
        if given is None:
            return {}
        if not isinstance(given, dict):
            self.problems.append((line_of(raw, "file"), "'file' is a mapping"))
            return {}
        self.keys(given, words.FILE_KEYS, "file")
        for key, known in (("claimant", words.CLAIMANT_KEYS), ("consultation", words.CONSULTATION_KEYS)):
            if given.get(key) is not None and not isinstance(given[key], dict):
                self.problems.append((line_of(given, key), f"'{key}' is a mapping"))
            self.keys(given.get(key), known, key)
        if isinstance(given.get("consultation"), dict):
            self.consultation(given["consultation"], line_of(given, "consultation"))
        return {key: value for key, value in plain(given).items() if not (key in ("claimant", "consultation") and not isinstance(value, dict))}

    def consultation(self, raw: dict, line: int) -> None:
        if raw.get("kind") not in words.CONSULTATION_KINDS:
            self.problems.append((line_of(raw, "kind"), "the kind of a consultation is document or rule"))
        for key in ("opens", "closes"):
            self.day(raw.get(key), line_of(raw, key) if key in raw else line)

    def step(self, raw: Any, line: int) -> Step:
        if not isinstance(raw, dict):
            self.problems.append((line, "a step is a mapping"))
            return Step(line, "+0m")
        self.keys(raw, words.STEP_KEYS, "step")
        line = own_line(raw)
        step = Step(line, self.moment(raw.get("at", "+0m"), line_of(raw, "at"), spans=True), raw=raw)
        step.do = self.text(raw, "do")
        step.actor = self.text(raw, "as")
        step.case = self.text(raw, "case")
        if step.do is not None:
            if step.do not in words.TASKS | words.ACTIONS:
                self.problems.append((line_of(raw, "do"), f"unknown task or action '{step.do}'"))
            if step.actor is None:
                self.problems.append((line, "a step that does something says who ('as')"))
        elif raw.get("with") is not None or (raw.get("refused") is not None and raw.get("calendar") is None):
            self.problems.append((line, "a step with 'with' or 'refused' says what is done ('do')"))
        if step.actor is not None and step.actor not in words.NOBODY and not words.LOGIN.fullmatch(step.actor):
            self.problems.append((line_of(raw, "as"), f"'{step.actor}' is not unit.role"))
        data = raw.get("with")
        if data is not None and not isinstance(data, dict):
            self.problems.append((line_of(raw, "with"), "'with' is a mapping"))
        else:
            step.data = plain(data or {})
        refused = raw.get("refused")
        if isinstance(refused, bool | dict | list):
            self.problems.append((line_of(raw, "refused"), "'refused' is a piece of the refusal's code or text"))
        step.refused = None if refused is None else str(refused)
        step.calendar = self.calendar(raw)
        step.expect = self.expect(raw.get("expect"), line_of(raw, "expect"))
        return step

    def calendar(self, raw: dict) -> dict | None:
        given = raw.get("calendar")
        if given is None:
            return None
        if not isinstance(given, dict) or not isinstance(given.get("layer"), str):
            self.problems.append((line_of(raw, "calendar"), "'calendar' names a layer, and days to add or remove"))
            return None
        self.keys(given, words.CALENDAR_KEYS, "calendar")
        found = plain(given)
        for key in ("add", "remove"):
            days = found.get(key) or []
            found[key] = [self.day(each, line_of(given, key)) for each in (days if isinstance(days, list) else [days])]
        return found

    def expect(self, raw: Any, line: int) -> dict[str, Any]:
        if raw is None:
            return {}
        if not isinstance(raw, dict):
            self.problems.append((line, "'expect' is a mapping"))
            return {}
        self.keys(raw, words.EXPECT_KEYS, "expect")
        found = plain(raw)
        for key in words.EXPECTED_LISTS & found.keys():
            if found[key] is not None and not isinstance(found[key], list):
                self.problems.append((line_of(raw, key), f"'{key}' is a list"))
                found[key] = []
        for key in words.EXPECTED_MAPPINGS & found.keys():
            if not isinstance(found[key], dict):
                self.problems.append((line_of(raw, key), f"'{key}' is a mapping"))
                found[key] = {}
        for key in ("open", "assigned"):
            for name in found.get(key) or []:
                if name not in words.TASKS:
                    self.problems.append((line_of(raw, key), f"unknown task '{name}'"))
        for login, sees in (found.get("sees") or {}).items():
            if not isinstance(sees, bool) or not words.LOGIN.fullmatch(login):
                self.problems.append((line_of(raw["sees"], login), f"'{login}' is not unit.role with true or false"))
        self.expected_deadlines(raw, found)
        for index, entry in enumerate(raw.get("supervisions") or [] if isinstance(raw.get("supervisions"), list) else []):
            if isinstance(entry, dict):
                self.keys(entry, words.SUPERVISION_KEYS, "supervision")
            else:
                self.problems.append((item_line(raw["supervisions"], index), "a supervision is a mapping"))
        return found

    def expected_deadlines(self, raw: dict, found: dict) -> None:
        for name, entry in (found.get("deadlines") or {}).items():
            line = line_of(raw["deadlines"], name)
            if name not in words.DEADLINES:
                self.problems.append((line, f"unknown deadline '{name}'"))
            if isinstance(entry, dict):
                self.keys(raw["deadlines"][name], words.DEADLINE_KEYS, f"deadline {name}")
                if entry.get("due") is not None:
                    entry["due"] = self.day(entry["due"], line_of(raw["deadlines"][name], "due"))
            elif entry is not None:
                self.problems.append((line, f"deadline {name} is a mapping or null"))

    # -- pieces ------------------------------------------------------------------------------------------------------
    def keys(self, raw: Any, known: set[str], where: str) -> None:
        if isinstance(raw, dict):
            self.problems += [(line_of(raw, key), f"unknown key '{key}' in {where}") for key in raw if key not in known]

    def list(self, raw: dict, key: str) -> list[tuple[Any, int]]:
        value = raw.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.problems.append((line_of(raw, key), f"'{key}' is a list"))
            return []
        return [(item, item_line(value, index)) for index, item in enumerate(value)]

    def text(self, raw: dict, key: str) -> str | None:
        value = raw.get(key)
        if value is None or isinstance(value, str):
            return None if value is None else str(value)
        self.problems.append((line_of(raw, key), f"'{key}' is a text"))
        return None

    def moment(self, value: Any, line: int, spans: bool) -> str:
        text = str(plain(value)) if value is not None else ""
        if spans and STEP_TIME.fullmatch(text):
            return text
        try:
            absolute(text)
        except ValueError:
            self.problems.append((line, f"'{text}' is no time" + (" and no span" if spans else "")))
            return ""
        return text

    def day(self, value: Any, line: int) -> str:
        try:
            return day(value).isoformat()
        except ValueError:
            self.problems.append((line, f"'{value}' is no date"))
            return str(value)

    def in_order(self, at: str, steps: list[Step]) -> None:
        """A step that lies before the one before it is a slip; working days are not counted here, so what is found is certain."""
        reached: datetime | None = absolute(at) if at else None
        for step in steps:
            span = STEP_TIME.fullmatch(step.at)
            if span is None and step.at:
                if reached is not None and absolute(step.at) < reached:
                    self.problems.append((step.line, f"'{step.at}' lies before the step before it"))
                reached = absolute(step.at)
            elif span is not None and reached is not None and span[2] != "wd":
                reached += int(span[1]) * {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}[span[2]]
