"""Permissions that users give by OAuth, and cursors of folders that are texts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_mail_grants"
down_revision = "0013_outgoing_filters_backups"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, add the column."""
    op.create_table(
        "mail_grants",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_mail_grants_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mail_grants_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_grants")),
    )
    op.add_column("mail_folders", sa.Column("token", sa.Text(), nullable=True))
