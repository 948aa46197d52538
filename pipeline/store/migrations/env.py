"""Alembic's entry: runs the steps on the connection that ``migrate`` holds."""

from __future__ import annotations

from alembic import context

from pipeline.store.tables import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
