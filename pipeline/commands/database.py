"""What commands ask of the database: to be opened, the mailbox of an address, a link to sign in.

Kept apart from the import, so that commands that read no mail start fast.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session, sessionmaker

from pipeline.settings import Settings
from pipeline.store.engine import migrate, open_engine, sessions
from pipeline.store.organisation import people, tokens
from pipeline.store.organisation.people import User
from pipeline.store.sync import mailboxes
from pipeline.store.sync.mailboxes import Mailbox

ORGANISATION = "Mail Insight"


def open_store(settings: Settings) -> sessionmaker[Session]:
    """The sessions of the database in force, its tables made or brought up to date."""
    engine = open_engine(settings.url)
    migrate(engine)
    return sessions(engine)


def mailbox_of(session: Session, address: str, settings: Settings) -> tuple[Mailbox, User]:
    """The mailbox named by an address and the user it belongs to, made where they are missing."""
    now = datetime.now(UTC)
    owner = people.find_user(session, address)
    if owner is None:
        known = people.find_organisation(session, ORGANISATION)
        organisation_id = known or people.create_organisation(session, ORGANISATION, now)
        profile = "standard" if known else "admin"
        zone = settings.default_timezone
        owner = people.create_user(session, organisation_id, address, address, now, profile=profile, timezone=zone)  # type: ignore[arg-type]
    mailbox = mailboxes.find_mailbox(session, owner.organisation_id, address)
    if mailbox is None:
        mailbox = mailboxes.create_mailbox(session, owner.organisation_id, address, [address], now)
        mailboxes.assign_mailbox(session, mailbox.id, owner.id)
    return mailbox, owner


def sign_in_link(session: Session, user: User, settings: Settings) -> str:
    """A link that signs a user in once."""
    token = tokens.create_sign_in_link(session, user.id, datetime.now(UTC))
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}/sign-in?token={token}"
