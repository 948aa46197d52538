"""Full-text search over the mail that a reader may see; its words are made by ``pipeline.core.search``."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Text, cast, column, false, func, literal, select, table, text, type_coerce
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from pipeline.core.search import Phrase, Snippet, phrases, snippet, tokens
from pipeline.records import Message
from pipeline.store.rows import upsert
from pipeline.store.tables import InsightRow, MailRow, MailSearchRow

FREQUENT = 2000
"""Hits that are looked at one by one; for words with more of them, the newest mails are looked through instead."""
PROBED = 500
ONE_IN = 50
_FTS = table("mail_search_fts", column("rowid"), column("mail_search_fts"))
# Both numbers of rows come from statistics, and nothing is read.
_EXPECTED = (
    "EXPLAIN (FORMAT JSON) SELECT 1 FROM mail_search WHERE tokens @@ CAST(:asked AS tsquery)"
    " UNION ALL SELECT 1 FROM mail_search"
)
# First the index, by itself: PostgreSQL might else read the whole table in the hope of finding enough soon.
_CANDIDATES = (
    "WITH hits AS MATERIALIZED (SELECT mail_id FROM mail_search WHERE tokens @@ CAST(:asked AS tsquery))"
    " SELECT mail_id FROM hits LIMIT :most"
)


@dataclass(frozen=True, slots=True)
class Hits:
    """All mails that may hold what was asked for; of each it is still to be asked (``holds``) unless it is certain."""

    mail_ids: tuple[str, ...]
    certain: bool


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


def find_hits(session: Session, organisation_id: str, question: str) -> Hits | None:
    """All mails that hold all words of the question; None where they are too many to look at each.

    The work is bounded whatever the words: a word of which the newest mails are full is not looked up, of others no
    more than ``FREQUENT`` are read. Who may see these mails is not asked.
    """
    asked = phrases(question)
    if not asked:
        return Hits((), certain=True)
    if _is_common(session, organisation_id, question):
        return None
    if session.get_bind().dialect.name == "sqlite":
        rows = select(_FTS.c.rowid).where(_FTS.c.mail_search_fts.op("MATCH")(_fts5(asked))).limit(FREQUENT + 1)
        found = session.scalars(select(MailSearchRow.mail_id).where(MailSearchRow.id.in_(rows))).all()
        return None if len(found) > FREQUENT else Hits(tuple(found), certain=True)
    return _find_by_words(session, asked)


def _is_common(session: Session, organisation_id: str, question: str) -> bool:
    """Whether more than one in ``ONE_IN`` of the organisation's newest mails holds the words."""
    newest = (
        select(MailRow.id)
        .where(MailRow.organisation_id == organisation_id)
        .order_by(MailRow.sorted_at.desc(), MailRow.id.desc())
        .limit(PROBED)
        .subquery()
    )
    holding = select(MailRow.id).where(MailRow.id.in_(select(newest.c.id)), holds(session, question))
    most = PROBED // ONE_IN
    return len(session.scalars(holding.limit(most + 1)).all()) > most


def _find_by_words(session: Session, asked: Sequence[Phrase]) -> Hits | None:
    """What PostgreSQL's index gives for the words, which knows nothing of their order; to read it takes far longer."""
    words = _tsquery(asked, " & ")
    plan = session.execute(text(_EXPECTED), {"asked": words}).scalar_one()
    expected, all_of = (part["Plan Rows"] for part in plan[0]["Plan"]["Plans"])
    if expected > FREQUENT and expected * ONE_IN > all_of:
        return None
    found = session.scalars(text(_CANDIDATES), {"asked": words, "most": FREQUENT + 1}).all()
    return None if len(found) > FREQUENT else Hits(tuple(found), all(len(one.tokens) == 1 for one in asked))


def holds(session: Session, question: str) -> ColumnElement[bool]:
    """The condition on ``MailRow`` that holds where a mail has all words of the question; none without words.

    It is asked of each mail that a list comes to, and finds none by itself: see ``find_hits``.
    """
    asked = phrases(question)
    if not asked:
        return false()
    if session.get_bind().dialect.name == "sqlite":
        whole = literal(" ").concat(type_coerce(MailSearchRow.tokens, Text)).concat(" ")
        conditions = [func.instr(whole, f" {' '.join(one.tokens)}{'' if one.prefix else ' '}") > 0 for one in asked]
    else:
        query = cast(literal(_tsquery(asked)), TSQUERY)
        conditions = [MailSearchRow.tokens.op("@@", is_comparison=True)(query)]
    found = select(MailSearchRow.id).where(MailSearchRow.mail_id == MailRow.id, *conditions)
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


def _tsquery(asked: Sequence[Phrase], then: str = " <-> ") -> str:
    """The question for PostgreSQL; with ``" & "`` for ``then`` the words of a phrase in any order."""
    return " & ".join(
        "(" + then.join(f"'{token}'" for token in one.tokens) + (":*" if one.prefix else "") + ")" for one in asked
    )
