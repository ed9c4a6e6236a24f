"""`duban decision eval`: asks a decision of a DMN file, and prints its value as JSON."""
from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

_MAX_INPUT = 1_000_000      # bytes, of a file and of an input


def register(commands) -> None:
    decision = commands.add_parser("decision", help="ask decision tables").add_subparsers(dest="sub", required=True)
    evaluate = decision.add_parser("eval", help="the value of a decision for an input, as JSON; null when no rule matches")
    evaluate.add_argument("file", type=Path, metavar="FILE.dmn")
    evaluate.add_argument("decision", nargs="?", default="", metavar="DECISION", help="its id or name, where the file has several")
    evaluate.add_argument("--input", default="{}", metavar="JSON", help="an object of input values; @FILE reads it from a file, - from standard input")
    evaluate.add_argument("--now", default="", metavar="TIME", help="what now() and today() give, such as 2026-03-02T09:00:00+08:00")
    evaluate.set_defaults(run=_eval)


def _eval(args) -> int:
    try:
        value = ask(args.file, args.decision, _input(args.input), _now(args.now))
    except AskError as error:
        for line in error.args:
            print(f"duban: {line}", file=sys.stderr)
        return 2
    print(json.dumps(value, ensure_ascii=False))
    return 0


class AskError(Exception):
    """Why there is no answer: one line for every problem."""


def ask(file: Path, name: str, given: dict, now: datetime | None) -> object:
    """The plain value of a file's decision: bare for one output, an object for several, a list by a list policy; null when
    no rule matched, by a list policy too. Raises AskError."""
    from webapp.engine.decisions import DecisionError, compile_what_can
    from webapp.feel import FeelError, to_plain

    try:
        with file.open("rb") as stream:
            data = stream.read(_MAX_INPUT + 1)      # no more: it may be a device; the compiler says that it is too large
    except OSError as error:
        raise AskError(f"{file}: cannot be read: {error.strerror}") from None
    library, problems = compile_what_can({file.name: data})
    if problems:
        raise AskError(*(f"{file}: {each.element or 'file'}: {_english(each.message)}" for each in problems))
    decision = _chosen(file, library, name)
    try:
        value, rules = decision.explain(given, now=now)
        if not rules and getattr(decision, "lists", False) and value == []:
            return None
        return to_plain(value)
    except (DecisionError, FeelError) as error:
        raise AskError(f"{file}: {decision.id}: {_english(error.message)}") from None


def _chosen(file: Path, library, name: str):
    """The decision asked for; the only one where none is named. Raises AskError."""
    names = ", ".join(sorted(each.label or each.id for each in library.decisions.values())) or "none"
    if name:
        found = library.find(name)
        if found is None:
            raise AskError(f"{file}: there is no single decision '{name}'; there are: {names}")
        return found
    if len(library.decisions) != 1:
        raise AskError(f"{file}: say which decision; there are: {names}")
    return next(iter(library.decisions.values()))


def _input(text: str) -> dict:
    """The object of input values. Raises AskError."""
    try:
        if text == "-":
            text = sys.stdin.read(_MAX_INPUT + 1)
        elif text.startswith("@"):
            with open(text[1:], encoding="utf-8") as stream:
                text = stream.read(_MAX_INPUT + 1)
        if len(text) > _MAX_INPUT:
            raise AskError(f"--input: larger than {_MAX_INPUT} characters")
        given = json.loads(text, parse_constant=_refused)
    except OSError as error:
        raise AskError(f"--input: {error.filename}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise AskError(f"--input: not JSON: {error}") from None
    if not isinstance(given, dict):
        raise AskError("--input: not an object of input values, such as {\"amount\": 3}")
    return given


def _refused(text: str) -> None:
    raise ValueError(f"{text} is no JSON number")


def _now(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        raise AskError(f"--now: not a time: {text}") from None
    if moment is not None and moment.tzinfo is None:
        raise AskError(f"--now: a time needs an offset, such as {text}+08:00")
    return moment


def _english(message: object) -> str:
    return str(getattr(message, "en", message))
