"""`duban scenario run`: runs scenario files, each on a database of its own."""
from __future__ import annotations

import json
import sys
from pathlib import Path

from webapp.settings import ROOT


def register(commands) -> None:
    scenario = commands.add_parser("scenario", help="run scenarios").add_subparsers(dest="sub", required=True)
    run = scenario.add_parser("run", help="run scenario files")
    run.add_argument("files", nargs="+", type=Path)
    run.add_argument("--json", action="store_true", dest="as_json")
    run.add_argument("--content", type=Path, default=ROOT, help="folder that holds processes/ and forms/")
    run.set_defaults(run=_run)


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
