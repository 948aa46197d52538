"""Storage use and notices; what is stored already is counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_quota"
down_revision = "0005_sharing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, and count the mail that is there by its whole size: what its body alone takes is not known."""
    op.create_table(
        "quota_terms",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("licences", sa.Integer(), nullable=False),
        sa.Column("addon_gb", sa.Integer(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_quota_terms_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_quota_terms")),
    )
    op.create_table(
        "quota_entries",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "content_hash", name=op.f("pk_quota_entries")),
    )
    op.create_index(op.f("ix_quota_entries_content_hash"), "quota_entries", ["content_hash"], unique=False)
    op.create_table(
        "quota_totals",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("used_bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_quota_totals")),
    )
    op.create_table(
        "quota_days",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("used_bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "day", name=op.f("pk_quota_days")),
    )
    op.create_table(
        "quota_attachments",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_quota_attachments_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "content_hash", "position", name=op.f("pk_quota_attachments")),
    )
    op.create_table(
        "quota_waiting",
        sa.Column("mailbox_id", sa.Text(), nullable=False),
        sa.Column("mail_id", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_quota_waiting_mail_id")),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name=op.f("fk_quota_waiting_mailbox_id")),
        sa.PrimaryKeyConstraint("mailbox_id", "mail_id", name=op.f("pk_quota_waiting")),
    )
    op.create_index(op.f("ix_quota_waiting_mail_id"), "quota_waiting", ["mail_id"], unique=False)
    op.create_table(
        "quota_reached",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("threshold", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_quota_reached_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "threshold", name=op.f("pk_quota_reached")),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mail_id", sa.Text(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_notices_mail_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_notices_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notices_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_mail_id"), "notices", ["mail_id"], unique=False)
    op.create_index(op.f("ix_notices_user_id_id"), "notices", ["user_id", "id"], unique=False)
    for statement in _COUNT_WHAT_IS_THERE:
        op.execute(statement)


_COUNT_WHAT_IS_THERE = (
    """INSERT INTO quota_entries (scope, content_hash, size_bytes)
    SELECT organisation_id, content_hash, MAX(size_bytes) FROM mails GROUP BY organisation_id, content_hash""",
    """INSERT INTO quota_entries (scope, content_hash, size_bytes)
    SELECT copies.mailbox_id, mails.content_hash, MAX(mails.size_bytes) FROM copies
    JOIN mails ON mails.id = copies.mail_id GROUP BY copies.mailbox_id, mails.content_hash""",
    """INSERT INTO quota_totals (scope, used_bytes)
    SELECT scope, SUM(size_bytes) FROM quota_entries GROUP BY scope""",
)
