"""How many suggestions a day a user wants to see."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024_daily_cap"
down_revision = "0023_activities_of_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; nobody has a cap."""
    op.add_column("users", sa.Column("daily_cap", sa.Integer(), nullable=True))
