"""What the sharing rule knows of a reader before any mail is looked at: rights, and the mode of every owner.

Most facts of the rule belong to reader and owner alone. Reading them first leaves little to ask of each mail, which
``pipeline.store.access.visibility`` writes in SQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.core.roles import below
from pipeline.core.share import CrmMail, FactName, Setting, effective_mode
from pipeline.store.organisation.people import User
from pipeline.store.tables import (
    ExcludedDomainRow,
    MailboxAssignmentRow,
    MailboxRow,
    RoleRow,
    RoleSharingRow,
    SharingSettingsRow,
    UserRow,
    UserSharingRow,
)

_KEPT = "standings"
OwnerFacts = tuple[tuple[FactName, bool | str | None], ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """What an organisation set about sharing; these are the defaults."""

    mode: Setting = "private"
    crm_mail: CrmMail = "private"
    superior_role_sees: bool = False
    records_by_owner: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """A reader's standing in their organisation.

    ``owners`` groups the users of the organisation by what the rule knows of them. ``excluded`` holds excluded
    domains by scope, everybody's under the empty one; where it holds any, ``ours`` are the organisation's own
    addresses. ``below`` are the users whose superior the reader is.
    """

    reader: User
    active: bool
    settings: Settings
    owners: Mapping[OwnerFacts, tuple[str, ...]]
    addresses: tuple[str, ...]
    below: tuple[str, ...]
    excluded: Mapping[str, tuple[str, ...]]
    ours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Member:
    id: str
    address: str
    active: bool
    role_id: str | None
    role_mode: str | None
    mode: str | None
    backed_up: bool


def read_once(session: Session) -> None:
    """Let this session, which only reads, keep the standing of each reader that it asks for."""
    session.info[_KEPT] = {}


def standing_of(session: Session, reader: User) -> Standing:
    """The reader's standing as it is now; a few small queries, whatever the amount of mail."""
    kept: dict[User, Standing] | None = session.info.get(_KEPT)
    if kept is None:
        return _read(session, reader)
    if reader not in kept:
        kept[reader] = _read(session, reader)
    return kept[reader]


def _read(session: Session, reader: User) -> Standing:
    settings = settings_of(session, reader.organisation_id)
    members = _members(session, reader.organisation_id)
    me = next((member for member in members if member.id == reader.id), None)
    roles = _roles_below(session, reader.organisation_id, me.role_id if me else None)
    excluded = excluded_domains(session, reader.organisation_id)
    owners: dict[OwnerFacts, list[str]] = {}
    for member in members:
        owners.setdefault(_facts(member, reader, settings, roles), []).append(member.id)
    return Standing(
        reader,
        me is not None and me.active,
        settings,
        {facts: tuple(ids) for facts, ids in owners.items()},
        _addresses(session, reader),
        tuple(member.id for member in members if member.role_id in roles),
        excluded,
        _ours(session, members, reader.organisation_id) if excluded else (),
    )


def settings_of(session: Session, organisation_id: str) -> Settings:
    """The organisation's settings of sharing, or the defaults."""
    row = session.get(SharingSettingsRow, organisation_id, populate_existing=True)
    if row is None:
        return Settings()
    return Settings(cast(Setting, row.mode), cast(CrmMail, row.crm_mail), row.superior_role_sees, row.records_by_owner)


def excluded_domains(session: Session, organisation_id: str) -> dict[str, tuple[str, ...]]:
    """Excluded domains by scope: the organisation's under the empty one, a user's under their id."""
    query = (
        select(ExcludedDomainRow.scope, ExcludedDomainRow.domain)
        .where(ExcludedDomainRow.organisation_id == organisation_id)
        .order_by(ExcludedDomainRow.scope, ExcludedDomainRow.domain)
    )
    found: dict[str, tuple[str, ...]] = {}
    for scope, domain in session.execute(query):
        found[scope] = (*found.get(scope, ()), domain)
    return found


def _members(session: Session, organisation_id: str) -> list[_Member]:
    query = (
        select(
            UserRow.id, UserRow.address, UserRow.active, UserRow.role_id, RoleSharingRow.mode,
            UserSharingRow.locked_mode, UserSharingRow.mode.label("own_mode"), UserSharingRow.backed_up_at,
        )
        .outerjoin(RoleSharingRow, RoleSharingRow.role_id == UserRow.role_id)
        .outerjoin(UserSharingRow, UserSharingRow.user_id == UserRow.id)
        .where(UserRow.organisation_id == organisation_id)
        .order_by(UserRow.id)
    )  # fmt: skip
    return [
        _Member(user_id, address, active, role_id, role_mode, locked or mode, backed_up_at is not None)
        for user_id, address, active, role_id, role_mode, locked, mode, backed_up_at in session.execute(query)
    ]


def _facts(member: _Member, reader: User, settings: Settings, roles: frozenset[str]) -> OwnerFacts:
    """What the rule knows of one owner; what cannot decide any more is left equal, so that groups stay few."""
    present = member.active or member.backed_up
    own = member.id == reader.id
    mode = effective_mode(cast(Setting, member.role_mode), cast(Setting, member.mode), settings.mode)
    superior = settings.superior_role_sees and member.role_id in roles
    return (
        ("owner_present", present),
        ("own_mailbox", present and own),
        ("mode", mode if present else None),
        ("superior_sees", present and mode == "private" and superior),
    )


def _roles_below(session: Session, organisation_id: str, role_id: str | None) -> frozenset[str]:
    if role_id is None:
        return frozenset()
    tree = select(RoleRow.id, RoleRow.parent_id).where(RoleRow.organisation_id == organisation_id)
    return below(dict(session.execute(tree).all()), role_id)


def _addresses(session: Session, reader: User) -> tuple[str, ...]:
    """The reader's own addresses: the one they sign in with, and those of their mailboxes."""
    boxes = session.scalars(
        select(MailboxRow.addresses)
        .join(MailboxAssignmentRow, MailboxAssignmentRow.mailbox_id == MailboxRow.id)
        .where(MailboxAssignmentRow.user_id == reader.id, MailboxRow.organisation_id == reader.organisation_id)
    )
    return tuple(sorted({reader.address, *(address for addresses in boxes for address in addresses)}))


def _ours(session: Session, members: list[_Member], organisation_id: str) -> tuple[str, ...]:
    boxes = session.scalars(select(MailboxRow.addresses).where(MailboxRow.organisation_id == organisation_id))
    mailboxes = {address for addresses in boxes for address in addresses}
    return tuple(sorted(mailboxes | {member.address for member in members}))
