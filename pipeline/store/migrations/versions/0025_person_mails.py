"""Mail that people say a person wrote, though it was taken for a machine's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025_person_mails"
down_revision = "0024_daily_cap"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "person_mails",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("mail_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_person_mails_organisation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_person_mails_user_id")),
        sa.PrimaryKeyConstraint("organisation_id", "mail_id", name=op.f("pk_person_mails")),
    )
    op.create_index(op.f("ix_person_mails_organisation_id_address"), "person_mails", ["organisation_id", "address"])
