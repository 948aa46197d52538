"""What each mail asks, promises and delivers, read from the documents that are there."""

from __future__ import annotations

import json
import zlib

import sqlalchemy as sa
from alembic import op

from pipeline.classify.asks import mail_asks
from pipeline.store.mail.storing import ask_rows
from pipeline.store.tables.base import CleanText

revision = "0017_asks"
down_revision = "0016_newest_copies"
branch_labels = None
depends_on = None

_BATCH = 500


def upgrade() -> None:
    """Create the table and fill it."""
    op.create_table(
        "asks",
        sa.Column("mail_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_asks_mail_id")),
        sa.PrimaryKeyConstraint("mail_id", "position", name=op.f("pk_asks")),
    )
    _fill()


def _fill() -> None:
    """Of stored mail the count of files is known, not which are logos: all count."""
    insights = sa.table("insights", sa.column("mail_id"), sa.column("document", sa.LargeBinary()))
    mails = sa.table("mails", sa.column("id"), sa.column("attachment_count"))
    texts = [sa.column(name, CleanText()) for name in ("mail_id", "kind", "text", "due")]
    asks = sa.table("asks", sa.column("position"), *texts)
    query = (
        sa.select(insights.c.mail_id, insights.c.document, mails.c.attachment_count)
        .join(mails, mails.c.id == insights.c.mail_id)
        .order_by(insights.c.mail_id)
        .limit(_BATCH)
    )
    connection, last = op.get_bind(), ""
    # Of both tables, or PostgreSQL reads the other one from its beginning for each batch.
    while found := connection.execute(query.where(insights.c.mail_id > last, mails.c.id > last)).all():
        rows = [
            row
            for mail_id, packed, files in found
            for row in ask_rows(mail_id, mail_asks(json.loads(zlib.decompress(packed)), brings_file=files > 0))
        ]
        if rows:
            connection.execute(sa.insert(asks), rows)
        last = found[-1][0]
