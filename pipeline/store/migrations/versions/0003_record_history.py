"""The history of deals, where records come from, and where merged ones went."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_record_history"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; deals known so far begin their history when they were opened."""
    op.create_table(
        "deal_contact_periods",
        sa.Column("deal_id", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["records.id"], name=op.f("fk_deal_contact_periods_contact_id")),
        sa.ForeignKeyConstraint(["deal_id"], ["records.id"], name=op.f("fk_deal_contact_periods_deal_id")),
        sa.PrimaryKeyConstraint("deal_id", "contact_id", "since", name=op.f("pk_deal_contact_periods")),
    )
    op.create_index(op.f("ix_deal_contact_periods_contact_id"), "deal_contact_periods", ["contact_id"], unique=False)
    op.create_table(
        "deal_stages",
        sa.Column("deal_id", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("won", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["deal_id"], ["records.id"], name=op.f("fk_deal_stages_deal_id")),
        sa.PrimaryKeyConstraint("deal_id", "since", name=op.f("pk_deal_stages")),
    )
    op.create_table(
        "record_redirects",
        sa.Column("old_id", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_record_redirects_record_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_record_redirects_user_id")),
        sa.PrimaryKeyConstraint("old_id", name=op.f("pk_record_redirects")),
    )
    op.create_index(op.f("ix_record_redirects_record_id"), "record_redirects", ["record_id"], unique=False)
    op.create_table(
        "record_sources",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_record_sources_organisation_id")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_record_sources_record_id")),
        sa.PrimaryKeyConstraint("organisation_id", "source", "external_id", name=op.f("pk_record_sources")),
    )
    op.create_index(op.f("ix_record_sources_record_id"), "record_sources", ["record_id"], unique=False)
    op.create_table(
        "record_syncs",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_record_syncs_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "source", name=op.f("pk_record_syncs")),
    )
    for statement in _HISTORY_SO_FAR:
        op.execute(statement)


_STAGE = "(SELECT value FROM record_fields WHERE record_id = records.id AND name = 'stage' AND position = 0)"
_HISTORY_SO_FAR = (
    f"""INSERT INTO deal_stages (deal_id, since, stage, open, won)
    SELECT id, opened_at, {_STAGE}, TRUE, NULL FROM records WHERE kind = 'deal' AND (open OR closed_at > opened_at)""",  # noqa: S608
    f"""INSERT INTO deal_stages (deal_id, since, stage, open, won)
    SELECT id, COALESCE(closed_at, opened_at), {_STAGE}, FALSE, won FROM records WHERE kind = 'deal' AND NOT open""",  # noqa: S608
    """INSERT INTO deal_contact_periods (deal_id, contact_id, since, until, role)
    SELECT deal_id, contact_id, opened_at, NULL, role FROM deal_contacts JOIN records ON records.id = deal_id""",
)
