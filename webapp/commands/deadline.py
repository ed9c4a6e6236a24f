"""`duban deadline compute`: the day a span ends on; `duban deadline prove`: a case's deadline. Both with every day, counted or not and why."""
from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path

from webapp.settings import ROOT


def register(commands) -> None:
    deadline = commands.add_parser("deadline", help="compute deadlines").add_subparsers(dest="sub", required=True)
    compute = deadline.add_parser("compute", help="the day a span ends on, with every day counted")
    compute.add_argument("--span", required=True, help="such as '15 wd', '10 d', '2 w', '2 m'")
    compute.add_argument("--from", dest="start", required=True, help="the day of the starting event, which is not counted")
    compute.add_argument("--calendar", default="national")
    compute.add_argument("--content", type=Path, default=ROOT)
    compute.add_argument("--json", action="store_true", dest="as_json")
    compute.set_defaults(run=_compute)
    prove = deadline.add_parser("prove", help="a case's deadline: every day from its start to its due date, and what happened to it")
    prove.add_argument("case", help="the case's number")
    prove.add_argument("deadline", help="the deadline's id, such as handle")
    prove.add_argument("--n", type=int, help="which one of that id; the latest unless given")
    prove.add_argument("--json", action="store_true", dest="as_json")
    prove.set_defaults(run=_prove)


def _compute(args) -> int:
    from webapp.domain.calendar import calendars_of
    from webapp.domain.compute import compute
    from webapp.domain.layers import load_layer

    try:
        folder = args.content / "processes" / "national" / "calendars"
        calendars = calendars_of([load_layer(path.read_bytes()) for path in sorted(folder.glob("*.toml"))])
        if args.calendar not in calendars:
            raise ValueError(f"there is no calendar '{args.calendar}'; there are {', '.join(sorted(calendars))}")
        found = compute(args.span, _day(args.start), calendars[args.calendar])
    except ValueError as error:
        print(f"duban: {error}", file=sys.stderr)
        return 2
    if args.as_json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        _print_days(found["days"])
        print(f"due {found['due']}{' (provisional)' if found['provisional'] else ''}")
    return 0


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise ValueError(f"--from: there is no day '{text}' (write it like 2026-09-22)") from None


def _print_days(days: list[dict]) -> None:
    for day in days:
        number = day["number"] if day["counted"] else ""
        print(f"{day['date']}  {'+' if day['counted'] else ' '} {number:>3}  {day['why']:<10} {day['label']}{' (provisional)' if day['provisional'] else ''}  {day['basis']}".rstrip())


def _prove(args) -> int:
    from webapp.app import create_core
    from webapp.cases.errors import NotFound
    from webapp.cases.prove_deadline import prove_deadline
    from webapp.models.storage import reading_only
    from webapp.permissions import System

    app = create_core()
    with app.app_context(), reading_only():
        try:
            proof = prove_deadline(app.extensions["duban"].env, System(), args.case, args.deadline, args.n)
        except NotFound:
            print(f"duban: there is no deadline '{args.deadline}'{f' number {args.n}' if args.n else ''} on a case {args.case}", file=sys.stderr)
            return 2
    print(json.dumps(proof, ensure_ascii=False, indent=1) if args.as_json else _in_lines(proof))
    if not args.as_json:
        _print_days(proof["days"])
        print(f"due {proof['due'] or 'when it is resumed'}{' (provisional)' if proof['provisional'] else ''}, {proof['total']} days counted")
    return 0


def _in_lines(proof: dict) -> str:
    """What stands above the days: the limit, its rules, what happened."""
    calendar, local = proof["calendar"], " (local parameter)" if proof["local"] else ""
    lines = [f"{proof['case']} {proof['deadline']} {proof['n']}: {proof['span'] or proof['until']}{' (urgent)' if proof['urgent'] else ''}, {proof['article']}{local}, {proof['status']}",
             f"calendar {calendar['id']}, version {calendar['version']}"]
    if calendar["changed"]:
        lines.append(f"the calendar has changed since version {calendar['recorded_version']}; recorded due {proof['recorded_due']}")
    lines += [f"- {rule['en']} {' '.join(p for p in (rule['basis_en'], rule['article']) if p)}".rstrip() for rule in proof["rules"]]
    for event in proof["history"]:
        by = " ".join(p for p in (event["by"]["unit"], event["by"]["role"], event["by"]["name"]) if p) or event["by"]["who"]
        moved = f"{event['old']} -> {event['due']}" if event["old"] else event["due"] or ""
        lines.append(f"{event['at']}  {event['kind']}  {moved}  {by}  {event['reason'] or event['basis'] or ''}".rstrip())
    return "\n".join(lines)
