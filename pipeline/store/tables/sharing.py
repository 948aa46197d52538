"""Tables of sharing: what organisation, roles and users set, excluded domains, and records shared one by one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables.base import Base, KeyText


class RoleSharingRow(Base):
    """The mode of a role; it beats what the role's users chose."""

    __tablename__ = "role_sharing"
    role_id: Mapped[str] = mapped_column(ForeignKey("roles.id"), primary_key=True)
    mode: Mapped[str]


class SharingSettingsRow(Base):
    """What an organisation set: the default mode, who sees mail sent from the CRM, and two switches.

    ``superior_role_sees`` opens private mail to the owner's superiors. ``records_by_owner`` closes records to all but
    their owner, the owner's superiors and admins; records without an owner stay open.
    """

    __tablename__ = "sharing_settings"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    mode: Mapped[str]
    crm_mail: Mapped[str]
    superior_role_sees: Mapped[bool]
    records_by_owner: Mapped[bool]


class UserSharingRow(Base):
    """What a user chose, and what an admin did about it.

    ``locked_mode`` counts instead of ``mode`` while an admin has locked it. ``backed_up_at`` tells that there is a
    backup: with it the mail of a user who is deactivated stays visible as it was.
    """

    __tablename__ = "user_sharing"
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    mode: Mapped[str | None]
    locked_mode: Mapped[str | None]
    backed_up_at: Mapped[datetime | None]


class ExcludedDomainRow(Base):
    """A domain whose mail is never shared: everybody's where ``scope`` is empty, else that of the user it names."""

    __tablename__ = "excluded_domains"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    domain: Mapped[str] = mapped_column(KeyText(), primary_key=True)


class ShareRow(Base):
    """A record whose mail a user shares from their mailboxes; ``grantee`` is ``all``, ``user:ID`` or ``role:ID``."""

    __tablename__ = "shares"
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("records.id"), primary_key=True)
    grantee: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    __table_args__ = (Index(None, "record_id", "grantee", "user_id"),)


class SharingVersionRow(Base):
    """One row, whose token triggers renew with every change of settings, users, roles, mailboxes or who reads these.

    Random, not a number: a change that is rolled back leaves no token behind that another change could have.
    """

    __tablename__ = "sharing_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str]
