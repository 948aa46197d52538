"""Which values more people could see once a suggestion is accepted than may see the mail they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.records import Suggestion
from pipeline.store.access.standing import standing_of
from pipeline.store.access.visibility import verdicts
from pipeline.store.organisation.people import User
from pipeline.store.review.suggestions import SuggestionView
from pipeline.store.tables import RecordRow, ShareRow, SuggestionSourceRow


def wider_fields(session: Session, reader: User, views: Sequence[SuggestionView]) -> dict[str, tuple[str, ...]]:
    """For each suggestion, by its id, the names of its values that accepting would show to more people.

    A record is there for the whole organisation, so its values are wider than a mail that not everybody there may see;
    everybody is asked as a colleague who has no part in anything. A meeting, call or task keeps the audience of its
    mail. A link makes nothing wider but where a user shares the deal.
    """
    values = [view for view in views if view.suggestion.activity is None]
    sources = _sources(session, reader, [view.id for view in values])
    seen_by_all = _seen_by_all(session, reader, sorted({mail for mails in sources.values() for mail in mails}))
    shared = _shared_deals(session, [view.suggestion for view in values])
    found = {}
    for view in values:
        open_to_all = sources.get(view.id, set()) <= seen_by_all
        found[view.id] = () if open_to_all else _names(view.suggestion, shared)
    return found


def _names(suggestion: Suggestion, shared: set[str]) -> tuple[str, ...]:
    if suggestion.kind == "link_deal":
        return ("deal",) if any(field.value in shared for field in suggestion.fields) else ()
    return tuple(dict.fromkeys(field.name for field in suggestion.fields))


def _seen_by_all(session: Session, reader: User, mail_ids: Sequence[str]) -> set[str]:
    """The mails that any colleague may see: somebody of the organisation without role, mailbox or part in a mail."""
    if not mail_ids:
        return set()
    anybody = replace(reader, id="", address="", name="", profile="standard", role_id=None)
    standing = replace(standing_of(session, anybody), active=True)
    judged = verdicts(session, anybody, mail_ids, standing=standing)
    return {mail_id for mail_id, verdict in judged.items() if verdict.allowed}


def _sources(session: Session, reader: User, suggestion_ids: Sequence[str]) -> dict[str, set[str]]:
    query = select(SuggestionSourceRow.suggestion_id, SuggestionSourceRow.mail_id).where(
        SuggestionSourceRow.organisation_id == reader.organisation_id,
        SuggestionSourceRow.suggestion_id.in_(suggestion_ids),
    )
    found: dict[str, set[str]] = {}
    for suggestion_id, mail_id in session.execute(query):
        found.setdefault(suggestion_id, set()).add(mail_id)
    return found


def _shared_deals(session: Session, suggestions: Sequence[Suggestion]) -> set[str]:
    """The proposed deals that somebody shares, themselves or by their account."""
    deals = {field.value for one in suggestions if one.kind == "link_deal" for field in one.fields}
    if not deals:
        return set()
    query = (
        select(RecordRow.id)
        .join(ShareRow, (ShareRow.record_id == RecordRow.id) | (ShareRow.record_id == RecordRow.account_id))
        .where(RecordRow.id.in_(sorted(deals)))
    )
    return set(session.scalars(query))
