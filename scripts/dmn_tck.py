"""Runs a checkout of the DMN TCK (its folders compliance-level-2 and -3) through our decisions; prints a table per level.

    python scripts/dmn_tck.py PATH [--level 2|3] [--only TEXT] [--failures] [--markdown FILE]

A test passes when all its results are as expected; `refused` means that its decision did not compile.
"""
from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from lxml import etree

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from webapp.engine.decisions import DecisionError, compile_what_can  # noqa: E402
from webapp.feel import FeelError, Range, YearsMonths, temporal, to_plain  # noqa: E402
from webapp.feel.numbers import from_text  # noqa: E402

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_READ = {
    "boolean": lambda text: text in ("true", "1"), "date": temporal.parse_date, "time": temporal.parse_time,
    "dateTime": temporal.parse_date_time, "duration": temporal.parse_duration, "string": str,
    **dict.fromkeys(("decimal", "double", "integer", "int", "long", "float"), from_text),
}
_CLOSE = Decimal("0.00000001")      # numbers of the tests are often rounded to fewer places than ours


class Outcome(NamedTuple):
    """What came of one test: passed, failed or refused, with what was seen."""

    model: str
    test: str
    state: str
    seen: str


def local(node: etree._Element) -> str:
    return etree.QName(node).localname


def children(node: etree._Element, *names: str) -> list[etree._Element]:
    return [each for each in node if isinstance(each.tag, str) and local(each) in names]


def value_of(node: etree._Element) -> object:
    """The value that an inputNode, an expected, a component or an item holds."""
    for each in children(node, "value", "list"):
        if each.get(f"{_XSI}nil") == "true":
            return None
        if local(each) == "list":
            return [value_of(item) for item in children(each, "item")]
        kind = each.get(f"{_XSI}type", "string").rpartition(":")[2]
        text = each.text or ""
        value = _READ[kind](text if kind == "string" else text.strip())
        return Unknown(text) if value is None else value
    return {each.get("name"): value_of(each) for each in children(node, "component")} or None


class Unknown(str):
    """A value of a test that we cannot read (a year beyond 9999); equal to its text only."""


def alike(expected: object, found: object) -> bool:
    """Whether a result is as expected."""
    if type(found) is Range or callable(found):
        found = to_plain(found)
    if type(expected) is list and type(found) is list:
        return len(expected) == len(found) and all(map(alike, expected, found))
    if type(expected) is dict and type(found) is dict:
        return expected.keys() == found.keys() and all(alike(each, found[key]) for key, each in expected.items())
    if type(expected) is Decimal and type(found) is Decimal:
        return abs(expected - found) <= max(_CLOSE, abs(expected) * _CLOSE)
    if type(expected) is Unknown:
        return type(found) is not str and found is not None and temporal.iso(found) == expected
    if isinstance(expected, tuple) or isinstance(found, YearsMonths):
        return type(expected) is type(found) and expected == found
    return type(expected) is type(found) and expected == found


def run_model(folder: Path) -> list[Outcome]:
    """All tests of a model's folder."""
    outcomes = []
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.dmn"))}
    for path in sorted(folder.glob("*.xml")):
        cases = etree.parse(str(path)).getroot()
        if local(cases) != "testCases":
            continue
        name = next((each.text for each in children(cases, "modelName")), "")
        first = {name: files[name]} if name in files else {}
        library, problems = compile_what_can({**first, **files})
        for case in children(cases, "testCase"):
            outcomes.append(run_case(folder.name, name, case, library, problems))
    return outcomes


def run_case(model: str, file: str, case: etree._Element, library, problems) -> Outcome:
    """One test: its inputs set, every result asked for."""
    number = case.get("id", "")
    given = {each.get("name"): value_of(each) for each in children(case, "inputNode")}
    invoked = case.get("invocableName") if case.get("type") in ("decisionService", "bkm") else None
    for result in children(case, "resultNode"):
        found = library.find(invoked or result.get("name"), file)
        label = f"{number} {result.get('name')}"
        if found is None:
            names = (result.get("name"), f"_{result.get('name')}")
            why = [each for each in problems if each.element in names] or problems
            return Outcome(model, label, "refused", str(why[0].message) if why else "not there")
        expected = next((value_of(each) for each in children(result, "expected")), None)
        try:
            value = found.evaluate(given, now=datetime.now(UTC))
            if invoked and type(value) is dict and result.get("name") in value:
                value = value[result.get("name")]
        except (DecisionError, FeelError) as error:
            if result.get("errorResult") == "true" or expected is None:
                continue
            return Outcome(model, label, "failed", f"error: {error}")
        if not alike(expected, value):
            return Outcome(model, label, "failed", f"expected {shown(expected)}, found {shown(value)}")
    return Outcome(model, number, "passed", "")


def shown(value: object) -> str:
    try:
        return repr(to_plain(value))[:80]
    except FeelError as error:
        return str(error)


def table(level: int, outcomes: list[Outcome], models: list[str]) -> str:
    """The Markdown table of a level, model by model, with its sum."""
    lines = ["| model | passed | failed | refused | what stands out |", "|---|---|---|---|---|"]
    for model in models:
        mine = [each for each in outcomes if each.model == model]
        states = Counter(each.state for each in mine)
        reasons = Counter(re.sub(r"^.* / ", "", each.seen) for each in mine if each.state == "refused").most_common(2)
        told = "; ".join(f"{reason} ({count})" for reason, count in reasons).replace("|", "\\|")
        lines.append(f"| {model} | {states['passed']} | {states['failed'] or ''} | {states['refused'] or ''} | {told} |")
    lines.append("")
    lines.append(summary(level, outcomes))
    return "\n".join(lines)


def summary(level: int, outcomes: list[Outcome]) -> str:
    states = Counter(each.state for each in outcomes)
    whole = len({each.model for each in outcomes}) - len({each.model for each in outcomes if each.state != "passed"})
    return (
        f"Level {level}: {states['passed']} of {len(outcomes)} tests passed, {states['failed']} failed, "
        f"{states['refused']} refused; {whole} of {len({each.model for each in outcomes})} models whole."
    )


def main() -> int:
    """0 when every test of level 2 passed, else 1; 2 when there is no TCK at the path."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--level", type=int, choices=(2, 3))
    parser.add_argument("--only", default="", help="models whose name holds this text")
    parser.add_argument("--failures", action="store_true", help="print every test that did not pass")
    parser.add_argument("--markdown", type=Path, help="write the tables to this file")
    args = parser.parse_args()
    written, sound = [], True
    for level in [args.level] if args.level else [2, 3]:
        home = next(iter(sorted(args.path.glob(f"**/compliance-level-{level}"))), None)
        if home is None:
            print(f"there is no folder compliance-level-{level} under {args.path}", file=sys.stderr)
            return 2
        folders = [each for each in sorted(home.iterdir()) if each.is_dir() and args.only in each.name]
        outcomes = [outcome for folder in folders for outcome in run_model(folder)]
        sound = sound and (level > 2 or all(each.state == "passed" for each in outcomes))
        written.append(table(level, outcomes, [each.name for each in folders]))
        print(written[-1] + "\n")
        if args.failures:
            for each in outcomes:
                if each.state != "passed":
                    print(f"{each.state}\t{each.model}\t{each.test}\t{each.seen}")
    if args.markdown:
        args.markdown.write_text("\n\n".join(written) + "\n", encoding="utf-8")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
