"""Threads beyond the references: what ties mails together, how a mail's thread is known, and bare subjects."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipeline.store.rows import digest

revision = "0004_threads"
down_revision = "0003_record_history"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of names and fill it for mail that is there, which goes on with the thread it has."""
    op.create_table(
        "thread_names",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("name_hash", sa.Text(), nullable=False),
        sa.Column("thread_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_thread_names_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "name_hash", name=op.f("pk_thread_names")),
    )
    op.create_index(
        op.f("ix_thread_names_organisation_id_thread_key"), "thread_names", ["organisation_id", "thread_key"]
    )
    op.add_column("mails", sa.Column("thread_by", sa.Text(), nullable=False, server_default="references"))
    op.add_column("mails", sa.Column("subject_key", sa.Text(), nullable=True))
    op.add_column("mails", sa.Column("answer", sa.JSON(), nullable=True))
    op.create_index(
        op.f("ix_mails_organisation_id_subject_key_sorted_at"),
        "mails",
        ["organisation_id", "subject_key", "sorted_at"],
    )
    _name_stored_mail()


def _name_stored_mail() -> None:
    mails = sa.table("mails", *map(sa.column, ("organisation_id", "message_id", "thread_key")))
    names = sa.table("thread_names", *map(sa.column, ("organisation_id", "name_hash", "thread_key")))
    connection = op.get_bind()
    found: dict[tuple[str, str], str] = {}
    for organisation_id, message_id, thread_key in connection.execute(sa.select(mails)):
        found.setdefault((organisation_id, thread_key), thread_key)
        if message_id:
            found.setdefault((organisation_id, digest("thread", message_id)), thread_key)
    rows = [{"organisation_id": of, "name_hash": name, "thread_key": key} for (of, name), key in found.items()]
    if rows:
        connection.execute(sa.insert(names), rows)
