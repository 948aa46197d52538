"""Mail servers: accounts, their folders, and the mails in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012_mail_accounts"
down_revision = "0011_rule_checks"
branch_labels = None
depends_on = None

_WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "mail_accounts",
        sa.Column("mailbox_id", sa.Text(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", _WHEN, nullable=False),
        sa.Column("synced_at", _WHEN, nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", _WHEN, nullable=True),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name=op.f("fk_mail_accounts_mailbox_id")),
        sa.PrimaryKeyConstraint("mailbox_id", name=op.f("pk_mail_accounts")),
    )
    op.create_table(
        "mail_folders",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("mailbox_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("modseq", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("resets", sa.Integer(), nullable=False),
        sa.Column("exists", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("synced_at", _WHEN, nullable=True),
        sa.Column("listed_at", _WHEN, nullable=True),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name=op.f("fk_mail_folders_mailbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_folders")),
    )
    op.create_index(op.f("ix_mail_folders_mailbox_id"), "mail_folders", ["mailbox_id"], unique=False)
    op.create_table(
        "mail_places",
        sa.Column("folder_id", sa.Text(), nullable=False),
        sa.Column("server_id", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("raw_sha256", sa.Text(), nullable=True),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["folder_id"], ["mail_folders.id"], name=op.f("fk_mail_places_folder_id")),
        sa.PrimaryKeyConstraint("folder_id", "server_id", name=op.f("pk_mail_places")),
    )
    op.create_index(
        op.f("ix_mail_places_folder_id_outcome_reason"), "mail_places", ["folder_id", "outcome", "reason"], unique=False
    )
    op.create_index(op.f("ix_mail_places_raw_sha256"), "mail_places", ["raw_sha256"], unique=False)
