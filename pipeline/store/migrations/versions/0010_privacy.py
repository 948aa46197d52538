"""People who were erased, and how long mailboxes keep their mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_privacy"
down_revision = "0009_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "erased_people",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_erased_people_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "address_hash", name=op.f("pk_erased_people")),
    )
    op.create_table(
        "mailbox_retention",
        sa.Column("mailbox_id", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name=op.f("fk_mailbox_retention_mailbox_id")),
        sa.PrimaryKeyConstraint("mailbox_id", name=op.f("pk_mailbox_retention")),
    )
