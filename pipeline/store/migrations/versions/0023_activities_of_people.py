"""The activities of a person, found by an index."""

from __future__ import annotations

from alembic import op

revision = "0023_activities_of_people"
down_revision = "0022_training_consent"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index."""
    op.create_index(op.f("ix_activities_organisation_id_person"), "activities", ["organisation_id", "person"])
