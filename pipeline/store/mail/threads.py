"""The thread of a stored mail, whatever arrives first: threads that a mail ties together become one.

Every name that ties mails (``parse.threads.names``) belongs to one thread. A mail that carries names of several
threads, or answers a mail of another one, joins them. The joined thread goes under the own key of its earliest mail,
so that it does not matter in which order its mails came.

Two importers that meet here wait for each other at the rows of the names; ``engine.transact`` repeats the one that
lost.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import CursorResult, Row, Select, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from pipeline.parse import threads
from pipeline.parse.threads import Sketch
from pipeline.records import Address, Dossier, QuotedMessage
from pipeline.store.mail.thread_renaming import rename_thread
from pipeline.store.rows import digest, insert_new
from pipeline.store.tables import MailAddressRow, MailRow, ThreadNameRow

MAX_CANDIDATES = 200


def describe(dossier: Dossier, mail_id: str) -> dict[str, Any]:
    """The columns of a mail that its thread rests on, as the mail alone tells them."""
    message = dossier.message
    thread_key = _name_hash(dossier.thread_id) if dossier.thread_id else mail_id
    if message is None:
        return {"thread_key": thread_key, "thread_by": "references", "subject_key": None, "answer": None}
    sketch = threads.sketch(message, dossier.quoted)
    subject = threads.subject_key(message) if sketch else None
    return {
        "thread_key": thread_key,
        "thread_by": threads.key(message, dossier.quoted).by,
        "subject_key": digest("subject", subject) if subject else None,
        "answer": [_to_json(quote) for quote in sketch.quotes] if sketch and subject and sketch.open else None,
    }


def join_thread(session: Session, mail: dict[str, Any], dossier: Dossier) -> None:
    """Put a mail that was just stored in its thread; it may tie several threads together."""
    message = dossier.message
    if message is None:
        return
    own, organisation_id = mail["thread_key"], mail["organisation_id"]
    tied = {own, *(_name_hash(name) for name in threads.names(message))}
    rows = ({"organisation_id": organisation_id, "name_hash": name, "thread_key": own} for name in sorted(tied))
    insert_new(session, ThreadNameRow, *rows)
    _merge(session, organisation_id, {own, *_threads_of(session, organisation_id, tied)})
    sketch = threads.sketch(message, dossier.quoted)
    if sketch is not None and mail["subject_key"] is not None:
        _join_by_subject(session, mail, sketch)


def _threads_of(session: Session, organisation_id: str, names: Collection[str]) -> set[str]:
    """The threads of some names, locked until the transaction ends."""
    return set(session.scalars(_named(), {"organisation_id": organisation_id, "names": sorted(names)}))


@cache
def _named() -> Select[str]:
    """The query of ``_threads_of``: made once, as this and the next run for every mail."""
    query = select(ThreadNameRow.thread_key).where(
        ThreadNameRow.organisation_id == bindparam("organisation_id"),
        ThreadNameRow.name_hash.in_(bindparam("names", expanding=True)),
    )
    return query.order_by(ThreadNameRow.name_hash).with_for_update()


def _join_by_subject(session: Session, mail: dict[str, Any], mine: Sketch) -> None:
    names = {
        _name_hash(row.message_id) if row.message_id else row.thread_key
        for row, other in _candidates(session, mail, mine)
        if threads.answers(mine, other) or threads.answers(other, mine)
    }
    if names:
        names.add(mail["thread_key"])
        _merge(session, mail["organisation_id"], _threads_of(session, mail["organisation_id"], names))


def _candidates(session: Session, mail: dict[str, Any], mine: Sketch) -> Iterable[tuple[Row[Any], Sketch]]:
    """Other mails of the same bare subject that this one may answer, or that may answer this one."""
    at = mail["sorted_at"]
    since = _after(at, -1) if mine.open else at
    asked = {name: mail[name] for name in ("organisation_id", "subject_key", "id", "sorted_at")}
    rows = session.execute(_of_subject(), {**asked, "since": since, "until": _after(at, 1)}).all()
    people = _people(session, [row.id for row in rows]) if rows else {}
    for row in rows:
        sender = Address(row.from_name, row.from_address)
        quotes = tuple(map(_from_json, row.answer or ()))
        yield row, Sketch(row.date, sender, frozenset(people[row.id]), row.answer is not None, quotes)


@cache
def _of_subject() -> Select[str, str | None, str, datetime | None, str | None, str | None, Any]:
    """The query of ``_candidates``: earlier mail of any kind, later mail only where it may answer this one."""
    mail = MailRow
    query = select(
        mail.id, mail.message_id, mail.thread_key, mail.date, mail.from_name, mail.from_address, mail.answer
    ).where(
        mail.organisation_id == bindparam("organisation_id"),
        mail.subject_key == bindparam("subject_key"),
        mail.sorted_at.between(bindparam("since"), bindparam("until")),
        or_(mail.sorted_at < bindparam("sorted_at"), mail.answer.is_not(None)),
        mail.id != bindparam("id"),
        mail.date.is_not(None),
    )
    return query.order_by(mail.sorted_at.desc(), mail.id).limit(MAX_CANDIDATES)


def _after(moment: datetime, windows: int) -> datetime:
    try:
        return moment + windows * threads.WINDOW
    except OverflowError:
        return moment


def _people(session: Session, mail_ids: Collection[str]) -> dict[str, set[str]]:
    """The addresses of senders and recipients, by mail."""
    people: dict[str, set[str]] = {mail_id: set() for mail_id in mail_ids}
    for mail_id, address in session.execute(_addresses(), {"mail_ids": sorted(people)}):
        people[mail_id].add(address)
    return people


@cache
def _addresses() -> Select[str, str]:
    return select(MailAddressRow.mail_id, MailAddressRow.address).where(
        MailAddressRow.mail_id.in_(bindparam("mail_ids", expanding=True)),
        MailAddressRow.role.in_(("from", "to", "cc")),
    )


def _merge(session: Session, organisation_id: str, keys: Collection[str]) -> None:
    """Make some threads one, under the own key of the earliest mail."""
    if len(keys) < 2:
        return
    starts = session.execute(
        select(func.min(MailRow.sorted_at), MailRow.thread_key)
        .where(MailRow.organisation_id == organisation_id, MailRow.thread_key.in_(sorted(keys)))
        .group_by(MailRow.thread_key)
    )
    best = min((start, key) for start, key in starts)[1]
    for key in sorted(set(keys) - {best}):
        _move_names(session, organisation_id, key, best)
        rename_thread(session, organisation_id, key, best)


def _move_names(session: Session, organisation_id: str, old: str, new: str) -> None:
    """Give a thread's names to another; again until none is left, as others may have added some meanwhile."""
    here = and_(ThreadNameRow.organisation_id == organisation_id, ThreadNameRow.thread_key == old)
    while True:
        moved = session.execute(update(ThreadNameRow).where(here).values(thread_key=new))
        assert isinstance(moved, CursorResult)
        if not moved.rowcount:
            return


def _name_hash(name: str) -> str:
    return digest("thread", name)


def _to_json(quote: QuotedMessage) -> list[Any]:
    sender = quote.sender or Address(None, "")
    return [sender.name, sender.address, quote.date.isoformat() if quote.date else None, quote.zone_told]


def _from_json(value: list[Any]) -> QuotedMessage:
    name, address, written, zone_told = value
    when = date.fromisoformat(written) if len(written) == len("2026-03-10") else datetime.fromisoformat(written)
    return QuotedMessage(Address(name, address), when, zone_told, None, (), (), 1, (), "")
