"""`duban ledger verify`: recomputes the hash chain of every case."""
from __future__ import annotations


def register(commands) -> None:
    ledger = commands.add_parser("ledger", help="the ledger").add_subparsers(dest="sub", required=True)
    verify = ledger.add_parser("verify", help="check every case's chain")
    verify.add_argument("--case", help="one case only, by number")
    verify.set_defaults(run=_verify)


def _verify(args) -> int:
    from webapp.app import create_core
    from webapp.cases.verify_ledger import verify_all
    from webapp.models.storage import reading_only

    app = create_core()
    with app.app_context(), reading_only():
        cases, problems = verify_all(app.extensions["duban"].env.ledger_key, args.case)
    for problem in problems:
        print(problem)
    print(f"{cases} cases, {len(problems)} problems")
    return 1 if problems or (args.case and not cases) else 0
