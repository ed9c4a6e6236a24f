"""`duban token create|list|revoke`: bearer tokens with which a program acts for an account."""
from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path

USUAL_DAYS = 365        # outside the demonstration, whose clock is moved


def register(commands) -> None:
    token = commands.add_parser("token", help="tokens of the API").add_subparsers(dest="sub", required=True)
    create = token.add_parser("create", help="create a token for an account; it is shown once")
    create.add_argument("login")
    create.add_argument("--name", default="", help="what it is for")
    create.add_argument("--days", type=int, help=f"how long it is good (usually {USUAL_DAYS}; in the demonstration until it is revoked)")
    create.set_defaults(run=_create)
    token.add_parser("list", help="list the tokens").set_defaults(run=_list)
    revoke = token.add_parser("revoke", help="end a token now")
    revoke.add_argument("id", type=int)
    revoke.set_defaults(run=_revoke)


def _app():
    """The application; a data directory that a demonstration has set up is taken as one."""
    from webapp.app import create_core
    from webapp.settings import ROOT, read_settings

    env = dict(os.environ)
    if "DUBAN_SECRET" not in env and (Path(env.get("DUBAN_DATA", ROOT / "instance")) / "demo-secret").exists():
        env.setdefault("DUBAN_DEMO", "1")
    return create_core(read_settings(env))


def _create(args) -> int:
    from webapp.models import Account, ApiToken, db
    from webapp.models.token import new_token, token_hash

    app = _app()
    duban = app.extensions["duban"]
    if args.days is not None and not 1 <= args.days <= 3650:
        print("duban: --days must lie between 1 and 3650", file=sys.stderr)
        return 2
    days = args.days or (None if duban.settings.demo else USUAL_DAYS)
    with app.app_context():
        account = db.session.query(Account).filter_by(login=args.login, active=True).one_or_none()
        if account is None:
            print(f"duban: there is no account '{args.login}'", file=sys.stderr)
            return 2
        token, now = new_token(), duban.env.now()
        row = ApiToken(account_id=account.id, name=args.name[:100], hash=token_hash(token), created_at=now, expires_at=now + timedelta(days=days) if days else None)
        db.session.add(row)
        db.session.commit()
        until = f"good until {row.expires_at:%Y-%m-%d}" if row.expires_at else "good until it is revoked"
        print(f"token {row.id} for {args.login}, {until}; it is shown this once:", file=sys.stderr, flush=True)
    print(token)
    return 0


def _list(args) -> int:
    from webapp.models import Account, ApiToken, db

    app = _app()
    now = app.extensions["duban"].env.now()
    with app.app_context():
        for row, login in db.session.query(ApiToken, Account.login).join(Account, Account.id == ApiToken.account_id).order_by(ApiToken.id):
            state = "revoked" if row.revoked_at else "good" if row.good(now) else "expired"
            until = f"{row.expires_at:%Y-%m-%d}" if row.expires_at else "-"
            print(f"{row.id}\t{login}\t{row.name or '-'}\t{row.created_at:%Y-%m-%d}\t{until}\t{state}")
    return 0


def _revoke(args) -> int:
    from webapp.models import ApiToken, db

    app = _app()
    with app.app_context():
        row = db.session.get(ApiToken, args.id)
        if row is None:
            print(f"duban: there is no token {args.id}", file=sys.stderr)
            return 2
        row.revoked_at = row.revoked_at or app.extensions["duban"].env.now()
        db.session.commit()
    print(f"token {args.id} revoked")
    return 0
