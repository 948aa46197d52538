"""Who may see a mail, as a SQL condition made from the table in ``pipeline.core.share``.

What the rule knows of the reader is filled in first, and what it knows of owners becomes lists of them (``standing``);
each fact that is left has its SQL form in ``facts``. The rule itself is not repeated.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import and_, false, or_, select, true, union
from sqlalchemy.orm import Session, aliased

from pipeline.core.share import Access, Branch, FactName, Facts, Verdict, at_least, best, can_view, partly
from pipeline.store.access.facts import IN_SQL, Condition, Mail, accessible_to, covering
from pipeline.store.access.standing import Standing, once, standing_of
from pipeline.store.organisation.people import User
from pipeline.store.rows import one_of
from pipeline.store.tables import (
    CopyRow,
    MailboxAssignmentRow,
    MailRow,
    RecordRow,
    SuggestionRow,
    SuggestionSourceRow,
)


def visible(
    session: Session,
    reader: User,
    mail: Mail = MailRow,
    *,
    record_id: str | None = None,
    access: Access = "read",
    through: Condition | None = None,
    standing: Standing | None = None,
    cover: bool = True,
) -> Condition:
    """The condition on ``MailRow``, or an alias of it, that holds where the reader may see the mail.

    ``record_id`` is the record through which it is asked for, ``access`` the level that is needed. ``through`` narrows
    the mailboxes and owners by which the mail is seen, a condition on ``CopyRow`` and ``MailboxAssignmentRow``. Who
    asks several times in one transaction reads ``standing`` once. ``cover`` adds what helps to find such mail; of a few
    mails that are found otherwise it is better to ask without it.
    """
    standing = standing or standing_of(session, reader)
    asking = _Asking.about(session, standing, mail, record_id)
    if mail is MailRow and through is None:
        # Of a record it matters only whether the reader has access to it: one condition serves all.
        name = ("visible", access, cover, asking.known["record_asked"], asking.known.get("record_accessible"))
        return standing.keep(name, lambda: asking.condition(access, true(), cover))
    return asking.condition(access, true() if through is None else through, cover)


def visible_among(session: Session, reader: User, mail_ids: Collection[str]) -> frozenset[str]:
    """Those of these mails that the reader may see."""
    if not mail_ids:
        return frozenset()
    seen = select(MailRow.id).where(one_of(MailRow.id, mail_ids), visible(session, reader, cover=False))
    return frozenset(session.scalars(seen))


def visible_suggestion(session: Session, reader: User, standing: Standing | None = None) -> Condition:
    """The condition on ``SuggestionRow`` that holds where the reader may see every mail behind it, and there is one."""
    standing = standing or standing_of(session, reader)
    return standing.keep("visible suggestion", lambda: _visible_suggestion(session, standing))


def _visible_suggestion(session: Session, standing: Standing) -> Condition:
    mail = aliased(MailRow)
    sources = select(SuggestionSourceRow.mail_id).where(
        SuggestionSourceRow.organisation_id == SuggestionRow.organisation_id,
        SuggestionSourceRow.suggestion_id == SuggestionRow.id,
    )
    hidden = sources.join(mail, mail.id == SuggestionSourceRow.mail_id).where(
        ~_Asking.about(session, standing, mail, None).condition("read", true(), cover=False)
    )
    own = sources.where(SuggestionSourceRow.mail_id == SuggestionRow.mail_id)
    here = SuggestionRow.organisation_id == standing.reader.organisation_id
    # As in a condition on mail: asked of each suggestion that a list comes to, not joined with all there are.
    first_own, first_hidden = (one.correlate(SuggestionRow).limit(1).scalar_subquery() for one in (own, hidden))
    return and_(here, first_own.is_not(None), first_hidden.is_(None))


def near(session: Session, reader: User, mail: Mail = MailRow) -> Condition | None:
    """A condition that an index answers and that holds at least for all mail the reader may see.

    None where they may see so much that no index is of help.
    """
    return _Asking.about(session, standing_of(session, reader), mail, None).near("read")


def own_copies(reader: User) -> Condition:
    """The condition on ``CopyRow`` that holds for copies in mailboxes assigned to the reader."""
    return CopyRow.mailbox_id.in_(
        select(MailboxAssignmentRow.mailbox_id).where(MailboxAssignmentRow.user_id == reader.id)
    )


def accessible(session: Session, reader: User) -> Condition:
    """The condition on ``RecordRow`` that holds where the reader has access to the record."""
    return accessible_to(standing_of(session, reader), RecordRow)


def is_accessible(session: Session, reader: User, record_id: str, standing: Standing | None = None) -> bool:
    """Whether there is this record, and the reader has access to it."""
    standing = standing or standing_of(session, reader)
    record = select(RecordRow.id).where(RecordRow.id == record_id, accessible_to(standing, RecordRow))
    return once(session, ("accessible", reader, record_id), lambda: session.scalar(record) is not None)


def note_access(session: Session, reader: User, record_id: str) -> None:
    """Spare the question of ``is_accessible`` where a session that only reads has just found that it is."""
    once(session, ("accessible", reader, record_id), lambda: True)


def verdicts(
    session: Session,
    reader: User,
    mail_ids: Sequence[str],
    *,
    record_id: str | None = None,
    standing: Standing | None = None,
) -> dict[str, Verdict]:
    """The verdict on each of these mails with the branch that gave it; ids of no mail are left out."""
    asking = _Asking.about(session, standing or standing_of(session, reader), MailRow, record_id)
    asked = {name: fact(asking.standing, MailRow) for name, fact in IN_SQL.items() if name not in asking.known}
    query = (
        select(MailRow.id, MailboxAssignmentRow.user_id, *(fact.label(name) for name, fact in asked.items()))
        .outerjoin(CopyRow, CopyRow.mail_id == MailRow.id)
        .outerjoin(MailboxAssignmentRow, MailboxAssignmentRow.mailbox_id == CopyRow.mailbox_id)
        .where(one_of(MailRow.id, mail_ids))
    )
    found: dict[str, list[Verdict]] = {}
    for mail_id, owner, *values in session.execute(query):
        facts = dict(zip(asked, map(bool, values), strict=True)) | asking.known_of(owner)
        found.setdefault(mail_id, []).append(can_view(Facts(**cast(Any, facts))))
    return {mail_id: best(judged) for mail_id, judged in found.items()}


def why(session: Session, reader: User, mail_id: str, *, record_id: str | None = None) -> Verdict | None:
    """The verdict on one mail with the branch that gave it, or None where there is no such mail."""
    return verdicts(session, reader, (mail_id,), record_id=record_id).get(mail_id)


@dataclass(frozen=True, slots=True)
class _Asking:
    """One question: what is known of everything in it but the mail."""

    standing: Standing
    known: Mapping[FactName, Any]
    mail: Mail

    @staticmethod
    def about(session: Session, standing: Standing, mail: Mail, record_id: str | None) -> _Asking:
        """What the rule knows before it sees a mail."""
        known: dict[FactName, Any] = {
            "reader_active": standing.active,
            "crm_mail": standing.settings.crm_mail,
            "record_asked": record_id is not None,
        }
        if record_id is not None:
            known["record_accessible"] = is_accessible(session, standing.reader, record_id, standing)
        elif not standing.settings.records_by_owner:
            known["record_accessible"] = True
        if not standing.excluded:
            known["domain_excluded"] = False
        return _Asking(standing, known, mail)

    def known_of(self, owner: str | None) -> dict[FactName, Any]:
        """Everything known where the mail lies in a mailbox of this owner; None or a stranger: of nobody here."""
        facts = next((dict(key) for key, ids in self.standing.owners.items() if owner in ids), {"owner_present": False})
        return dict(self.known) | cast(dict[FactName, Any], facts)

    def condition(self, access: Access, through: Condition, cover: bool) -> Condition:
        """Where one of the owners gives the access that is needed."""
        decided = self._fold(partly(self.known), at_least(access))
        if decided is None:
            return false()
        # With a limit PostgreSQL asks this of each mail it comes to; an EXISTS it would join with all copies there are.
        asked = (
            select(CopyRow.mail_id)
            .join(MailboxAssignmentRow, MailboxAssignmentRow.mailbox_id == CopyRow.mailbox_id)
            .where(CopyRow.mail_id == self.mail.id, decided, through)
            .correlate(self.mail)
            .limit(1)
            .scalar_subquery()
            .is_not(None)
        )
        near = self.near(access) if cover else None
        return asked if near is None else and_(near, asked)

    def near(self, access: Access) -> Condition | None:
        """All mail that can be seen, and more, found by indexes; None where that is too much to be of use."""
        wanted = at_least(access)
        covers = [
            covering(self.standing, branch, ids)
            for left, ids in self._left()
            for branch in left
            if branch.access in wanted
        ]
        few = [one for one in covers if one is not None]
        if len(few) < len(covers):
            return None
        return self.mail.id.in_(union(*few)) if few else false()

    def _left(self) -> list[tuple[tuple[Branch, ...], tuple[str, ...]]]:
        """For each group of owners, what is left of the rule."""
        return [(partly(dict(self.known) | dict(key)), ids) for key, ids in self.standing.owners.items()]

    def _fold(self, left: Sequence[Branch], wanted: frozenset[Access]) -> Condition | None:
        """The branches as one condition, from the last to the first; None where none of them can give it."""
        if not any(branch.access in wanted for branch in left):
            return None
        condition: Condition = false()
        for branch in reversed(left):
            when = and_(true(), *(self._holds(name, value) for name, value in branch.when.items()))
            if branch.access in wanted:
                condition = or_(when, condition)
            elif any(name in IN_SQL for name in branch.when):
                # What can be told of the owner goes first: it spares a look at the tables.
                condition = and_(condition, ~when)
            else:
                condition = and_(~when, condition)
        return condition

    def _holds(self, name: FactName, value: bool | str) -> Condition:
        if name not in IN_SQL:
            return self._is_owner(name, value)
        fact = IN_SQL[name](self.standing, self.mail)
        return fact if value else ~fact

    def _is_owner(self, name: FactName, value: bool | str) -> Condition:
        """The owner is one of those of whom the rule knows this."""
        if value is False:
            return ~self._is_owner(name, True)
        ids = [id_ for key, ids in self.standing.owners.items() if (name, value) in key for id_ in ids]
        return one_of(MailboxAssignmentRow.user_id, ids) if ids else false()
