"""`duban scenario`: runs scenario files, each on a database of its own, and says which ways of a procedure they pass and which they do not."""
from __future__ import annotations

import json
import sys
from pathlib import Path

from webapp.settings import ROOT


def register(commands) -> None:
    scenario = commands.add_parser("scenario", help="run scenarios, and measure what they cover").add_subparsers(dest="sub", required=True)
    run = scenario.add_parser("run", help="run scenario files")
    run.add_argument("files", nargs="+", type=Path)
    run.add_argument("--json", action="store_true", dest="as_json")
    run.add_argument("--content", type=Path, default=ROOT, help="folder that holds processes/ and forms/")
    run.set_defaults(run=_run)
    coverage = scenario.add_parser("coverage", help="run all scenarios and table tests of procedures: which flows, boundary events and table rows none of them passes")
    coverage.add_argument("procedures", nargs="*", metavar="PROCEDURE", help="all that stand in the content folder where none is named")
    coverage.add_argument("--json", action="store_true", dest="as_json")
    coverage.add_argument("--content", type=Path, default=ROOT, help="folder that holds processes/ and forms/")
    coverage.set_defaults(run=_coverage)


def _run(args) -> int:
    sandboxes: dict = {}
    results, code = [], 0
    for path in args.files:
        result = _run_file(path, args.content, sandboxes)
        if result is None:
            code = 2
            continue
        results.append(result)
        if result["failures"] and code == 0:
            code = 1
        if not args.as_json:
            _say(result)
    if args.as_json:
        print(json.dumps({"scenarios": results}, ensure_ascii=False, indent=1, default=str))
    return code


def _run_file(path: Path, content: Path, sandboxes: dict) -> dict | None:
    """The result of one file, or None when it is no scenario of a sound procedure: said on stderr, each problem with its place."""
    from webapp.deployments.bundle import BundleError
    from webapp.engine import DefinitionError
    from webapp.scenarios.read import ScenarioError, read_scenario
    from webapp.scenarios.run import run_scenario
    from webapp.scenarios.sandbox import Sandbox

    try:
        scenario = read_scenario(path.read_bytes())
        if scenario.procedure not in sandboxes:
            sandboxes[scenario.procedure] = Sandbox.of_procedure(content, scenario.procedure)
        failures = run_scenario(sandboxes[scenario.procedure], scenario)
    except OSError as error:
        print(f"{path}: {error.strerror}", file=sys.stderr)
    except ScenarioError as error:
        for line, message in error.problems:
            print(f"{path}:{line}: {message}", file=sys.stderr)
    except (BundleError, DefinitionError) as error:
        print(f"{path}: {error}", file=sys.stderr)
    else:
        return {"file": str(path), "scenario": scenario.name, "ok": not failures, "failures": [vars(f) for f in failures]}
    return None


def _say(result: dict) -> None:
    print(f"{'ok  ' if result['ok'] else 'FAIL'} {result['scenario']} ({result['file']})")
    for f in result["failures"]:
        print(f"     step {f['step']}, {f['at']}, {f['key']}: expected {f['expected']}, found {f['found']}")


def _coverage(args) -> int:
    from webapp.deployments.bundle import BundleError
    from webapp.deployments.deploy import bundled_procedures
    from webapp.engine import DefinitionError
    from webapp.scenarios.coverage import measure
    from webapp.scenarios.sandbox import Sandbox

    found, code = [], 0
    for name in args.procedures or bundled_procedures(args.content):
        try:
            measured = measure(Sandbox.of_procedure(args.content, name))
        except (BundleError, DefinitionError) as error:
            print(f"{name}: {error}", file=sys.stderr)
            code = 2
            continue
        found.append(measured.to_json())
        code = code or int(not measured.full)
        if not args.as_json:
            _say_coverage(found[-1])
    if args.as_json:
        print(json.dumps({"procedures": [{k: v for k, v in each.items() if k != "items"} for each in found]}, ensure_ascii=False, indent=1))
    return code


def _say_coverage(found: dict) -> None:
    words = {"flow": "flows", "boundary_event": "boundary events", "row": "table rows"}
    totals = ", ".join(f"{found['totals'][kind]['covered']} of {found['totals'][kind]['all']} {word}" for kind, word in words.items())
    print(f"{'ok  ' if found['full'] else 'FAIL'} {found['procedure']}: {totals}; {found['scenarios']} scenarios")
    for item in found["missing"]:
        row = f"row {item['number']} of {item['decision']} ({item['article']}): " if item["kind"] == "row" else ""
        print(f"     not covered: {item['file']}: {item['id']}: {row}{item['name']}")
    for item in found["failed"]:
        print(f"     failed: {item['file']}: {item['why']}")
