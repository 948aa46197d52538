"""What the sharing rule knows of a reader before any mail is looked at: rights, and the mode of every owner.

Most facts of the rule belong to reader and owner alone. Reading them first leaves little to ask of each mail, which
``pipeline.store.access.visibility`` writes in SQL.

They are kept as long as the token in ``sharing_version`` stays the same. It is read in the transaction that asks, and
before the facts: what is kept under a token is never older than the token.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
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
    SharingVersionRow,
    UserRow,
    UserSharingRow,
)

VERSION = select(SharingVersionRow.version).scalar_subquery()
_VERSION = "sharing_version"
_ONCE = "read once"
_MAX_KEPT = 1000
Made = TypeVar("Made")
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
    addresses. ``below`` are the users whose superior the reader is. ``made`` holds what was made of all this.
    """

    reader: User
    active: bool
    settings: Settings
    owners: Mapping[OwnerFacts, tuple[str, ...]]
    addresses: tuple[str, ...]
    below: tuple[str, ...]
    excluded: Mapping[str, tuple[str, ...]]
    ours: tuple[str, ...]
    made: dict[Hashable, Any] = field(default_factory=dict, compare=False)

    def keep(self, name: Hashable, make: Callable[[], Made]) -> Made:
        """What ``make`` gives of this standing, made once: a condition takes longer to build than to send."""
        if name not in self.made:
            self.made[name] = make()
        made: Made = self.made[name]
        return made


@dataclass(frozen=True, slots=True)
class _Member:
    id: str
    address: str
    active: bool
    role_id: str | None
    role_mode: str | None
    mode: str | None
    backed_up: bool


@dataclass(frozen=True, slots=True)
class _Organisation:
    """What is the same for all readers: ``parents`` of roles, and the mailboxes with those who read them as theirs."""

    settings: Settings
    members: list[_Member]
    parents: dict[str, str | None]
    excluded: Mapping[str, tuple[str, ...]]
    mailboxes: list[tuple[tuple[str, ...], str | None]]


@dataclass(slots=True)
class _Kept:
    """What was read of one database while ``version`` stood there."""

    version: str
    organisations: dict[str, _Organisation] = field(default_factory=dict)
    standings: dict[User, Standing] = field(default_factory=dict)


_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()


def read_once(session: Session, kept: dict[Hashable, Any] | None = None) -> None:
    """Let this session, which only reads, ask only once whether anything changed, and for what ``once`` is used.

    Sessions that share ``kept`` ask once together: those of one request.
    """
    session.info[_ONCE] = {} if kept is None else kept


def note_version(session: Session, version: str | None) -> None:
    """Spare a session that only reads the question whether anything changed: ``VERSION`` was read just now."""
    once(session, _VERSION, lambda: version)


def once(session: Session, name: Hashable, make: Callable[[], Made]) -> Made:
    """What ``make`` gives, which a session that only reads (``read_once``) asks for once by this name."""
    kept: dict[Hashable, Any] | None = session.info.get(_ONCE)
    if kept is None:
        return make()
    if name not in kept:
        kept[name] = make()
    made: Made = kept[name]
    return made


def standing_of(session: Session, reader: User) -> Standing:
    """The reader's standing as it is now; one small query where nothing changed since it was asked for before."""
    version = _version(session)
    if version is None:
        return _standing(reader, _read(session, reader.organisation_id))
    engine = session.get_bind().engine
    kept = _kept.get(engine)
    if kept is None or kept.version != version or len(kept.standings) > _MAX_KEPT:
        kept = _kept[engine] = _Kept(version)
    if reader not in kept.standings:
        if reader.organisation_id not in kept.organisations:
            kept.organisations[reader.organisation_id] = _read(session, reader.organisation_id)
        kept.standings[reader] = _standing(reader, kept.organisations[reader.organisation_id])
    return kept.standings[reader]


def _version(session: Session) -> str | None:
    return once(session, _VERSION, lambda: session.scalar(select(VERSION)))


def _read(session: Session, organisation_id: str) -> _Organisation:
    tree = select(RoleRow.id, RoleRow.parent_id).where(RoleRow.organisation_id == organisation_id)
    boxes = (
        select(MailboxRow.addresses, MailboxAssignmentRow.user_id)
        .outerjoin(MailboxAssignmentRow, MailboxAssignmentRow.mailbox_id == MailboxRow.id)
        .where(MailboxRow.organisation_id == organisation_id)
    )
    return _Organisation(
        settings_of(session, organisation_id),
        _members(session, organisation_id),
        dict(session.execute(tree).all()),
        excluded_domains(session, organisation_id),
        [(tuple(addresses), user_id) for addresses, user_id in session.execute(boxes)],
    )


def _standing(reader: User, here: _Organisation) -> Standing:
    me = next((member for member in here.members if member.id == reader.id), None)
    roles = below(here.parents, me.role_id) if me and me.role_id else frozenset()
    owners: dict[OwnerFacts, list[str]] = {}
    for member in here.members:
        owners.setdefault(_facts(member, reader, here.settings, roles), []).append(member.id)
    mine = {address for addresses, user_id in here.mailboxes if user_id == reader.id for address in addresses}
    ours = {address for addresses, _ in here.mailboxes for address in addresses}
    return Standing(
        reader,
        me is not None and me.active,
        here.settings,
        {facts: tuple(ids) for facts, ids in owners.items()},
        tuple(sorted({reader.address} | mine)),
        tuple(member.id for member in here.members if member.role_id in roles),
        here.excluded,
        tuple(sorted(ours | {member.address for member in here.members})) if here.excluded else (),
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
