"""When a rule last looked for unanswered mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011_rule_checks"
down_revision = "0010_privacy"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("workflow_rules", sa.Column("checked_until", sa.DateTime(timezone=True), nullable=True))
