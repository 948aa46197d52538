"""Random organisations as plain rows, and the sharing rule said again, slowly, from the words of the specification."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from pipeline.store.organisation.people import User
from pipeline.store.tables import (
    Base,
    CopyRow,
    ExcludedDomainRow,
    LinkRow,
    MailAddressRow,
    MailboxAssignmentRow,
    MailboxRow,
    MailRow,
    OrganisationRow,
    RawContentRow,
    RecordRow,
    RoleRow,
    RoleSharingRow,
    ShareRow,
    SharingSettingsRow,
    UserRow,
    UserSharingRow,
)

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
MODES = ("private", "public", "custom")
DOMAINS = ("lindgren.example", "kanda.example", "smid.example")
Row = dict[str, Any]


@dataclass
class World:
    """One organisation; ``rows`` are those of each table, in the order in which they can be inserted."""

    organisation_id: str
    rows: dict[type[Base], list[Row]] = field(default_factory=dict)
    readers: list[User] = field(default_factory=list)

    def add(self, table: type[Base], **row: Any) -> Row:
        self.rows.setdefault(table, []).append(row)
        return row

    def of(self, table: type[Base], **known: Any) -> list[Row]:
        return [row for row in self.rows.get(table, ()) if all(row[name] == value for name, value in known.items())]

    def one(self, table: type[Base], **known: Any) -> Row | None:
        return next(iter(self.of(table, **known)), None)


def world(seed: int) -> World:
    """The organisation of this number: always the same."""
    random = Random(seed)
    made = World(f"o{seed}")
    made.add(OrganisationRow, id=made.organisation_id, name="O", created_at=NOW)
    if random.random() < 0.8:
        made.add(
            SharingSettingsRow, organisation_id=made.organisation_id, mode=random.choice((*MODES, "user_choice")),
            crm_mail=random.choice(("private", "read", "write", "delete")),
            superior_role_sees=random.random() < 0.5, records_by_owner=random.random() < 0.4,
        )  # fmt: skip
    _people(made, random, seed)
    _mailboxes(made, random, seed)
    _mails(made, random, seed)
    _records(made, random, seed)
    for _ in range(random.choice((0, 0, 1, 2))):
        scope = random.choice(("", random.choice(made.readers).id))
        domain = random.choice((*DOMAINS, f"o{seed}.example"))
        if made.one(ExcludedDomainRow, scope=scope, domain=domain) is None:
            made.add(ExcludedDomainRow, organisation_id=made.organisation_id, scope=scope, domain=domain)
    return made


def _people(made: World, random: Random, seed: int) -> None:
    roles: list[str | None] = []
    for n in range(random.randint(0, 4)):
        role = f"r{seed}-{n}"
        made.add(
            RoleRow, id=role, organisation_id=made.organisation_id, name=role, parent_id=random.choice([None, *roles])
        )
        roles.append(role)
        if random.random() < 0.4:
            made.add(RoleSharingRow, role_id=role, mode=random.choice((*MODES, "user_choice")))
    for n in range(random.randint(2, 4)):
        user = User(
            f"u{seed}-{n}", made.organisation_id, f"u{n}@o{seed}.example", "U",
            random.choice(("standard", "standard", "admin")), "en", "UTC", "auto", random.random() < 0.92,
            random.choice([None, *roles, *roles]),
        )  # fmt: skip
        made.readers.append(user)
        made.add(
            UserRow, id=user.id, organisation_id=user.organisation_id, address=user.address, name="U",
            password_hash=None, profile=user.profile, language="en", timezone="UTC", theme="auto", active=user.active,
            created_at=NOW, role_id=user.role_id,
        )  # fmt: skip
        if random.random() < 0.7:
            made.add(
                UserSharingRow, user_id=user.id, mode=random.choice((None, *MODES, *MODES, "user_choice")),
                locked_mode=random.choice((None, None, None, *MODES)), backed_up_at=random.choice((None, NOW)),
            )  # fmt: skip


def _mailboxes(made: World, random: Random, seed: int) -> None:
    for n in range(random.randint(1, 4)):
        box = f"b{seed}-{n}"
        made.add(
            MailboxRow, id=box, organisation_id=made.organisation_id, name=box, active=True, created_at=NOW,
            addresses=random.choice(([], [f"box{n}@o{seed}.example"])), protocol=None,
        )  # fmt: skip
        for user in random.sample(made.readers, random.choice((0, 1, 1, 1, 1, 2))):
            made.add(MailboxAssignmentRow, mailbox_id=box, user_id=user.id)


def _mails(made: World, random: Random, seed: int) -> None:
    made.add(RawContentRow, sha256=f"s{seed}", size_bytes=0, compressed=b"")
    inside = [user.address for user in made.readers] + [f"box{n}@o{seed}.example" for n in range(4)]
    outside = [f"p{n}@{domain}" for n, domain in enumerate((*DOMAINS, "mail.lindgren.example", "xlindgren.example"))]
    for n in range(random.randint(2, 5)):
        mail = f"m{seed}-{n}"
        made.add(
            MailRow, id=mail, organisation_id=made.organisation_id, message_id=None, content_hash="", thread_key="t",
            date=None, sorted_at=NOW, subject="", from_name=None, from_address=None, attachment_count=0, size_bytes=0,
            created_at=NOW, sent_by=random.choice(made.readers).id if random.random() < 0.3 else None,
        )  # fmt: skip
        for position, address in enumerate(random.sample(inside + outside + outside, random.randint(1, 3))):
            made.add(
                MailAddressRow, mail_id=mail, role=random.choice(("from", "to", "cc", "reply_to")), position=position,
                name=None, address=address,
            )  # fmt: skip
        for box in random.sample(
            made.of(MailboxRow), min(len(made.of(MailboxRow)), random.choice((0, 1, 1, 1, 1, 1, 2)))
        ):
            made.add(
                CopyRow, mailbox_id=box["id"], mail_id=mail, raw_sha256=f"s{seed}", source="", direction="in",
                sorted_at=NOW, imported_at=NOW,
            )  # fmt: skip


def _records(made: World, random: Random, seed: int) -> None:
    accounts: list[str] = []
    for n in range(random.randint(1, 3)):
        record = f"c{seed}-{n}"
        made.add(
            RecordRow, id=record, organisation_id=made.organisation_id, kind="contact" if accounts else "account",
            name="R", name_key="r", account_id=random.choice([None, *accounts]), open=True, opened_at=NOW,
            modified_at=NOW, closed_at=None, won=None, created_by=None, created_at=NOW,
            owner_id=random.choice([None, *(user.id for user in made.readers)]),
        )  # fmt: skip
        accounts = accounts or [record]
        for mail in made.of(MailRow):
            if random.random() < 0.5:
                made.add(
                    LinkRow, mail_id=mail["id"], record_id=record, origin="manual", active=random.random() < 0.8,
                    user_id=None, at=NOW, sorted_at=NOW,
                )  # fmt: skip
        for user in random.sample(made.readers, random.choice((0, 1, 2))):
            to = random.choice(made.readers)
            grantees = ["all", f"user:{to.id}", *([f"role:{to.role_id}"] if to.role_id else [])]
            made.add(ShareRow, user_id=user.id, record_id=record, grantee=random.choice(grantees), at=NOW)


def may_see(made: World, reader: User, mail_id: str, record_id: str | None = None) -> bool:
    """Product.md section 5, *Sharing*, sentence by sentence, with no thought for speed."""
    if not reader.active or not made.of(MailRow, id=mail_id) or reader.organisation_id != made.organisation_id:
        return False
    return any(_owner_allows(made, reader, mail_id, record_id, owner) for owner in _owners(made, mail_id))


def _owners(made: World, mail_id: str) -> Iterator[Row]:
    """Whoever has the mail in a mailbox; a deactivated user without a backup has none any more."""
    for copy in made.of(CopyRow, mail_id=mail_id):
        for assigned in made.of(MailboxAssignmentRow, mailbox_id=copy["mailbox_id"]):
            for user in made.of(UserRow, id=assigned["user_id"]):
                sharing = made.one(UserSharingRow, user_id=user["id"])
                if user["active"] or (sharing and sharing["backed_up_at"]):
                    yield user


def _owner_allows(made: World, reader: User, mail_id: str, record_id: str | None, owner: Row) -> bool:
    settings = made.one(SharingSettingsRow) or {
        "mode": "private", "crm_mail": "private", "superior_role_sees": False, "records_by_owner": False,
    }  # fmt: skip
    # (1) no access to the record: deny
    if record_id is not None and not _has_access(made, reader, record_id):
        return False
    # (2) own mailbox or a participant: allow
    if owner["id"] == reader.id or _takes_part(made, reader, mail_id):
        return True
    # (1) again, where no record was asked for: somebody else's mail that stands on closed records only
    records = [link["record_id"] for link in made.of(LinkRow, mail_id=mail_id, active=True)]
    if record_id is None and records and not any(_has_access(made, reader, record) for record in records):
        return False
    # (3) sent from the CRM: the organisation's setting
    sender = made.of(MailRow, id=mail_id)[0]["sent_by"]
    if sender is not None:
        if settings["crm_mail"] == "private":
            return sender == reader.id or _is_superior(made, reader, sender)
        return True
    # (4) an external participant's domain excluded: deny
    if _is_excluded(made, mail_id, owner["id"]):
        return False
    # (5) role, else user, else organisation; a lock holds the user to what the admin fixed
    mode = _mode(made, owner, settings["mode"])
    if mode == "private":  # (6)
        return bool(settings["superior_role_sees"]) and _is_superior(made, reader, owner["id"])
    if mode == "public":  # (7)
        return True
    # (8) only if shared, (9) deny
    return any(_is_shared(made, reader, owner["id"], record) for record in records)


def _has_access(made: World, reader: User, record_id: str) -> bool:
    settings, record = made.one(SharingSettingsRow), made.one(RecordRow, id=record_id)
    if record is None:
        return False
    if settings is None or not settings["records_by_owner"] or reader.profile == "admin" or record["owner_id"] is None:
        return True
    return record["owner_id"] == reader.id or _is_superior(made, reader, record["owner_id"])


def _takes_part(made: World, reader: User, mail_id: str) -> bool:
    mine = {reader.address}
    for assigned in made.of(MailboxAssignmentRow, user_id=reader.id):
        mine |= set(made.of(MailboxRow, id=assigned["mailbox_id"])[0]["addresses"])
    return any(a["address"] in mine and a["role"] != "reply_to" for a in made.of(MailAddressRow, mail_id=mail_id))


def _is_superior(made: World, reader: User, user_id: str) -> bool:
    role = made.of(UserRow, id=user_id)[0]["role_id"]
    while role is not None:
        role = made.of(RoleRow, id=role)[0]["parent_id"]
        if role is not None and role == reader.role_id:
            return True
    return False


def _is_excluded(made: World, mail_id: str, owner: str) -> bool:
    ours = {user["address"] for user in made.of(UserRow)}
    for box in made.of(MailboxRow):
        ours |= set(box["addresses"])
    for excluded in made.of(ExcludedDomainRow):
        for address in made.of(MailAddressRow, mail_id=mail_id):
            host = address["address"].split("@")[1]
            inside = host == excluded["domain"] or host.endswith("." + excluded["domain"])
            outside = address["address"] not in ours and address["role"] != "reply_to"
            if inside and outside and excluded["scope"] in ("", owner):
                return True
    return False


def _mode(made: World, owner: Row, organisation: str) -> str:
    role = made.one(RoleSharingRow, role_id=owner["role_id"])
    user = made.one(UserSharingRow, user_id=owner["id"])
    chosen = [role["mode"]] if role else []
    if user:
        chosen.append(user["locked_mode"] if user["locked_mode"] else user["mode"])
    chosen = [mode for mode in (*chosen, organisation) if mode in MODES]
    return chosen[0] if chosen else "private"


def _is_shared(made: World, reader: User, owner: str, record_id: str) -> bool:
    record = made.of(RecordRow, id=record_id)[0]
    granted = ("all", f"user:{reader.id}", f"role:{reader.role_id}")
    return any(
        share["record_id"] in (record_id, record["account_id"])
        and share["grantee"] in granted
        and _has_access(made, reader, share["record_id"])
        for share in made.of(ShareRow, user_id=owner)
    )
