"""The database's schema by migrations: brought up to date by `duban init`, checked at every start."""
from __future__ import annotations

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import Migrate, upgrade

from webapp.models import db
from webapp.settings import ROOT

FOLDER = ROOT / "migrations"


def bring_up_to_date(app: Flask) -> None:
    """Create the schema, or bring an older one up to date. Within an application context."""
    Migrate(app, db, directory=str(FOLDER))
    upgrade(directory=str(FOLDER))


def is_up_to_date() -> bool:
    """Whether the database has the schema that this version of Duban needs. Within an application context."""
    with db.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == set(ScriptDirectory(str(FOLDER)).get_heads())
