"""`duban account create`, `email` and `close`: accounts of staff with their roles. A password is asked for, or read from the standard input."""
from __future__ import annotations

import getpass
import re
import sys

SHORTEST = 10       # characters of a password
NOBODYS = ("citizen", "system")     # in the ledger: whoever filed, and Duban itself
ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}", re.ASCII)


def register(commands) -> None:
    account = commands.add_parser("account", help="accounts of staff").add_subparsers(dest="sub", required=True)
    create = account.add_parser("create", help="create an account; the password is asked for or read from the standard input")
    create.add_argument("login")
    create.add_argument("--name", required=True, help="the person's name")
    create.add_argument("--unit", required=True, help="the unit's code")
    create.add_argument("--role", required=True, action="append", help="a role held there; may be given again")
    create.add_argument("--email", help="where the day's deadlines are sent; none: in the app only")
    create.set_defaults(run=_create)
    email = account.add_parser("email", help="say where an account's reminders are sent, or nowhere")
    email.add_argument("login")
    email.add_argument("address", nargs="?", help="none: in the app only")
    email.set_defaults(run=_email)
    close = account.add_parser("close", help="close an account at once: nobody can use it, and its open tasks go back to their units")
    close.add_argument("login")
    close.set_defaults(run=_close)


def _create(args) -> int:
    from argon2 import PasswordHasher

    from webapp.app import create_core
    from webapp.models import Account, Membership, Unit, db

    app = create_core()
    env = app.extensions["duban"].env
    with app.app_context():
        unit = db.session.query(Unit).filter_by(code=args.unit).one_or_none()
        problem = None
        if args.login in NOBODYS:
            problem = f"'{args.login}' is what the ledger calls somebody else"
        elif unit is None:
            problem = f"there is no unit '{args.unit}'"
        elif unknown := set(args.role) - set(env.registry.directory(unit.directory).unit(unit.code).roles):
            problem = f"{args.unit} has no role {', '.join(sorted(unknown))}"
        elif db.session.query(Account.id).filter_by(login=args.login).first():
            problem = f"there is an account '{args.login}' already"
        elif args.email and not ADDRESS.fullmatch(args.email):
            problem = f"'{args.email}' is no address"
        if problem is None:
            password = _password()
            settings = app.extensions["duban"].settings
            if len(password) < SHORTEST:
                problem = f"the password needs at least {SHORTEST} characters"
            elif password == settings.demo_password and not settings.demo:
                problem = "this is the demonstration's password, which everybody knows"
        if problem is not None:
            print(f"duban: {problem}", file=sys.stderr)
            return 2
        row = Account(login=args.login, name=args.name, password_hash=PasswordHasher().hash(password), email=args.email or None, created_at=env.now())
        db.session.add(row)
        db.session.flush()
        db.session.add_all(Membership(account_id=row.id, unit_id=unit.id, role=role) for role in dict.fromkeys(args.role))
        db.session.commit()
    print(f"{args.login} created")
    return 0


def _email(args) -> int:
    from webapp.app import create_core
    from webapp.models import Account, db

    if args.address and not ADDRESS.fullmatch(args.address):
        print(f"duban: '{args.address}' is no address", file=sys.stderr)
        return 2
    with create_core().app_context():
        row = db.session.query(Account).filter_by(login=args.login, active=True).one_or_none()
        if row is None:
            print(f"duban: there is no open account '{args.login}'", file=sys.stderr)
            return 2
        row.email = args.address or None
        db.session.commit()
    print(f"{args.login}: reminders {'to ' + args.address if args.address else 'in the app only'}")
    return 0


def _close(args) -> int:
    from webapp.app import create_core
    from webapp.cases.close_account import close_account
    from webapp.models import db

    app = create_core()
    with app.app_context():
        given_back = close_account(app.extensions["duban"].env, args.login)
        if given_back is None:
            print(f"duban: there is no open account '{args.login}'", file=sys.stderr)
            return 2
        db.session.commit()
    print(f"{args.login} closed, {given_back} tasks given back")
    return 0


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password: ")
    return first if getpass.getpass("Again: ") == first else ""
