"""`duban incident list|retry`: what the worker could not do by itself."""
from __future__ import annotations

import json
import sys


def register(commands) -> None:
    incident = commands.add_parser("incident", help="what the worker could not do by itself").add_subparsers(dest="sub", required=True)
    listing = incident.add_parser("list", help="incidents that are not solved")
    listing.add_argument("--json", action="store_true", dest="as_json")
    listing.set_defaults(run=_list)
    again = incident.add_parser("retry", help="let the worker try again")
    again.add_argument("id", nargs="?", type=int)
    again.add_argument("--all", action="store_true")
    again.set_defaults(run=_retry)


def _list(args) -> int:
    from webapp.app import create_core
    from webapp.cases.incidents import unsolved

    with create_core().app_context():
        rows = [{"id": i.id, "case": number, "what": i.what, "subject": i.subject, "state": i.state, "opened_at": i.opened_at.isoformat(), "error": i.error}
                for i, number in unsolved()]
    if args.as_json:
        print(json.dumps({"incidents": rows}, ensure_ascii=False, indent=1))
    for row in [] if args.as_json else rows:
        print(f"{row['id']:>6}  {row['opened_at'][:16]}  {row['state']:<8} {row['case'] or '-'}  {row['what']} {row['subject']}: {row['error']}")
    if not rows and not args.as_json:
        print("no incidents")
    return 0


def _retry(args) -> int:
    from webapp.app import create_core
    from webapp.cases.incidents import retry, unsolved
    from webapp.models import db

    if (args.id is None) == (not args.all):
        print("duban: name one incident, or --all", file=sys.stderr)
        return 2
    app = create_core()
    with app.app_context():
        ids = [i.id for i, _ in unsolved()] if args.all else [args.id]
        done = [i for i in ids if retry(i, app.extensions["duban"].env.now())]
        db.session.commit()
    if not args.all and not done:
        print(f"duban: there is no open incident {args.id}", file=sys.stderr)
        return 2
    print(f"{len(done)} to be tried again by the worker")
    return 0
