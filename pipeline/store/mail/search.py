"""Full-text search over the mail that a reader may see; its words are made by ``pipeline.core.search``."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from math import sqrt

from sqlalchemy import ColumnElement, cast, column, false, literal, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from pipeline.core.search import Phrase, Snippet, phrases, snippet, tokens
from pipeline.records import Message
from pipeline.store.rows import upsert
from pipeline.store.tables import InsightRow, MailRow, MailSearchRow

FREQUENT = 2000
MAX_ESTIMATED = 4
_ESTIMATE = "EXPLAIN (FORMAT JSON) SELECT 1 FROM mail_search WHERE tokens @@ CAST(:asked AS tsquery)"
_FTS = table("mail_search_fts", column("rowid"), column("mail_search_fts"))


def index_mail(session: Session, mail_id: str, message: Message, text: str) -> None:
    """Make a stored mail findable by its headers, attachments and text; what was kept of it before is replaced."""
    upsert(session, MailSearchRow, {"mail_id": mail_id, "tokens": tokens(_texts(message, text))}, ("mail_id",))


def _texts(message: Message, text: str) -> Iterable[str]:
    """What a mail is found by, what matters most first."""
    yield message.subject
    for person in (*((message.from_,) if message.from_ else ()), *message.to, *message.cc):
        yield f"{person.name or ''} {person.address}"
    for attachment in message.attachments:
        yield attachment.name or ""
    yield text


def matches(session: Session, question: str) -> ColumnElement[bool]:
    """The condition on ``MailRow`` that holds where a mail has all words of the question; none without words."""
    asked = phrases(question)
    if not asked:
        return false()
    if session.get_bind().dialect.name == "sqlite":
        rows = select(_FTS.c.rowid).where(_FTS.c.mail_search_fts.op("MATCH")(_fts5(asked)))
        return MailRow.id.in_(select(MailSearchRow.mail_id).where(MailSearchRow.id.in_(rows)))
    query = cast(literal(_tsquery(asked)), TSQUERY)
    found = MailSearchRow.tokens.op("@@", is_comparison=True)(query)
    # By itself first: joined, PostgreSQL may walk through all mail in the order of the list instead.
    hits = select(MailSearchRow.mail_id).where(found).cte("hits").prefix_with("MATERIALIZED")
    return MailRow.id.in_(select(hits.c.mail_id))


def is_frequent(session: Session, question: str) -> bool:
    """Whether PostgreSQL expects so many mails to match that it is better to look through the newest ones.

    It knows from its statistics and counts nothing. It takes tokens to be independent, while those of one word come
    together: what is expected lies between that and the rarest token alone.
    """
    asked = phrases(question)
    if not asked or session.get_bind().dialect.name == "sqlite":
        return False
    rarest = min(
        _expected(session, [Phrase((token,), one.prefix and token == one.tokens[-1])])
        for one in asked
        for token in one.tokens[:MAX_ESTIMATED]
    )
    return rarest > FREQUENT and sqrt(rarest * _expected(session, asked)) > FREQUENT


def _expected(session: Session, asked: Sequence[Phrase]) -> float:
    plan = session.execute(text(_ESTIMATE), {"asked": _tsquery(asked)}).scalar_one()
    return float(plan[0]["Plan"]["Plan Rows"])


def holds(question: str) -> ColumnElement[bool]:
    """The same condition as ``matches`` on PostgreSQL, asked of each mail that a list comes to."""
    query = cast(literal(_tsquery(phrases(question))), TSQUERY)
    found = select(MailSearchRow.id).where(
        MailSearchRow.mail_id == MailRow.id, MailSearchRow.tokens.op("@@", is_comparison=True)(query)
    )
    return found.correlate(MailRow).limit(1).scalar_subquery().is_not(None)


def snippets(session: Session, mail_ids: Sequence[str], question: str) -> dict[str, Snippet]:
    """Where each of these mails holds what was asked for: in its text, else in its subject.

    Who may see them is not asked: give only ids that came from something the reader may see.
    """
    query = select(InsightRow.mail_id, InsightRow.document).where(InsightRow.mail_id.in_(mail_ids))
    return {mail_id: _snippet(document, question) for mail_id, document in session.execute(query)}


def _snippet(document: bytes, question: str) -> Snippet:
    data = json.loads(zlib.decompress(document))
    body = snippet(data.get("text") or "", question)
    if body.marks:
        return body
    subject = snippet(data.get("subject") or "", question)
    return subject if subject.marks else body


def _fts5(asked: Sequence[Phrase]) -> str:
    return " AND ".join(f'"{" ".join(one.tokens)}"{" *" if one.prefix else ""}' for one in asked)


def _tsquery(asked: Sequence[Phrase]) -> str:
    return " & ".join(
        "(" + " <-> ".join(f"'{token}'" for token in one.tokens) + (":*" if one.prefix else "") + ")" for one in asked
    )
