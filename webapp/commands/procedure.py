"""`duban check`: judges procedures, archives and single files in the gate's child process, and prints everything that is wrong with them, all at once."""
from __future__ import annotations

import json
import sys
from pathlib import Path

from webapp.settings import ROOT

SCENARIOS = "webapp.commands.procedure:scenario_problems"      # judged by the gate's child, which knows nothing of scenarios itself


def register(commands) -> None:
    check = commands.add_parser("check", help="check a procedure or one of its files: every problem as file: element: message")
    check.add_argument("path", nargs="+", help="a procedure's name or folder, an archive (.zip, .tar, .tar.gz), or one file: .bpmn, .dmn, .form.json, procedure.toml")
    check.add_argument("--content", type=Path, default=ROOT, help="folder that holds processes/ and forms/")
    check.add_argument("--json", action="store_true", dest="as_json")
    check.set_defaults(run=_check)


def _check(args) -> int:
    from webapp.deployments.gate import Gate

    found = []
    gates: dict[Path, Gate] = {}
    for given in args.path:
        content = place(given, args.content)
        if content not in gates:
            gates[content] = Gate(content, further=(SCENARIOS,))
        verdict = gates[content].judge(given)
        name = Path(given).name
        found += [{"procedure": name, "file": p.file, "line": p.line, "element": p.element, "message": p.message, "remedy": p.remedy} for p in verdict.problems]
        if verdict.sound and not args.as_json:
            print(f"{name}: sound")
    for gate in gates.values():
        gate.close()
    if args.as_json:
        print(json.dumps({"problems": found}, ensure_ascii=False, indent=1))
    else:
        for problem in found:
            print(said(problem), file=sys.stderr)
    return 2 if found else 0


def said(problem: dict[str, str]) -> str:
    """A problem as one line: nothing in it moves the cursor or turns the direction of what is printed."""
    at = f":{problem['line']}" if problem["line"] else ""
    line = f"{problem['procedure']}/{problem['file']}{at}: {problem['element']}: {problem['message']}" + (f" ({problem['remedy']})" if problem["remedy"] else "")
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in line)


def place(given: str, content: Path) -> Path:
    """The content folder that a procedure builds on: the one that it stands in, else the one named."""
    folder = Path(given)
    if folder.is_dir() and folder.resolve().parent.name == "processes":
        return folder.resolve().parent.parent
    return content


def scenario_problems(deployed, directory) -> list:
    """Every slip in a deployment's scenarios and table tests, as problems of its files."""
    from webapp.deployments.bundle import TABLE_TESTS
    from webapp.engine import Problem
    from webapp.scenarios.read import ScenarioError, check_against, read_scenario
    from webapp.scenarios.table_tests import read_table_tests

    problems = []
    for path in sorted(p for p in deployed.bundle if p.startswith("scenarios/") or p.endswith(TABLE_TESTS)) if directory is not None else ():
        try:
            if path.endswith(TABLE_TESTS):
                read_table_tests(deployed.bundle[path], deployed)
            else:
                check_against(read_scenario(deployed.bundle[path]), deployed, directory)
        except ScenarioError as error:
            problems += [Problem(path, f"line {line}", message) for line, message in error.problems]
    return problems
