"""Saving what is proposed for a mail: once, never what was decided or rejected before, the newest on each topic."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.core.review import LIFETIME, Memory, is_over, memories, subjects, topic, without_rejected, worth
from pipeline.records import ActivityKind, Suggestion
from pipeline.store.review.suggestion_json import to_json
from pipeline.store.rows import digest, insert_new, lock
from pipeline.store.tables import ActivityRow, CopyRow, MailRow, RejectionRow, SuggestionRow, SuggestionSourceRow
from pipeline.store.tables.base import clean_json


def save_suggestions(
    session: Session, organisation_id: str, mail_id: str, suggestions: Sequence[Suggestion], now: datetime
) -> int:
    """Save what was proposed for a mail, and tell how many are new.

    A repeat changes nothing, and nothing that was decided comes back. Values that people rejected are left out.
    A suggestion takes the place of the pending one it names in ``supersedes``, and of an older mail's on the same
    topic, but only where all mail behind it reached all the mailboxes of the older one's mail: nobody loses a
    suggestion to one that they may not see.

    Raises: errors.NotFound where the organisation has no such mail.
    """
    mail = session.execute(
        select(MailRow.thread_key, MailRow.sorted_at).where(
            MailRow.id == mail_id, MailRow.organisation_id == organisation_id
        )
    ).one_or_none()
    if mail is None:
        raise errors.NotFound("There is no such mail; store it before its suggestions.")
    if not suggestions:
        return 0
    lock(session, organisation_id)  # a value that somebody is rejecting at this moment must not slip in
    rejected = rejected_values(session, organisation_id, suggestions, mail.thread_key)
    saved = 0
    for proposed in suggestions:
        suggestion = without_rejected(proposed, mail.thread_key, rejected)
        if suggestion is None:
            continue
        row = _row(organisation_id, mail_id, mail.thread_key, suggestion, now)
        is_new = insert_new(session, SuggestionRow, row) == 1
        saved += is_new
        if is_new or _renew(session, row):
            sources = _save_sources(session, row, suggestion)
            _supersede_named(session, row, suggestion, sources)
            _supersede_older(session, row, mail.sorted_at, sources)
    return saved


def expire_suggestions(session: Session, organisation_id: str, now: datetime) -> int:
    """Mark what nobody decided in time, and tell how many; lists leave it out also before that."""
    late = (
        (SuggestionRow.organisation_id == organisation_id)
        & (SuggestionRow.state == "pending")
        & (SuggestionRow.expires_at <= now)
    )
    result = session.execute(
        update(SuggestionRow).where(late).values(state="expired", version=SuggestionRow.version + 1)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount


def _row(organisation_id: str, mail_id: str, thread_key: str, suggestion: Suggestion, now: datetime) -> dict[str, Any]:
    over = is_over(suggestion.activity, now)
    return {
        "organisation_id": organisation_id, "id": suggestion.id, "mail_id": mail_id, "kind": suggestion.kind,
        "state": "pending", "version": 1, "worth": worth(suggestion.kind, suggestion.score, over=over),
        "person": suggestion.person, "record_id": suggestion.record_id, "topic": topic(suggestion, thread_key),
        "uid": suggestion.activity.uid if suggestion.activity else None,
        "payload": clean_json(to_json(suggestion)), "created_at": now, "expires_at": now + LIFETIME,
    }  # fmt: skip


def _renew(session: Session, row: dict[str, Any]) -> bool:
    """Give one that is still pending what was proposed now; False where it was decided, or is another mail's."""
    key = (SuggestionRow.organisation_id == row["organisation_id"]) & (SuggestionRow.id == row["id"])
    fresh = select(SuggestionRow).where(key, SuggestionRow.state == "pending", SuggestionRow.mail_id == row["mail_id"])
    known = session.scalar(fresh.with_for_update().execution_options(populate_existing=True))
    if known is not None and known.payload != row["payload"]:
        changes = {name: row[name] for name in ("payload", "worth", "topic", "person", "record_id", "uid")}
        session.execute(update(SuggestionRow).where(key).values(**changes, version=known.version + 1))
    return known is not None


def _save_sources(session: Session, row: dict[str, Any], suggestion: Suggestion) -> frozenset[str]:
    """Note all mail that a suggestion tells of: its own, and what stands behind those that it continues."""
    here = SuggestionSourceRow.organisation_id == row["organisation_id"]
    continued = [suggestion.supersedes] if suggestion.supersedes else []
    if suggestion.activity is not None:
        continued += _continued(session, row, suggestion.activity.kind)
    query = select(SuggestionSourceRow.mail_id).where(here, SuggestionSourceRow.suggestion_id.in_(continued))
    mails = {row["mail_id"], *session.scalars(query)}
    key = {"organisation_id": row["organisation_id"], "suggestion_id": row["id"]}
    insert_new(session, SuggestionSourceRow, *({**key, "mail_id": mail_id} for mail_id in sorted(mails)))
    return frozenset(mails)


