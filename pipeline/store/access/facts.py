"""The SQL form of each fact of the sharing rule that depends on the mail, and how to find the mail of which it holds.

The owner in question is that of ``MailboxAssignmentRow``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased
from sqlalchemy.orm.util import AliasedClass

from pipeline.core.share import Branch, FactName
from pipeline.store.access.standing import Standing
from pipeline.store.organisation.people import User
from pipeline.store.rows import one_of
from pipeline.store.tables import (
    CopyRow,
    LinkRow,
    MailAddressRow,
    MailboxAssignmentRow,
    MailRow,
    RecordRow,
    ShareRow,
)

Mail = type[MailRow] | AliasedClass[MailRow]
Condition = ColumnElement[bool]
_ROLES = ("from", "to", "cc")
_LINKED, _SHARED, _SENT = aliased(RecordRow), aliased(RecordRow), aliased(MailRow)
# The mail of more owners than this is better found by walking through all mail.
_MANY_OWNERS = 20


def covering(standing: Standing, branch: Branch, owners: Sequence[str]) -> Select[str] | None:
    """All mail for which a branch can allow, and more, found by an index; None where that is too much to be of use.

    Without it the database would ask the rule of all mail there is for a reader who may see little of it.
    """
    for name, find in _FINDERS.items():
        if branch.when.get(name) is True:
            return find(standing)
    if len(owners) > _MANY_OWNERS:
        return None
    return (
        select(CopyRow.mail_id)
        .join(MailboxAssignmentRow, MailboxAssignmentRow.mailbox_id == CopyRow.mailbox_id)
        .where(one_of(MailboxAssignmentRow.user_id, owners))
    )


def _find_named(standing: Standing) -> Select[str]:
    return select(MailAddressRow.mail_id).where(one_of(MailAddressRow.address, standing.addresses))


def _find_from_crm(standing: Standing) -> Select[str]:
    return select(_SENT.id).where(_SENT.sent_by.is_not(None))


def _find_shared(standing: Standing) -> Select[str]:
    shared = ShareRow.record_id
    return (
        select(LinkRow.mail_id)
        .join(_LINKED, _LINKED.id == LinkRow.record_id)
        .join(ShareRow, or_(shared == _LINKED.id, shared == _LINKED.account_id))
        .where(ShareRow.grantee.in_(_grantees(standing.reader)))
    )


def _grantees(reader: User) -> list[str]:
    return ["all", f"user:{reader.id}", *([f"role:{reader.role_id}"] if reader.role_id else [])]


def _is_here(standing: Standing, mail: Mail) -> Condition:
    return mail.organisation_id == standing.reader.organisation_id


def _is_named(standing: Standing, mail: Mail) -> Condition:
    return _has_address(mail, one_of(MailAddressRow.address, standing.addresses), MailAddressRow.role.in_(_ROLES))


def _is_from_crm(standing: Standing, mail: Mail) -> Condition:
    return mail.sent_by.is_not(None)


def _is_sent_by_mine(standing: Standing, mail: Mail) -> Condition:
    return func.coalesce(one_of(mail.sent_by, (standing.reader.id, *standing.below)), false())


def _has_address(mail: Mail, *conditions: Condition) -> Condition:
    found = select(MailAddressRow.mail_id).where(MailAddressRow.mail_id == mail.id, *conditions)
    return found.correlate(mail, MailboxAssignmentRow).exists()


def accessible_to(standing: Standing, record: type[RecordRow] | AliasedClass[RecordRow]) -> Condition:
    here = record.organisation_id == standing.reader.organisation_id
    if not standing.settings.records_by_owner or standing.reader.is_admin:
        return here
    mine = one_of(record.owner_id, (standing.reader.id, *standing.below))
    return and_(here, or_(record.owner_id.is_(None), mine))


def _has_open_record(standing: Standing, mail: Mail) -> Condition:
    """None of the mail's records is closed to the reader, or one is open."""
    links = select(LinkRow.mail_id).join(_LINKED, _LINKED.id == LinkRow.record_id)
    links = links.where(LinkRow.mail_id == mail.id, LinkRow.active).correlate(mail, MailboxAssignmentRow)
    return or_(links.where(accessible_to(standing, _LINKED)).exists(), ~links.exists())


def _is_excluded(standing: Standing, mail: Mail) -> Condition:
    """Somebody from outside takes part whose domain the organisation or this owner excluded."""
    address, owner = MailAddressRow.address, MailboxAssignmentRow.user_id
    scopes = [
        and_(owner == scope if scope else true(), or_(*(_in_domain(address, domain) for domain in domains)))
        for scope, domains in standing.excluded.items()
    ]
    outside = and_(~one_of(address, standing.ours), MailAddressRow.role.in_(_ROLES))
    return _has_address(mail, outside, or_(false(), *scopes))


def _in_domain(address: InstrumentedAttribute[str], domain: str) -> Condition:
    return or_(address.endswith("@" + domain, autoescape=True), address.endswith("." + domain, autoescape=True))


def _is_shared(standing: Standing, mail: Mail) -> Condition:
    """The owner shared a record of the mail, or the account of one, with the reader, who has access to it."""
    return (
        select(LinkRow.mail_id)
        .join(_LINKED, _LINKED.id == LinkRow.record_id)
        .join(ShareRow, or_(ShareRow.record_id == _LINKED.id, ShareRow.record_id == _LINKED.account_id))
        .join(_SHARED, _SHARED.id == ShareRow.record_id)
        .where(
            LinkRow.mail_id == mail.id,
            LinkRow.active,
            ShareRow.user_id == MailboxAssignmentRow.user_id,
            ShareRow.grantee.in_(_grantees(standing.reader)),
            accessible_to(standing, _SHARED),
        )
        .correlate(mail, MailboxAssignmentRow)
        .exists()
    )


# The facts that depend on the mail; the owner in question is that of ``MailboxAssignmentRow``.
IN_SQL: Mapping[FactName, Callable[[Standing, Mail], Condition]] = {
    "same_organisation": _is_here,
    "record_accessible": _has_open_record,
    "participant": _is_named,
    "from_crm": _is_from_crm,
    "sender_or_superior": _is_sent_by_mine,
    "domain_excluded": _is_excluded,
    "shared": _is_shared,
}

# How to find all mail of which such a fact may hold.
_FINDERS: Mapping[FactName, Callable[[Standing], Select[str]]] = {
    "participant": _find_named,
    "from_crm": _find_from_crm,
    "shared": _find_shared,
}
