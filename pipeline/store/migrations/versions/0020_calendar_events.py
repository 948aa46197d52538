"""Which calendar event a meeting is, so that an update in another thread finds it; how to enter an online meeting."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020_calendar_events"
down_revision = "0019_sharing_version"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, empty: what was stored before told no event."""
    op.add_column("suggestions", sa.Column("uid", sa.Text(), nullable=True))
    op.create_index(op.f("ix_suggestions_organisation_id_uid"), "suggestions", ["organisation_id", "uid"])
    for name in ("meeting_id", "passcode", "uid"):
        op.add_column("activities", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("activities", sa.Column("sequence", sa.Integer(), nullable=True))