def _continued(session: Session, row: dict[str, Any], kind: ActivityKind) -> list[str]:
    """What a meeting, call or task may repeat: what it was accepted as, and what was rejected in its thread.

    Of the latter only what the mail's readers could see: nothing else was told to ``suggest``.
    """
    mine = ActivityRow.organisation_id == row["organisation_id"]
    accepted = select(ActivityRow.suggestion_id).where(mine, ActivityRow.id == row["record_id"])
    thread = select(MailRow.thread_key).where(MailRow.id == row["mail_id"]).scalar_subquery()
    rejected = session.execute(
        select(SuggestionRow.id, SuggestionRow.mail_id)
        .join(MailRow, MailRow.id == SuggestionRow.mail_id)
        .where(
            SuggestionRow.organisation_id == row["organisation_id"],
            SuggestionRow.state == "rejected",
            SuggestionRow.kind.in_((f"create_{kind}", f"change_{kind}")),
            MailRow.thread_key == thread,
        )
    )
    told = [suggestion_id for suggestion_id, mail_id in rejected if _reaches(session, row["mail_id"], (mail_id,))]
    return [*session.scalars(accepted), *told]


def _supersede_named(session: Session, row: dict[str, Any], suggestion: Suggestion, sources: Collection[str]) -> None:
    """Let a suggestion take the place of the pending one that it continues."""
    if suggestion.supersedes is None or suggestion.supersedes == row["id"]:
        return
    key = (SuggestionRow.organisation_id == row["organisation_id"]) & (SuggestionRow.id == suggestion.supersedes)
    mail_id = session.scalar(select(SuggestionRow.mail_id).where(key, SuggestionRow.state == "pending"))
    if mail_id is not None and _reaches(session, mail_id, sources):
        _close(session, row["organisation_id"], suggestion.supersedes)


def _supersede_older(session: Session, row: dict[str, Any], sorted_at: datetime, sources: Collection[str]) -> None:
    """Let the newest mail's suggestion on a topic stand, whichever was stored first."""
    rivals = session.execute(
        select(SuggestionRow.id, SuggestionRow.mail_id, MailRow.sorted_at)
        .join(MailRow, MailRow.id == SuggestionRow.mail_id)
        .where(
            SuggestionRow.organisation_id == row["organisation_id"],
            SuggestionRow.topic == row["topic"],
            SuggestionRow.state == "pending",
            SuggestionRow.mail_id != row["mail_id"],
        )
        .order_by(SuggestionRow.id)
    ).all()
    for rival in rivals:
        if (rival.sorted_at, rival.mail_id) < (sorted_at, row["mail_id"]):
            if _reaches(session, rival.mail_id, sources):
                _close(session, row["organisation_id"], rival.id)
        elif _reaches(session, row["mail_id"], (rival.mail_id,)):
            _close(session, row["organisation_id"], row["id"])


def _close(session: Session, organisation_id: str, suggestion_id: str) -> None:
    key = (SuggestionRow.organisation_id == organisation_id) & (SuggestionRow.id == suggestion_id)
    values = {"state": "superseded", "version": SuggestionRow.version + 1}
    session.execute(update(SuggestionRow).where(key, SuggestionRow.state == "pending").values(values))


def _reaches(session: Session, mail_id: str, sources: Collection[str]) -> bool:
    """Whether every mailbox that has this mail has all of the sources too."""
    mailboxes = mailboxes_with(session, mail_id)
    return all(mailboxes <= mailboxes_with(session, source) for source in sources)


def mailboxes_with(session: Session, mail_id: str) -> frozenset[str]:
    """Ids of the mailboxes that hold a copy of a mail."""
    return frozenset(session.scalars(select(CopyRow.mailbox_id).where(CopyRow.mail_id == mail_id)))


def rejected_values(
    session: Session, organisation_id: str, suggestions: Sequence[Suggestion], thread_key: str
) -> Collection[Memory]:
    """What is remembered about the values of these suggestions."""
    asked = {
        replace(memory, subject=subject)
        for suggestion in suggestions
        for memory in memories(suggestion, thread_key)
        for subject in {memory.subject, *subjects(suggestion)}
    }
    by_key = {(memory.subject, memory.field, digest(memory.value)): memory for memory in asked}
    found = session.execute(
        select(RejectionRow.subject, RejectionRow.field, RejectionRow.value_hash).where(
            RejectionRow.organisation_id == organisation_id,
            RejectionRow.subject.in_(sorted({memory.subject for memory in asked})),
            RejectionRow.value_hash.in_(sorted({digest(memory.value) for memory in asked})),
        )
    )
    keys = [(subject, field, value_hash) for subject, field, value_hash in found]
    return {by_key[key] for key in keys if key in by_key}
