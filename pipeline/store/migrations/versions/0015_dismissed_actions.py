"""What users dismissed of what they could do next."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015_dismissed_actions"
down_revision = "0014_mail_grants"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "dismissed_actions",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("action_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_dismissed_actions_user_id")),
        sa.PrimaryKeyConstraint("user_id", "action_id", name=op.f("pk_dismissed_actions")),
    )
