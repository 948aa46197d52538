"""Full-text search: the tokens of every mail, indexed by FTS5 on SQLite and by GIN on PostgreSQL."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from pipeline.core.search import tokens
from pipeline.store.tables.search import Tokens

revision = "0009_search"
down_revision = "0008_idempotency"
branch_labels = None
depends_on = None

# The tokenizer `ascii` splits at spaces and takes every other character that our tokens hold as part of one.
_FTS5 = (
    "CREATE VIRTUAL TABLE mail_search_fts USING fts5"
    "(tokens, content='mail_search', content_rowid='id', tokenize='ascii', prefix='1 2 3')",
    "CREATE TRIGGER mail_search_added AFTER INSERT ON mail_search BEGIN "
    "INSERT INTO mail_search_fts(rowid, tokens) VALUES (new.id, new.tokens); END",
    "CREATE TRIGGER mail_search_removed AFTER DELETE ON mail_search BEGIN "
    "INSERT INTO mail_search_fts(mail_search_fts, rowid, tokens) VALUES ('delete', old.id, old.tokens); END",
    "CREATE TRIGGER mail_search_changed AFTER UPDATE ON mail_search BEGIN "
    "INSERT INTO mail_search_fts(mail_search_fts, rowid, tokens) VALUES ('delete', old.id, old.tokens); "
    "INSERT INTO mail_search_fts(rowid, tokens) VALUES (new.id, new.tokens); END",
)
_BATCH = 500


def upgrade() -> None:
    """Create the table with its index, and make the mail that is there findable."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "mail_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mail_id", sa.Text(), nullable=False),
        sa.Column("tokens", TSVECTOR() if postgresql else sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_mail_search_mail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_search")),
        sa.UniqueConstraint("mail_id", name=op.f("uq_mail_search_mail_id")),
    )
    if postgresql:
        op.create_index(op.f("ix_mail_search_tokens"), "mail_search", ["tokens"], unique=False, postgresql_using="gin")
    else:
        for statement in _FTS5:
            op.execute(statement)
    _index_known_mail()


def _index_known_mail() -> None:
    insights = sa.table("insights", sa.column("mail_id"), sa.column("document", sa.LargeBinary()))
    found = sa.table("mail_search", sa.column("mail_id"), sa.column("tokens", Tokens()))
    connection, last = op.get_bind(), ""
    query = sa.select(insights).order_by(insights.c.mail_id).limit(_BATCH)
    while rows := connection.execute(query.where(insights.c.mail_id > last)).all():
        words = [{"mail_id": mail_id, "tokens": tokens(_texts(document))} for mail_id, document in rows]
        connection.execute(sa.insert(found), words)
        last = rows[-1][0]


def _texts(document: bytes) -> Iterator[str]:
    data = json.loads(zlib.decompress(document))
    yield data.get("subject") or ""
    for one in (data.get("from"), *data["to"], *data["cc"]):
        if one:
            yield f"{one['name'] or ''} {one['address']}"
    yield data.get("text") or ""
