"""How a migration is run: on the application's own engine, in one transaction."""
from alembic import context

from webapp.models import db
from webapp.models.base import Utc
from webapp.models.search import is_modelled


def render_item(kind, item, autogen_context):
    """Migrations name the database's types only, never the application's."""
    if kind == "type" and isinstance(item, Utc):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Migrate, or compare for a new migration, what `db` is bound to."""
    with db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=db.metadata, render_item=render_item, include_name=is_modelled, compare_type=True,
                          render_as_batch=connection.dialect.name == "sqlite", transactional_ddl=True)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("migrations run on a database, not offline")
run()
