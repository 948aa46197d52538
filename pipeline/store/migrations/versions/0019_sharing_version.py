"""A token that changes whenever anything changes by which the sharing rule knows people, roles and mailboxes."""

# ruff: noqa: S608 (names of tables and columns only, from below)

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019_sharing_version"
down_revision = "0018_link_dates"
branch_labels = None
depends_on = None

# The columns whose change matters; of tables without any named, all do.
_WATCHED = {
    "sharing_settings": (),
    "users": ("organisation_id", "address", "active", "role_id"),
    "user_sharing": (),
    "roles": ("organisation_id", "parent_id"),
    "role_sharing": (),
    "excluded_domains": (),
    "mailboxes": ("organisation_id", "addresses"),
    "mailbox_assignments": (),
}
_RANDOM = "hex(randomblob(16))"
_FUNCTION = """
    CREATE FUNCTION renew_sharing_version() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE sharing_version SET version = gen_random_uuid()::text;
        IF NOT FOUND THEN
            INSERT INTO sharing_version (id, version) VALUES (1, gen_random_uuid()::text);
        END IF;
        RETURN NULL;
    END $$
"""


def upgrade() -> None:
    """Create the table with its one row, and what renews it."""
    op.create_table(
        "sharing_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharing_version")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("INSERT INTO sharing_version (id, version) VALUES (1, gen_random_uuid()::text)")
        op.execute(_FUNCTION)
        for table, columns in _WATCHED.items():
            op.execute(_on_postgresql(table, columns))
    else:
        op.execute(f"INSERT INTO sharing_version (id, version) VALUES (1, {_RANDOM})")
        for table, columns in _WATCHED.items():
            for happening in ("INSERT", "DELETE", "UPDATE"):
                op.execute(_on_sqlite(table, columns if happening == "UPDATE" else (), happening))


def _on_postgresql(table: str, columns: tuple[str, ...]) -> str:
    changed = f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE"
    return (
        f"CREATE TRIGGER renew_sharing_version AFTER INSERT OR DELETE OR TRUNCATE OR {changed} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION renew_sharing_version()"
    )


def _on_sqlite(table: str, columns: tuple[str, ...], happening: str) -> str:
    of = f" OF {', '.join(columns)}" if columns else ""
    anew = f"SELECT 1, {_RANDOM} WHERE NOT EXISTS (SELECT 1 FROM sharing_version)"
    return (
        f"CREATE TRIGGER {table}_{happening.lower()}_renews AFTER {happening}{of} ON {table} BEGIN "
        f"UPDATE sharing_version SET version = {_RANDOM}; INSERT INTO sharing_version (id, version) {anew}; END"
    )
