"""Mailboxes that allow decisions on their mail to become training rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022_training_consent"
down_revision = "0021_custom_intents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "training_consents",
        sa.Column("mailbox_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name=op.f("fk_training_consents_mailbox_id")),
        sa.PrimaryKeyConstraint("mailbox_id", name=op.f("pk_training_consents")),
    )
