"""When mail last came into a mailbox, found by an index."""

from __future__ import annotations

from alembic import op

revision = "0016_newest_copies"
down_revision = "0015_dismissed_actions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index."""
    op.create_index(op.f("ix_copies_mailbox_id_imported_at"), "copies", ["mailbox_id", "imported_at"])
