"""Roles in a tree, and what an API token may do and until when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of roles; give users a role, and tokens a scope and an end."""
    op.create_table(
        "roles",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_roles_organisation_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["roles.id"], name=op.f("fk_roles_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
    )
    op.create_index(op.f("ix_roles_organisation_id"), "roles", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_roles_parent_id"), "roles", ["parent_id"], unique=False)
    # Written out: Alembic would rebuild the whole table on SQLite, where others refer to it.
    op.execute("ALTER TABLE users ADD COLUMN role_id TEXT CONSTRAINT fk_users_role_id REFERENCES roles (id)")
    op.create_index(op.f("ix_users_role_id"), "users", ["role_id"], unique=False)
    op.add_column("api_tokens", sa.Column("scope", sa.Text(), nullable=False, server_default="admin"))
    op.add_column("api_tokens", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
