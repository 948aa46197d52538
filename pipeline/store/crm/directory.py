"""What the CRM knows about the people of one mail, gathered for ``pipeline.suggest``."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from sqlalchemy import ScalarSelect, and_, or_, select
from sqlalchemy.orm import Session

from pipeline.records import Dossier, Record
from pipeline.store.crm.records import deal_history, load_records, related
from pipeline.store.review.suggestion_json import from_json
from pipeline.store.sync.mailboxes import Mailbox
from pipeline.store.tables import CopyRow, DecisionRow, MailRow, RecordRow, SuggestionRow, SuggestionSourceRow
from pipeline.suggest.directory import Directory, Earlier, State, wanted

MAX_COLLEAGUES = 200
MAX_EARLIER = 200
_ABOUT_PEOPLE = ("create_contact", "successor", "update_contact", "changed_job")


def directory_for(session: Session, mailbox: Mailbox, mail_id: str, dossier: Dossier) -> Directory:
    """The records that a stored mail may concern, and what was suggested before about its thread and people.

    Earlier suggestions are only those whose mails, all of them, reached every mailbox of this one: what they say goes
    into new suggestions, and nobody may learn from them what they could not read.
    """
    asked = wanted(dossier)
    uids = [activity.uid for activity in dossier.activities if activity.uid]
    records = related(session, mailbox.organisation_id, asked.addresses, asked.names, asked.companies)
    records = _with_colleagues(session, records)
    people = [record.id for record in records if record.kind in ("contact", "lead")]
    deals = [record.id for record in records if record.kind == "deal"]
    return Directory(
        records,
        frozenset(mailbox.addresses),
        _earlier(session, mailbox.organisation_id, mail_id, asked.addresses, people, uids),
        deal_history(session, deals) if deals else {},
    )


def _with_colleagues(session: Session, records: tuple[Record, ...]) -> tuple[Record, ...]:
    """Also the contacts of the accounts found: one of them may be the person, written in another script."""
    accounts = [record.id for record in records if record.kind == "account"]
    if not accounts:
        return records
    known = {record.id for record in records}
    query = select(RecordRow.id).where(RecordRow.account_id.in_(accounts), RecordRow.kind.in_(("contact", "lead")))
    found = session.scalars(query.order_by(RecordRow.id).limit(MAX_COLLEAGUES))
    others = [record_id for record_id in found if record_id not in known]
    return records + load_records(session, others) if others else records


def _earlier(
    session: Session,
    organisation_id: str,
    mail_id: str,
    addresses: Collection[str],
    people: Collection[str],
    uids: Collection[str],
) -> tuple[Earlier, ...]:
    """What was suggested before about the thread, its people, and in any thread about these calendar events."""
    thread = select(MailRow.thread_key).where(MailRow.id == mail_id).scalar_subquery()
    theirs = or_(SuggestionRow.person.in_(addresses), SuggestionRow.record_id.in_(people))
    same_event = and_(SuggestionRow.uid.in_(uids), SuggestionRow.state != "rejected")
    about = or_(MailRow.thread_key == thread, and_(SuggestionRow.kind.in_(_ABOUT_PEOPLE), theirs), same_event)
    known = and_(MailRow.id != mail_id, SuggestionRow.state.not_in(("superseded", "expired")))
    query = (
        select(SuggestionRow, MailRow.date, _made_id())
        .join(MailRow, MailRow.id == SuggestionRow.mail_id)
        .where(SuggestionRow.organisation_id == organisation_id, known, about)
        .order_by(MailRow.sorted_at.desc(), MailRow.id.desc(), SuggestionRow.id)
        .limit(MAX_EARLIER)
        .execution_options(populate_existing=True)
    )
    rows = session.execute(query).all()
    if not rows:
        return ()
    sources = _sources(session, organisation_id, [row.id for row, _, _ in rows])
    boxes = _mailboxes(session, {mail_id}.union(*sources.values()))
    found = [
        Earlier(from_json(row.payload), cast(State, row.state), made_id, date)
        for row, date, made_id in rows
        if all(boxes[mail_id] <= boxes[source] for source in sources[row.id])
    ]
    return tuple(reversed(found))


def _sources(session: Session, organisation_id: str, suggestion_ids: Collection[str]) -> dict[str, set[str]]:
    """All mail that each of these suggestions tells of."""
    sources: dict[str, set[str]] = {suggestion_id: set() for suggestion_id in suggestion_ids}
    query = select(SuggestionSourceRow.suggestion_id, SuggestionSourceRow.mail_id).where(
        SuggestionSourceRow.organisation_id == organisation_id,
        SuggestionSourceRow.suggestion_id.in_(sorted(sources)),
    )
    for suggestion_id, source in session.execute(query):
        sources[suggestion_id].add(source)
    return sources


def _made_id() -> ScalarSelect[str | None]:
    """The record or activity that the last acceptance of a suggestion made."""
    return (
        select(DecisionRow.target_id)
        .where(
            DecisionRow.organisation_id == SuggestionRow.organisation_id,
            DecisionRow.suggestion_id == SuggestionRow.id,
            DecisionRow.after.in_(("accepted", "edited")),
        )
        .order_by(DecisionRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _mailboxes(session: Session, mail_ids: Collection[str]) -> dict[str, set[str]]:
    boxes: dict[str, set[str]] = {mail_id: set() for mail_id in mail_ids}
    copies = select(CopyRow.mail_id, CopyRow.mailbox_id).where(CopyRow.mail_id.in_(sorted(boxes)))
    for mail_id, mailbox_id in session.execute(copies):
        boxes[mail_id].add(mailbox_id)
    return boxes
