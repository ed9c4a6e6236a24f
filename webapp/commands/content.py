"""`duban deploy`: puts one procedure's folder or archive into force, if the gate finds nothing wrong with it."""
from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from webapp.settings import ROOT

from .procedure import SCENARIOS, place, said


def register(commands) -> None:
    deploy = commands.add_parser("deploy", help="deploy a procedure as the next number of it")
    deploy.add_argument("path", help="its name, its folder, or an archive of it (.zip, .tar, .tar.gz)")
    deploy.add_argument("--content", type=Path, default=ROOT, help="folder that holds processes/ and forms/")
    deploy.add_argument("--effective", type=datetime.fromisoformat, help="from when it is in force, such as 2026-03-01T00:00+08:00; at once without it")
    deploy.set_defaults(run=_deploy)


def _deploy(args) -> int:
    from webapp.app import create_core
    from webapp.deployments.deploy import deploy, load_calendars, load_directories
    from webapp.deployments.gate import judge
    from webapp.deployments.registry import build
    from webapp.domain.clock import SHANGHAI
    from webapp.engine import DefinitionError
    from webapp.models import db

    content, name = place(args.path, args.content), Path(args.path).name
    verdict = judge(args.path, content, (SCENARIOS,))
    if not verdict.sound or verdict.bundle is None:
        for problem in verdict.problems:
            print(said({"procedure": name, **vars(problem)}), file=sys.stderr)
        if verdict.sound:
            print(f"{name}: a single file is checked, not deployed; name the procedure's folder", file=sys.stderr)
        return 2
    effective = args.effective.replace(tzinfo=SHANGHAI) if args.effective and args.effective.tzinfo is None else args.effective
    app = create_core()
    now = app.extensions["duban"].env.now()
    with app.app_context():
        try:
            load_calendars(content)
            load_directories(content, now, None)
            row, new = deploy(verdict.bundle, now, "command", effective)
        except DefinitionError as error:
            db.session.rollback()
            print(error, file=sys.stderr)
            return 2
        db.session.commit()
        print(f"{row.procedure} {row.number}" + (f", in force from {row.effective_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if new else ": nothing has changed"))
        unnamed = app.extensions["duban"].env.registry.directory(build(verdict.bundle).manifest.directory).nobody_named()
        if unnamed:
            print(f"warning: {len(unnamed)} units name no leader or no contact for this work: {', '.join(unit.code for unit in unnamed)}", file=sys.stderr)
    return 0
