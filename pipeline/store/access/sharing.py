"""What organisation, roles and users set about sharing; every change goes into the audit log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.core.share import Mode, Setting, effective_mode
from pipeline.store.access.standing import Settings, excluded_domains, settings_of, standing_of
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.people import User, get_user
from pipeline.store.organisation.roles import get_role
from pipeline.store.rows import insert_new, lock, upsert
from pipeline.store.tables import ExcludedDomainRow, RoleRow, RoleSharingRow, SharingSettingsRow, UserSharingRow

LOCKED = "An administrator has locked your sharing settings; ask them to unlock these."


@dataclass(frozen=True, slots=True)
class UserSharing:
    """What a user chose (None: nothing), whether an admin locked it, and what is in force.

    ``backed_up_at`` tells since when there is a backup of the user's mail.
    """

    user_id: str
    mode: Setting | None
    locked: bool
    effective: Mode
    excluded_domains: tuple[str, ...]
    backed_up_at: datetime | None


def set_organisation(session: Session, admin: User, settings: Settings, now: datetime) -> Settings:
    """Set the organisation's mode, who sees mail sent from the CRM, and the switches.

    Raises: errors.NotAllowed for anybody but an admin.
    """
    _require_admin(admin)
    upsert(
        session, SharingSettingsRow, {"organisation_id": admin.organisation_id, **asdict(settings)}, ["organisation_id"]
    )
    _note(session, admin, "sharing.organisation", admin.organisation_id, now, asdict(settings))
    return settings


def role_modes(session: Session, organisation_id: str) -> dict[str, Setting]:
    """The modes of roles that have one, by the role's id."""
    query = select(RoleSharingRow).join(RoleRow, RoleRow.id == RoleSharingRow.role_id)
    rows = session.scalars(query.where(RoleRow.organisation_id == organisation_id).order_by(RoleSharingRow.role_id))
    return {row.role_id: cast(Setting, row.mode) for row in rows}


def set_role(session: Session, admin: User, role_id: str, mode: Setting | None, now: datetime) -> None:
    """Set the mode of a role, which beats its users' own; None takes it away.

    Raises: errors.NotAllowed for anybody but an admin; errors.NotFound.
    """
    _require_admin(admin)
    get_role(session, admin.organisation_id, role_id)
    session.execute(delete(RoleSharingRow).where(RoleSharingRow.role_id == role_id))
    if mode is not None:
        insert_new(session, RoleSharingRow, {"role_id": role_id, "mode": mode})
    _note(session, admin, "sharing.role", role_id, now, {"mode": mode})


def sharing_of(session: Session, user_id: str) -> UserSharing:
    """A user's settings and what is in force.

    Raises: errors.NotFound.
    """
    user = get_user(session, user_id)
    row = session.get(UserSharingRow, user_id, populate_existing=True)
    role = session.get(RoleSharingRow, user.role_id, populate_existing=True) if user.role_id else None
    organisation = settings_of(session, user.organisation_id).mode
    own = cast(Setting | None, (row.locked_mode or row.mode) if row else None)
    return UserSharing(
        user_id,
        cast(Setting | None, row.mode if row else None),
        row is not None and row.locked_mode is not None,
        effective_mode(cast(Setting | None, role.mode if role else None), own, organisation),
        excluded_domains(session, user.organisation_id).get(user_id, ()),
        row.backed_up_at if row else None,
    )


def sharing_of_colleague(session: Session, admin: User, user_id: str) -> UserSharing:
    """The same, for an admin.

    Raises: errors.NotAllowed for anybody but an admin; errors.NotFound.
    """
    _require_colleague(session, admin, user_id)
    return sharing_of(session, user_id)


def own_mode(session: Session, reader: User) -> Mode:
    """The mode in force for the reader's own mail, by what is kept of their standing."""
    owners = standing_of(session, reader).owners
    return next((cast(Mode, dict(facts)["mode"]) for facts, ids in owners.items() if reader.id in ids), "private")


