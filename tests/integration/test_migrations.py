"""The migrations make the schema that the models describe, written-once triggers and the index for searching included, on both databases."""
from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import text

from tests.conftest import close
from webapp.models import db
from webapp.models.search import is_modelled
from webapp.models.storage import open_database
from webapp.schema import bring_up_to_date, is_up_to_date

OBJECTS = {
    "sqlite": "SELECT type, name, sql FROM sqlite_master WHERE type = 'trigger' OR sql LIKE 'CREATE VIRTUAL%' ORDER BY name",
    "postgresql": "SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal "
                  "UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version' "
                  "UNION ALL SELECT 'function', proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1, 2",
}


@pytest.fixture
def empty_app(empty_database_url):
    app = Flask("webapp")
    open_database(app, empty_database_url)
    with app.app_context():
        yield app
    close(app)


def objects() -> list[tuple]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(OBJECTS[connection.dialect.name]))]


def test_migrations_make_what_the_models_describe(empty_app, databases):
    assert not is_up_to_date()
    bring_up_to_date(empty_app)
    assert is_up_to_date()
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_modelled}), db.metadata) == []
    migrated = objects()
    other = Flask("webapp")
    with databases.copy() as url:
        open_database(other, url)
        with other.app_context():
            db.create_all()
            assert migrated == objects()
            assert migrated
        close(other)


def test_again_changes_nothing(empty_app):
    bring_up_to_date(empty_app)
    bring_up_to_date(empty_app)
    assert is_up_to_date()
