"""The date of its mail in each link: the newest mail of a record is found by an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipeline.store.tables.base import UtcDateTime

revision = "0018_link_dates"
down_revision = "0017_asks"
branch_labels = None
depends_on = None

_FILL = "UPDATE links SET sorted_at = (SELECT mails.sorted_at FROM mails WHERE mails.id = links.mail_id)"
_FILL_POSTGRESQL = "UPDATE links SET sorted_at = mails.sorted_at FROM mails WHERE mails.id = links.mail_id"


def upgrade() -> None:
    """Fill the column from the mails; its index makes that of the record alone needless."""
    op.add_column("links", sa.Column("sorted_at", UtcDateTime(), nullable=True))
    op.execute(_FILL_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _FILL)
    columns = ["record_id", "active", "sorted_at", "mail_id"]
    with op.batch_alter_table("links") as links:
        links.alter_column("sorted_at", existing_type=UtcDateTime(), nullable=False)
        links.drop_index(op.f("ix_links_record_id"))
        links.create_index(op.f("ix_links_record_id_active_sorted_at_mail_id"), columns)
