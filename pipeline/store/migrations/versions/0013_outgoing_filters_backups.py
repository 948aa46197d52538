"""Mail that goes out, filters of mailboxes with the marks they set, and backups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013_outgoing_filters_backups"
down_revision = "0012_mail_accounts"
branch_labels = None
depends_on = None

_WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "mail_filters",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("mailbox_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("created_at", _WHEN, nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name=op.f("fk_mail_filters_mailbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_filters")),
    )
    op.create_index(
        op.f("ix_mail_filters_mailbox_id_position"), "mail_filters", ["mailbox_id", "position"], unique=False
    )
    op.create_table(
        "backups",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("created_at", _WHEN, nullable=False),
        sa.Column("finished_at", _WHEN, nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_backups_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_backups_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backups")),
    )
    op.create_index(op.f("ix_backups_organisation_id"), "backups", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_backups_user_id"), "backups", ["user_id"], unique=False)
    op.create_table(
        "mail_marks",
        sa.Column("mailbox_id", sa.Text(), nullable=False),
        sa.Column("mail_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", _WHEN, nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_mail_marks_mail_id")),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name=op.f("fk_mail_marks_mailbox_id")),
        sa.PrimaryKeyConstraint("mailbox_id", "mail_id", "kind", "value", name=op.f("pk_mail_marks")),
    )
    op.create_index(op.f("ix_mail_marks_mail_id"), "mail_marks", ["mail_id"], unique=False)
    op.create_index(
        op.f("ix_mail_marks_mailbox_id_kind_value"), "mail_marks", ["mailbox_id", "kind", "value"], unique=False
    )
    op.create_table(
        "outgoing_mails",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("mailbox_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("saved", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", _WHEN, nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", _WHEN, nullable=True),
        sa.Column("answers", sa.Text(), nullable=True),
        sa.Column("mail_id", sa.Text(), nullable=True),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("created_at", _WHEN, nullable=False),
        sa.Column("sent_at", _WHEN, nullable=True),
        sa.ForeignKeyConstraint(["answers"], ["mails.id"], name=op.f("fk_outgoing_mails_answers")),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_outgoing_mails_delivery_id")),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_outgoing_mails_mail_id")),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name=op.f("fk_outgoing_mails_mailbox_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_outgoing_mails_organisation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_outgoing_mails_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mails")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outgoing_mails_message_id")),
    )
    op.create_index(op.f("ix_outgoing_mails_answers"), "outgoing_mails", ["answers"], unique=False)
    op.create_index(op.f("ix_outgoing_mails_delivery_id"), "outgoing_mails", ["delivery_id"], unique=False)
    op.create_index(op.f("ix_outgoing_mails_mail_id"), "outgoing_mails", ["mail_id"], unique=False)
    op.create_index(op.f("ix_outgoing_mails_mailbox_id"), "outgoing_mails", ["mailbox_id"], unique=False)
    op.create_index(op.f("ix_outgoing_mails_organisation_id"), "outgoing_mails", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_outgoing_mails_state_next_at"), "outgoing_mails", ["state", "next_at"], unique=False)
    op.create_index(
        op.f("ix_outgoing_mails_user_id_created_at_id"), "outgoing_mails", ["user_id", "created_at", "id"], unique=False
    )
