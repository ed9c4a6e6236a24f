"""Puts content into the database: procedures as immutable deployments, calendar layers, unit directories and demo accounts."""
from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import func, insert, select

from webapp.domain.directory import load_directory
from webapp.domain.layers import load_layer
from webapp.models import Account, CalendarLayer, Deployment, DirectoryFile, Membership, Unit, db

from .bundle import Bundle, bundle_hash, flatten, pack
from .registry import CALENDARS, DIRECTORIES, Deployed, build, raise_stamp


def deploy(bundle: Bundle, now: datetime, by: str, effective_at: datetime | None = None) -> tuple[Deployment, bool]:
    """Deploy a checked bundle as the next number of its procedure; the same bundle again is no new deployment. Returns it and whether it is new.

    DefinitionError with every problem; nothing is stored then. The caller commits.
    """
    compiled: Deployed = build(bundle)
    digest, procedure = bundle_hash(bundle), compiled.procedure
    last = db.session.scalar(select(Deployment).where(Deployment.procedure == procedure).order_by(Deployment.number.desc()).limit(1))
    if last is not None and last.hash == digest:
        return last, False
    row = Deployment(procedure=procedure, number=(last.number if last else 0) + 1, hash=digest, bundle=pack(bundle), effective_at=effective_at or now,
                     created_at=now, created_by=by)
    db.session.add(row)
    db.session.flush()
    return row, True


def load_calendars(content: Path) -> None:
    """Load the bundled calendar layers that are not there yet or have changed."""
    changed = False
    for path in sorted((content / "processes" / "national" / "calendars").glob("*.toml")):
        source = path.read_bytes()
        layer = load_layer(source)
        row = db.session.get(CalendarLayer, layer.id)
        if row is None:
            db.session.add(CalendarLayer(id=layer.id, parent=layer.parent, source=source))
            changed = True
        elif row.source != source:
            row.source, changed = source, True
    if changed:
        raise_stamp(CALENDARS)


def load_directories(content: Path, now: datetime, demo_hash: str | None, only: str | None = None) -> None:
    """Load the bundled unit directories (or one); with `demo_hash` (a password hash) also two accounts for each role of each unit."""
    for path in sorted((content / "processes" / "directories").glob("*.toml")):
        source = path.read_bytes()
        if only is not None and path.stem != only:
            continue
        directory = load_directory(source)
        row = db.session.get(DirectoryFile, directory.id)
        if row is not None and row.content == source:
            continue
        if row is None:
            db.session.add(DirectoryFile(id=directory.id, content=source, meta={"zh": directory.zh, "en": directory.en}))
        else:
            row.content = source
        _write_units(directory)
        if demo_hash is not None:
            _write_accounts(directory, now, demo_hash)
        raise_stamp(DIRECTORIES)


def _write_units(directory) -> None:
    known = dict(db.session.execute(select(Unit.code, Unit.id)).all())
    next_id = (db.session.scalar(select(func.max(Unit.id))) or 0) + 1
    rows = []
    for unit in directory.units:
        if unit.code not in known:
            known[unit.code] = next_id
            next_id += 1
            rows.append({"id": known[unit.code], "code": unit.code, "directory": directory.id, "zh": unit.zh, "en": unit.en, "level": unit.level,
                         "parent_id": known.get(unit.parent)})
    if rows:
        db.session.execute(insert(Unit), rows)


def _write_accounts(directory, now: datetime, password_hash: str) -> None:
    units = dict(db.session.execute(select(Unit.code, Unit.id).where(Unit.directory == directory.id)).all())
    known = set(db.session.scalars(select(Account.login)))
    next_id = (db.session.scalar(select(func.max(Account.id))) or 0) + 1
    accounts, memberships = [], []
    for account in directory.accounts():
        if account.login in known:
            continue
        accounts.append({"id": next_id, "login": account.login, "name": account.name_zh, "password_hash": password_hash, "active": True, "demo": True,
                         "created_at": now})
        memberships.append({"account_id": next_id, "unit_id": units[account.unit], "role": account.role})
        next_id += 1
    if accounts:
        db.session.execute(insert(Account), accounts)
        db.session.execute(insert(Membership), memberships)


def load_content(content: Path, now: datetime, demo_hash: str | None, procedures: list[str] | None = None,
                 effective_at: datetime | None = None) -> list[tuple[Deployment, bool]]:
    """Calendars, directories and every bundled procedure (or those named), in force from `effective_at` or now. DefinitionError as from `deploy`. The caller commits."""
    load_calendars(content)
    load_directories(content, now, demo_hash)
    names = procedures if procedures is not None else bundled_procedures(content)
    return [deploy(flatten(content, name), now, "bundled", effective_at) for name in names]


def bundled_procedures(content: Path) -> list[str]:
    """The procedures of the content folder that are complete enough to be deployed: those with a manifest."""
    return sorted(p.parent.name for p in (content / "processes").glob("*/procedure.toml"))
