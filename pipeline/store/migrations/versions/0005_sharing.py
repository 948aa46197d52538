"""Sharing: what organisation, roles and users set, excluded domains, shared records; who sent and owns what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_sharing"
down_revision = "0004_threads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of sharing; note the owner of a record, the sender of CRM mail, a mailbox's protocol."""
    op.create_table(
        "sharing_settings",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("crm_mail", sa.Text(), nullable=False),
        sa.Column("superior_role_sees", sa.Boolean(), nullable=False),
        sa.Column("records_by_owner", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_sharing_settings_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_sharing_settings")),
    )
    op.create_table(
        "role_sharing",
        sa.Column("role_id", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name=op.f("fk_role_sharing_role_id")),
        sa.PrimaryKeyConstraint("role_id", name=op.f("pk_role_sharing")),
    )
    op.create_table(
        "user_sharing",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=True),
        sa.Column("locked_mode", sa.Text(), nullable=True),
        sa.Column("backed_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_sharing_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_user_sharing")),
    )
    op.create_table(
        "excluded_domains",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_excluded_domains_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "scope", "domain", name=op.f("pk_excluded_domains")),
    )
    op.create_table(
        "shares",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("grantee", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_shares_record_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_shares_user_id")),
        sa.PrimaryKeyConstraint("user_id", "record_id", "grantee", name=op.f("pk_shares")),
    )
    op.create_index(
        op.f("ix_shares_record_id_grantee_user_id"), "shares", ["record_id", "grantee", "user_id"], unique=False
    )
    op.add_column("mailboxes", sa.Column("protocol", sa.Text(), nullable=True))
    # Written out: Alembic would rebuild the whole table on SQLite, where others refer to it.
    op.execute("ALTER TABLE mails ADD COLUMN sent_by TEXT CONSTRAINT fk_mails_sent_by REFERENCES users (id)")
    op.create_index(op.f("ix_mails_sent_by"), "mails", ["sent_by"], unique=False)
    op.execute("ALTER TABLE records ADD COLUMN owner_id TEXT CONSTRAINT fk_records_owner_id REFERENCES users (id)")
    op.create_index(op.f("ix_records_owner_id"), "records", ["owner_id"], unique=False)
