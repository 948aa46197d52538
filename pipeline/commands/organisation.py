"""An organisation described in a file: users, mailboxes, records. The demo is one such file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from pipeline.errors import SourceError
from pipeline.store.crm.record_writing import FieldValue, NewRecord, Source, create_record
from pipeline.store.organisation import people
from pipeline.store.organisation.people import User
from pipeline.store.sync import mailboxes
from pipeline.store.sync.mailboxes import Mailbox

KINDS = {"accounts": "account", "contacts": "contact", "leads": "lead", "deals": "deal"}


@dataclass(frozen=True, slots=True)
class Organisation:
    """What was set up: users in the file's order, and each mailbox with the sample paths to import into it."""

    id: str
    users: tuple[User, ...]
    mailboxes: tuple[tuple[Mailbox, tuple[str, ...]], ...]


def read(path: Path) -> dict[str, Any]:
    """The description in a file.

    Raises:
        SourceError: the file is missing or not of this form.
    """
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise SourceError(
            f"{path} cannot be read. Run this in the project's folder, or name it with --samples."
        ) from error


def set_up(session: Session, described: Mapping[str, Any], now: datetime) -> Organisation:
    """Create what the description names; where the organisation exists already, only look it up."""
    known = people.find_organisation(session, described["name"])
    organisation_id = known or people.create_organisation(session, described["name"], now)
    boxes = {b["address"]: _mailbox(session, organisation_id, b, now) for b in described["mailboxes"]}
    users = tuple(_user(session, organisation_id, u, boxes, now) for u in described["users"])
    if known is None:
        add_records(session, organisation_id, described["records"], now)
    return Organisation(
        organisation_id, users, tuple((boxes[b["address"]], tuple(b["samples"])) for b in described["mailboxes"])
    )


def _mailbox(session: Session, organisation_id: str, box: Mapping[str, Any], now: datetime) -> Mailbox:
    known = mailboxes.find_mailbox(session, organisation_id, box["name"])
    return known or mailboxes.create_mailbox(session, organisation_id, box["name"], box["own_addresses"], now)


def _user(
    session: Session, organisation_id: str, user: Mapping[str, Any], boxes: Mapping[str, Mailbox], now: datetime
) -> User:
    known = people.find_user(session, user["address"])
    if known is not None:
        return known
    choices = {name: user[name] for name in ("profile", "language", "timezone")}
    created = people.create_user(session, organisation_id, user["address"], user["name"], now, **choices)
    for address in user["mailboxes"]:
        mailboxes.assign_mailbox(session, boxes[address].id, created.id)
    return created


def add_records(session: Session, organisation_id: str, records: Mapping[str, Any], now: datetime) -> None:
    """Accounts, then contacts and leads, then deals: each may name those before it by its id in the file."""
    source = Source(organisation_id, now, "import")
    ids: dict[str, str] = {}
    for plural, kind in KINDS.items():
        for row in records.get(plural, ()):
            new = NewRecord(
                kind=kind,  # type: ignore[arg-type]
                name=row["name"],
                values=[FieldValue(name, value) for name, value in row["fields"].items()],
                addresses=row.get("addresses", ()),
                account_id=ids.get(row.get("account", "")),
                contact_ids=[ids[c] for c in row.get("contacts", ())],
                open=row.get("open", True),
            )
            ids[row["id"]] = create_record(session, source, new).id
