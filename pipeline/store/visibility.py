"""Who may see a mail, as a SQL condition made from the table in ``pipeline.core.share``.

Each fact of the rule has its SQL form here; the rule itself is not repeated.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.util import AliasedClass

from pipeline.core.share import RULE, FactName, Facts, Verdict, can_view
from pipeline.store.people import User
from pipeline.store.tables import CopyRow, MailboxAssignmentRow, MailRow, SuggestionRow, SuggestionSourceRow, UserRow

Mail = type[MailRow] | AliasedClass[MailRow]


def visible(reader: User, mail: Mail = MailRow) -> ColumnElement[bool]:
    """The condition on ``MailRow``, or an alias of it, that holds where the reader may see the mail."""
    known = _facts_in_sql(reader, mail)
    condition: ColumnElement[bool] = false()
    for branch in reversed(RULE):
        when = and_(true(), *(known[name] if value else ~known[name] for name, value in branch.when.items()))
        condition = or_(when, condition) if branch.allowed else and_(~when, condition)
    return condition


def own_copies(reader: User) -> ColumnElement[bool]:
    """The condition on ``CopyRow`` that holds for copies in mailboxes assigned to the reader."""
    return CopyRow.mailbox_id.in_(
        select(MailboxAssignmentRow.mailbox_id).where(MailboxAssignmentRow.user_id == reader.id)
    )


def visible_suggestion(reader: User) -> ColumnElement[bool]:
    """The condition on ``SuggestionRow`` that holds where the reader may see every mail behind it."""
    mail = aliased(MailRow)
    hidden = (
        select(SuggestionSourceRow.mail_id)
        .join(mail, mail.id == SuggestionSourceRow.mail_id)
        .where(
            SuggestionSourceRow.organisation_id == SuggestionRow.organisation_id,
            SuggestionSourceRow.suggestion_id == SuggestionRow.id,
            ~visible(reader, mail),
        )
    )
    return and_(SuggestionRow.organisation_id == reader.organisation_id, ~hidden.exists())


def _facts_in_sql(reader: User, mail: Mail = MailRow) -> Mapping[FactName, ColumnElement[bool]]:
    return {
        "reader_active": select(UserRow.id).where(UserRow.id == reader.id, UserRow.active).exists(),
        "same_organisation": mail.organisation_id == reader.organisation_id,
        "own_mailbox": mail.id.in_(select(CopyRow.mail_id).where(own_copies(reader))),
    }


def facts_of(session: Session, reader: User, mail_id: str) -> Facts | None:
    """The facts of the rule for one mail, or None where there is no such mail."""
    known = _facts_in_sql(reader)
    row = session.execute(
        select(*(fact.label(name) for name, fact in known.items())).select_from(MailRow).where(MailRow.id == mail_id)
    ).one_or_none()
    return None if row is None else Facts(**{name: bool(value) for name, value in row._mapping.items()})


def why(session: Session, reader: User, mail_id: str) -> Verdict | None:
    """The verdict on one mail with the branch that gave it, or None where there is no such mail."""
    facts = facts_of(session, reader, mail_id)
    return None if facts is None else can_view(facts)
