"""`duban consultation open|list`: drafts on which opinions are gathered, and their windows."""
from __future__ import annotations

import sys
from datetime import date


def register(commands) -> None:
    consultation = commands.add_parser("consultation", help="drafts on which opinions are gathered").add_subparsers(dest="sub", required=True)
    opening = consultation.add_parser("open", help="enter a consultation; its window never moves")
    opening.add_argument("procedure")
    opening.add_argument("--kind", choices=("document", "rule"), required=True)
    opening.add_argument("--title", required=True)
    opening.add_argument("--opens", required=True, type=date.fromisoformat, help="the first day, YYYY-MM-DD")
    opening.add_argument("--closes", required=True, type=date.fromisoformat, help="the last day, until 24:00")
    opening.set_defaults(run=_open)
    consultation.add_parser("list", help="all consultations").set_defaults(run=_list)


def _open(args) -> int:
    from webapp.app import create_core
    from webapp.deployments.registry import UnknownProcedure
    from webapp.models import Consultation, db

    app = create_core()
    env = app.extensions["duban"].env
    title = " ".join(args.title.split())
    if not title or len(title) > 300 or args.closes < args.opens:
        print("duban: a consultation needs a title of at most 300 characters, and a last day not before its first", file=sys.stderr)
        return 2
    with app.app_context():
        try:
            if not env.registry.active(args.procedure, env.now()).manifest.filing.get("consultation"):
                raise UnknownProcedure(args.procedure)
        except UnknownProcedure:
            print(f"duban: '{args.procedure}' is no procedure that gathers opinions on drafts", file=sys.stderr)
            return 2
        row = Consultation(procedure=args.procedure, kind=args.kind, title=title, opens=args.opens, closes=args.closes, created_at=env.now())
        db.session.add(row)
        db.session.commit()
        print(row.id)
    return 0


def _list(args) -> int:
    from webapp.app import create_core
    from webapp.models import Consultation, db

    with create_core().app_context():
        for row in db.session.scalars(db.select(Consultation).order_by(Consultation.id)):
            print(f"{row.id:>6}  {row.opens} – {row.closes}  {row.procedure}  {row.kind:<8} {row.title}")
    return 0
