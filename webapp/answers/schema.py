"""A form-js schema → a Form, or everything that is wrong with the schema at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from webapp.feel import Expression, FeelError, parse

from . import component_checks, dialect
from .form import Field, Form


class FormProblem(Exception):
    """A schema that cannot be used. `problems` is a list of (element, message); an element is a component's key, path or id."""

    def __init__(self, problems: list[tuple[str, str]]):
        super().__init__("; ".join(f"{element}: {message}" for element, message in problems))
        self.problems = problems


def compile_form(schema: Any, known: Iterable[str] = (), *, stored: bool = False) -> Form:
    """Check a schema and order its fields.

    `known` are names that conditions and figures may read beside the fields and the dialect's own; the lists that
    `valuesKey` names are known by being named. Raises FormProblem; `stored`: only where it cannot be used, for it
    passed the checks of its day.
    """
    compiler = _Compiler(known)
    form = compiler.compile(schema)
    problems = compiler.stops if stored else compiler.problems
    if problems:
        raise FormProblem(problems)
    return form


class _Compiler:
    def __init__(self, known: Iterable[str]):
        self.problems: list[tuple[str, str]] = []
        self.stops: list[tuple[str, str]] = []      # of these, what no form can be used with
        self.known = set(dialect.KNOWN_NAMES) | set(known)
        self.fields: dict[str, Field] = {}
        self.ids: set[str] = set()
        self.read: list[tuple[str, Expression]] = []
        self.total = 0

    def say(self, element: str, message: str, stops: bool = False) -> None:
        self.problems.append((element, message))
        if stops:
            self.stops.append((element, message))

    def compile(self, schema: Any) -> Form:
        if not isinstance(schema, Mapping) or schema.get("type") != "default" or not isinstance(schema.get("components"), list):
            self.say("form", "not a form-js schema: type must be `default`, with a list of components", stops=True)
            return Form({})
        for option in sorted(set(schema) - dialect.FORM_OPTIONS):
            self.say("form", f"unknown option `{option}`")
        self._walk(schema["components"], (), "form", self.fields)
        self._check_names()
        return Form(schema, self.fields, self._order())

    def _walk(self, components: list[Any], conditions: tuple[Expression, ...], parent: str, into: dict[str, Field]) -> None:
        for index, component in enumerate(components):
            self.total += 1
            where = f"{parent}/{index}"
            if self.total > dialect.MAX_COMPONENTS:
                self.say(parent, f"more than {dialect.MAX_COMPONENTS} components")
                return
            if not isinstance(component, Mapping) or not isinstance(component.get("type"), str):
                self.say(where, "not a component")
                continue
            name = next((str(component[option]) for option in ("key", "path", "id") if component.get(option)), where)
            if component["type"] in dialect.OPTIONS:
                self._component(component, conditions, name, into)
            else:
                self.say(name, f"unknown component type `{component['type']}`", stops=True)

    def _component(
        self, component: Mapping[str, Any], conditions: tuple[Expression, ...], name: str, into: dict[str, Field]
    ) -> None:
        kind = component["type"]
        for message in component_checks.check(component):
            self.say(name, message)
        self._claim_id(component, name)
        parsed = self._expressions(component, name)
        conditions += (parsed["hide"],) if "hide" in parsed else ()
        if isinstance(component.get("valuesKey"), str):
            self.known.add(component["valuesKey"])
        if kind in dialect.CONTAINERS:
            inner = component.get("components", [])
            if not isinstance(inner, list):
                self.say(name, "`components` must be a list")
            elif kind == "group":
                self._walk(inner, conditions, name, into)
            else:
                self._list(component, inner, conditions, name, into)
        elif kind in dialect.KEYED:
            self._add(
                Field(str(component.get("key")), kind, component, conditions, None, parsed.get("required_when"), parsed.get("starts_with")), name, into
            )

    def _list(
        self,
        component: Mapping[str, Any],
        inner: list[Any],
        conditions: tuple[Expression, ...],
        name: str,
        into: dict[str, Field],
    ) -> None:
        rows: dict[str, Field] = {}
        for cell in inner:
            if isinstance(cell, Mapping) and cell.get("type") in dialect.CONTAINERS:
                self.say(name, "a list's row holds fields only, no groups and no lists")
            elif isinstance(cell, Mapping) and cell.get("conditional"):
                self.say(name, "conditions inside a list are not supported")
            else:
                self._walk([cell], (), name, rows)
        self._add(Field(str(component.get("path")), "dynamiclist", component, conditions, tuple(rows.values())), name, into)

    def _add(self, field: Field, name: str, into: dict[str, Field]) -> None:
        if not component_checks.KEY.fullmatch(field.key):
            self.say(name, "a key is small letters, digits and underscores, beginning with a letter")
        elif field.key in into:
            self.say(name, f"duplicate key `{field.key}`")
        else:
            into[field.key] = field

    def _claim_id(self, component: Mapping[str, Any], name: str) -> None:
        identity = component.get("id")
        if identity is not None:
            if not isinstance(identity, str) or identity in self.ids:
                self.say(name, f"duplicate id `{identity}`")
            self.ids.add(str(identity))

    def _expressions(self, component: Mapping[str, Any], name: str) -> dict[str, Expression]:
        """Parse every expression of a component, by option."""
        parsed: dict[str, Expression] = {}
        for option, source in component_checks.expressions(component):
            if not isinstance(source, str) or not source.startswith("="):
                self.say(name, f"`{option}`: an expression begins with `=`: {source!r}")
                continue
            try:
                expression = parse(source[1:])
            except FeelError as error:
                self.say(name, f"`{option}`: FEEL that does not parse: {source}: {error}", stops=True)
                continue
            self.read.append((name, expression))
            parsed[option] = expression
        return parsed

    def _check_names(self) -> None:
        for name, expression in self.read:
            for root in sorted({path[0] for path in expression.paths if path} - self.known - set(self.fields)):
                self.say(name, f"unknown name `{root}` in: {expression.text}")
        for each in self.fields.values():
            if each.component.get("valuesKey") in self.fields:
                self.say(each.key, f"`valuesKey` names a field of this form: {each.component['valuesKey']}")

    def _order(self) -> tuple[str, ...]:
        """The keys, those that others' conditions read first. A chain of conditions may have two links, as form-js looks only twice."""
        depth: dict[str, int] = {}
        waiting = dict(self.fields)
        while waiting:
            ready = {key: each for key, each in waiting.items() if not any(root in waiting for root in each.reads())}
            if not ready:
                self.say(next(iter(waiting)), "conditions that read each other in a circle: " + ", ".join(waiting), stops=True)
                break
            for key, each in ready.items():
                read = [depth[root] for root in each.reads() if root in depth]
                depth[key] = 1 + max(read, default=0) if each.conditions else 0
                if depth[key] > 2:
                    self.say(key, "its condition reads fields whose conditions read others: at most two in a row")
                del waiting[key]
        return tuple(depth)
