"""Loads the bundled content into the database once for each version of it: calendars, directories, procedures, and in the demonstration its accounts."""
from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import delete, exists, select

from webapp.deployments.bundle import BundleError
from webapp.deployments.deploy import bundled_procedures, load_content
from webapp.engine import DefinitionError
from webapp.models import Account, DirectoryFile, Stamp, db
from webapp.settings import Settings, SettingsError

LOADED = "content:"
BEGINNING = datetime(2001, 1, 1, tzinfo=UTC)     # the demonstration's stories begin before the day it is first started


def content_digest(content: Path) -> str:
    """One hash over every file of processes/ and forms/ that can be loaded."""
    digest = hashlib.sha256()
    for folder in ("processes", "forms"):
        for path in sorted(p for p in (content / folder).rglob("*") if p.suffix in (".toml", ".bpmn", ".dmn", ".json", ".yaml") and p.is_file()):
            digest.update(str(path.relative_to(content)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def is_loaded(content: Path) -> bool:
    """Whether the database holds the content as it now is."""
    return db.session.get(Stamp, LOADED + content_digest(content)) is not None


def load(settings: Settings, now: datetime, *, skip_broken: bool = False) -> tuple[list[str], list[str]]:
    """Load what is new. Returns (what was deployed, problems); the caller commits.

    DefinitionError or BundleError when a procedure does not compile, unless `skip_broken`: then the others are loaded and its problems returned.
    """
    check_accounts(settings)
    demo_hash = PasswordHasher().hash(settings.demo_password) if settings.demo else None
    load_content(settings.content_dir, now, demo_hash, [])
    deployed, problems = [], []
    for name in bundled_procedures(settings.content_dir):
        try:
            for row, new in load_content(settings.content_dir, now, demo_hash, [name], BEGINNING if settings.demo else None):
                deployed += [f"{row.procedure} {row.number}"] if new else []
        except (DefinitionError, BundleError) as error:
            if not skip_broken:
                raise
            problems += [f"{name}/{line}" for line in str(error).splitlines()]
    db.session.execute(delete(Stamp).where(Stamp.name.startswith(LOADED)))
    if not problems:
        db.session.add(Stamp(name=LOADED + content_digest(settings.content_dir), value=1))
    db.session.flush()
    return deployed, problems


def check_accounts(settings: Settings) -> None:
    """SettingsError when a demonstration's accounts, whose password everybody knows, meet a real database, in either direction."""
    demo_accounts = db.session.scalar(select(exists().where(Account.demo, Account.active, Account.password_hash.is_not(None))))
    if settings.demo:
        if not demo_accounts and db.session.scalar(select(exists().where(DirectoryFile.id.is_not(None)))):
            raise SettingsError("this database was set up outside the demonstration; DUBAN_DEMO would open it to everybody. Name another one in DUBAN_DATABASE")
    elif demo_accounts:
        raise SettingsError("this database holds demonstration accounts with a known password; name another one in DUBAN_DATABASE, or set DUBAN_DEMO=1")