def mode_of(session: Session, user_id: str) -> Mode:
    """The mode in force for a user's mail."""
    return sharing_of(session, user_id).effective


def choose_mode(session: Session, user: User, mode: Setting | None, now: datetime) -> UserSharing:
    """Set one's own mode; None leaves it to the organisation.

    Raises: errors.NotAllowed where an admin has locked it.
    """
    lock(session, user.organisation_id)
    if sharing_of(session, user.id).locked:
        raise errors.NotAllowed(LOCKED)
    _put(session, user.id, mode=mode)
    _note(session, user, "sharing.user", user.id, now, {"mode": mode})
    return sharing_of(session, user.id)


def lock_user(session: Session, admin: User, user_id: str, mode: Mode | None, now: datetime) -> UserSharing:
    """Hold a user to a mode, or to the one in force; what the user had chosen comes back with ``unlock_user``.

    Raises: errors.NotAllowed for anybody but an admin; errors.NotFound.
    """
    lock(session, admin.organisation_id)
    _require_colleague(session, admin, user_id)
    _put(session, user_id, locked_mode=mode or mode_of(session, user_id))
    _note(session, admin, "sharing.lock", user_id, now, {"mode": mode})
    return sharing_of(session, user_id)


def unlock_user(session: Session, admin: User, user_id: str, now: datetime) -> UserSharing:
    """Let a user choose again; their own choice counts as before.

    Raises: errors.NotAllowed for anybody but an admin; errors.NotFound.
    """
    lock(session, admin.organisation_id)
    _require_colleague(session, admin, user_id)
    _put(session, user_id, locked_mode=None)
    _note(session, admin, "sharing.unlock", user_id, now)
    return sharing_of(session, user_id)


def exclude_domains(
    session: Session, editor: User, domains: Iterable[str], now: datetime, *, for_all: bool = False
) -> tuple[str, ...]:
    """Set the domains whose mail is never shared: one's own, or everybody's; what was set before is replaced.

    Raises: errors.NotAllowed where they are everybody's and the editor is no admin, or are locked.
    """
    lock(session, editor.organisation_id)
    if for_all:
        _require_admin(editor)
    elif sharing_of(session, editor.id).locked:
        raise errors.NotAllowed(LOCKED)
    scope = "" if for_all else editor.id
    chosen = sorted({domain.strip().lower().strip(".@") for domain in domains} - {""})
    keys = {"organisation_id": editor.organisation_id, "scope": scope}
    here = (ExcludedDomainRow.organisation_id == editor.organisation_id) & (ExcludedDomainRow.scope == scope)
    session.execute(delete(ExcludedDomainRow).where(here))
    insert_new(session, ExcludedDomainRow, *({**keys, "domain": domain} for domain in chosen))
    _note(session, editor, "sharing.exclude", scope or editor.organisation_id, now, {"domains": len(chosen)})
    return tuple(chosen)


def note_backup(session: Session, user_id: str, at: datetime | None) -> None:
    """Note since when there is a backup of a user's mail, or that there is none any more."""
    _put(session, user_id, backed_up_at=at)


def _put(session: Session, user_id: str, **values: Any) -> None:
    row = {"user_id": user_id, "mode": None, "locked_mode": None, "backed_up_at": None}
    insert_new(session, UserSharingRow, row)
    upsert(session, UserSharingRow, {"user_id": user_id, **values}, ["user_id"])


def _require_admin(user: User) -> None:
    if not user.is_admin:
        raise errors.NotAllowed("Only an administrator may change this.")


def _require_colleague(session: Session, admin: User, user_id: str) -> None:
    _require_admin(admin)
    if get_user(session, user_id).organisation_id != admin.organisation_id:
        raise errors.NotFound("There is no such user.")


def _note(
    session: Session, user: User, action: str, subject: str, now: datetime, detail: dict[str, Any] | None = None
) -> None:
    record_action(session, user.organisation_id, user.id, action, subject, now, detail)
