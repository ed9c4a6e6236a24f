"""`duban deadline compute`: the day a span ends on, with every day counted."""
from __future__ import annotations

import json
import sys
from datetime import date
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


def _compute(args) -> int:
    from webapp.domain.calendar import calendars_of
    from webapp.domain.compute import compute
    from webapp.domain.layers import load_layer

    try:
        folder = args.content / "processes" / "national" / "calendars"
        calendars = calendars_of([load_layer(path.read_bytes()) for path in sorted(folder.glob("*.toml"))])
        if args.calendar not in calendars:
            raise ValueError(f"there is no calendar '{args.calendar}'; there are {', '.join(sorted(calendars))}")
        found = compute(args.span, date.fromisoformat(args.start), calendars[args.calendar])
    except ValueError as error:
        print(f"duban: {error}", file=sys.stderr)
        return 2
    if args.as_json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for day in found["days"]:
            print(f"{day['date']}  {'+' if day['counted'] else ' '}  {day['why']:<10} {day.get('label', '')}")
        print(f"due {found['due']}{' (provisional)' if found['provisional'] else ''}")
    return 0
