"""Writes the initial migration anew from the models, triggers and the index for searching included. Only until the first release; afterwards a change is a migration of its own.

    .venv/bin/python -m migrations.regenerate
"""
from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from flask import Flask

from webapp.models import db, search, triggers
from webapp.models.base import Utc
from webapp.models.storage import open_database

TARGET = Path(__file__).parent / "versions" / "0001_initial.py"
TEMPLATE = '''"""The schema as it was first released; what is written once is kept so by triggers, and cases are searched by an index of their own."""
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = {{
{statements}
}}


def upgrade():
    {upgrade}
    for statement in STATEMENTS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade():
    raise NotImplementedError("the ledger is not taken away again")
'''


def main() -> None:
    app = Flask("webapp")
    open_database(app, "sqlite://")
    with app.app_context(), db.engine.connect() as connection:
        options = {"target_metadata": db.metadata, "sqlalchemy_module_prefix": "sa.", "alembic_module_prefix": "op.",
                   "render_item": lambda kind, item, _: "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Utc) else False}
        script = produce_migrations(MigrationContext.configure(connection, opts=options), db.metadata)
        upgrade = render_python_code(script.upgrade_ops, render_item=options["render_item"])
    lines = []
    for dialect in ("sqlite", "postgresql"):
        lines.append(f'    "{dialect}": [')
        lines += [f"        {line!r}," for line in [*triggers.statements(dialect), *search.STATEMENTS[dialect]]]
        lines.append("    ],")
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(TEMPLATE.format(statements="\n".join(lines), upgrade=upgrade), encoding="utf-8")
    print(f"{TARGET.name} written")


if __name__ == "__main__":
    main()
