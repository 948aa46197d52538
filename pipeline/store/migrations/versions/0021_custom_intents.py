"""Intents that people make from examples."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021_custom_intents"
down_revision = "0020_calendar_events"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "custom_intents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("examples", sa.JSON(), nullable=False),
        sa.Column("counter_examples", sa.JSON(), nullable=False),
        sa.Column("fitted", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_custom_intents_organisation_id")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_custom_intents_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_intents")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_custom_intents_organisation_id_name")),
    )
