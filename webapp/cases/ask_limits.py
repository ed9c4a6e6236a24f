"""Asks a procedure's tables how long a step may take and how far it may be extended, for a matter that is not a case yet."""
from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from webapp.deployments.registry import Deployed
from webapp.domain.clock import local_date
from webapp.engine.decisions import DecisionError
from webapp.feel import FeelError, parse

from .clocks import functions_of
from .environment import Environment

# Not promised at filing: they run only if something out of the ordinary happens, or they bind the citizen.
NOT_PROMISED = {"return_window", "supplement", "cooperate", "progress", "rework", "letter"}


class Limits:
    """What the tables say of a matter filed at `now`.

    `case`: facts as expressions see them. `answers`: values by the text of an expression that a table's column reads (limit_questions);
    one that is a plain path is seen by every expression, another only by the columns that have this very text.
    """

    def __init__(self, env: Environment, deployed: Deployed, now: datetime, case: Mapping[str, Any] | None = None, answers: Mapping[str, Any] | None = None):
        manifest, today = deployed.manifest, local_date(now)
        self.deployed, self.now, self.calendar = deployed, now, env.registry.calendar(manifest.calendar)
        self.scope: dict[str, Any] = {"case": {"procedure": deployed.procedure, "filed_on": today, "status": "open", **(case or {})}, "answers": {}, "request": {},
                                      "deadlines": {}, "vars": {}, "result": {}, "params": manifest.params, "count": {}, "open": {}, "round": 1, "today": today, "now": now}
        self.columns, self.known = {}, {("case", name) for name, value in (case or {}).items() if value is not None}
        for text, value in (answers or {}).items():
            self.columns[text] = parse(json.dumps(value, ensure_ascii=False))
            if value is not None and all(part.isidentifier() for part in text.split(".")):
                self.known.add(tuple(text.split(".")))
                _put(self.scope, text.split("."), value)
        self.functions = functions_of(self.calendar, env.registry.directory(manifest.directory))
        self.functions["limit span"] = lambda name: (self.limit(str(name)) or {}).get("span")

    def limit(self, deadline: str) -> dict[str, Any] | None:
        """Span or date, article, local; None where the table has no row."""
        return self._decide(self.deployed.manifest.limits, deadline)

    def extension(self, deadline: str) -> dict[str, Any] | None:
        """How often and how far it may be extended, with the article; None where it may not."""
        entry = self.deployed.manifest.extensions.get(deadline)
        return self._decide(entry["decision"], deadline) if entry else None

    def holds(self, condition: str) -> bool | None:
        """Whether a condition of the diagram holds; None where it reads something that is not known at filing."""
        try:
            expression = parse(condition)
            if expression.functions or any(path not in self.known and path[0] != "params" for path in expression.paths):
                return None
            return expression.evaluate(self.scope, now=self.now) is True
        except FeelError:
            return None

    def _decide(self, decision: str, deadline: str) -> dict[str, Any] | None:
        table = self.deployed.definition.decisions[decision].given(self.columns)
        try:
            found = table.evaluate({**self.scope, "deadline": deadline}, functions=self.functions, now=self.now)
        except (DecisionError, FeelError):
            return None
        return found if isinstance(found, dict) else None


def _put(scope: dict[str, Any], path: list[str], value: Any) -> None:
    """Sets a value below a name of the scope, on copies of what others hold too."""
    for name in path[:-1]:
        held = scope.get(name)
        scope[name] = dict(held) if isinstance(held, dict) else {}
        scope = scope[name]
    scope[path[-1]] = value
