"""A small organisation with two reps, their mailboxes, and mails and suggestions to put in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pipeline.document import document
from pipeline.records import (
    Activity,
    Address,
    Dossier,
    Evidence,
    Intent,
    Message,
    ProposedField,
    RawMail,
    Record,
    RecordKind,
    Sentiment,
    Slot,
    Suggestion,
)
from pipeline.store.crm.record_writing import FieldValue, NewRecord, Source, create_record
from pipeline.store.engine import sessions
from pipeline.store.mail.storing import Stored, store_mail
from pipeline.store.organisation import people
from pipeline.store.organisation.people import User
from pipeline.store.review.proposals import save_suggestions
from pipeline.store.sync import mailboxes
from pipeline.store.sync.mailboxes import Mailbox

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Office:
    """Two reps with a mailbox each, and an admin without one."""

    organisation_id: str
    admin: User
    aya: User
    ben: User
    aya_box: Mailbox
    ben_box: Mailbox


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """One session; a test that needs several opens them itself."""
    with sessions(engine)() as opened:
        yield opened


def build_office(session: Session, name: str = "Kita Trading") -> Office:
    tag = name.lower().split()[0]
    organisation_id = people.create_organisation(session, name, NOW)
    admin = people.create_user(session, organisation_id, f"admin@{tag}.example", "Admin", NOW, profile="admin")
    aya = people.create_user(session, organisation_id, f"aya@{tag}.example", "佐伯 彩", NOW, language="ja")
    ben = people.create_user(session, organisation_id, f"ben@{tag}.example", "Ben Hollis", NOW)
    boxes = [mailboxes.create_mailbox(session, organisation_id, user.name, [user.address], NOW) for user in (aya, ben)]
    for box, user in zip(boxes, (aya, ben), strict=True):
        mailboxes.assign_mailbox(session, box.id, user.id)
    return Office(organisation_id, admin, aya, ben, *boxes)


def message(n: int = 1, **changes: Any) -> Message:
    """A parsed mail that differs from others by its number."""
    whole = Message(
        message_id=f"<{n}@mail.example>",
        date=NOW - timedelta(days=1) + timedelta(minutes=n),
        subject=f"Offer {n}",
        from_=Address("Rosa Lindgren", "rosa@lindgren.example"),
        to=(Address(None, "sales@kita.example"),),
        cc=(),
        reply_to=(),
        in_reply_to=(),
        references=(),
        headers={},
        text=f"Please send offer {n}.\n",
        html=None,
        attachments=(),
        calendars=(),
        charset_steps=(),
        defects=(),
    )
    return replace(whole, **changes)


def raw(message: Message, received: str = "mx1.example") -> bytes:
    """Bytes of a mail: with another ``received`` they are another mailbox's copy of it."""
    head = f"Received: by {received}\r\nMessage-ID: {message.message_id}\r\nSubject: x\r\n\r\n"
    return (head + message.text).encode("utf-8", "surrogatepass")


def dossier(message: Message, source: str = "inbox.mbox#1", received: str = "mx1.example", **known: Any) -> Dossier:
    """What the stages would give for it."""
    facts: dict[str, Any] = {
        "language": "en",
        "thread_id": f"thread of {message.message_id}",
        "direction": "in",
        "intents": (Intent("request", 0.9, (Evidence(0, 4, message.text[:4]),)),),
        "sentiment": Sentiment("neutral", 0.8, 0.1, 0.1),
        "gist": (Evidence(0, 6, message.text[:6]),),
    }
    return Dossier(RawMail(source, raw(message, received)), message, **(facts | known))


def contact(n: int = 1, person: str = "rosa@lindgren.example", **values: str) -> Suggestion:
    """A suggestion to create a contact."""
    given = {"full_name": "Rosa Lindgren", "company": "Lindgren AB", "email": person} | values
    fields = tuple(ProposedField(name, value, None, 0.9, 0, 4, "signature") for name, value in given.items())
    return Suggestion(f"contact-{n}", "create_contact", given["full_name"], 0.9, fields, (), person, "contact")


def update(
    n: int, record_id: str, person: str | None = "rosa@lindgren.example", **values: tuple[str | None, str]
) -> Suggestion:
    """A suggestion to update a record: each value is (old, new)."""
    fields = tuple(ProposedField(name, new, old, 0.9, 0, 4, "signature") for name, (old, new) in values.items())
    return Suggestion(f"update-{n}", "update_contact", "Rosa Lindgren", 0.9, fields, (), person, "contact", record_id)


def meeting(n: int = 1, **changes: Any) -> Suggestion:
    """A suggestion to create a meeting."""
    start = datetime(2026, 3, 12, 15, 0, tzinfo=UTC)
    activity = Activity(
        "meeting", "proposed", "Offer review", 0.9, (Evidence(0, 4, "text"),),
        slots=(Slot(start, start + timedelta(hours=1), False, False),), participants=("Rosa Lindgren",),
    )  # fmt: skip
    made = Suggestion(
        f"meeting-{n}", "create_meeting", "Offer review", 0.9, (), (), "rosa@lindgren.example", activity=activity
    )
    return replace(made, **changes)


class Make:
    """Makes and stores things of this office in one session; tests get it as the fixture ``make``."""

    def __init__(self, session: Session, office: Office) -> None:
        self.session, self.office = session, office

    def store(self, box: Mailbox, n: int = 1, now: datetime = NOW, **changes: Any) -> Stored:
        """Store mail number n in a mailbox; fields of message or dossier, ``source`` and ``received`` may be given."""
        whole = message(
            n, **{name: changes.pop(name) for name in list(changes) if name in Message.__dataclass_fields__}
        )
        versions, sent_by = changes.pop("versions", {"pipeline": "1"}), changes.pop("sent_by", None)
        made = dossier(whole, **changes)
        found = document(made, versions)
        return store_mail(self.session, box.id, made.mail, made, found, now, sent_by=sent_by)

    def propose(self, mail_id: str, *suggestions: Suggestion, now: datetime = NOW) -> int:
        """Save suggestions for a mail of this office."""
        return save_suggestions(self.session, self.office.organisation_id, mail_id, suggestions, now)

    def record(self, name: str = "Rosa Lindgren", kind: RecordKind = "contact", **known: Any) -> Record:
        """Create a record as an import would; ``fields`` holds its values by name."""
        values = [FieldValue(field, value) for field, value in known.pop("fields", {}).items()]
        source = Source(self.office.organisation_id, NOW, "import")
        return create_record(self.session, source, NewRecord(kind, name, values, **known))

    def clone(self, session: Session) -> Make:
        """The same in another session, as another process has it."""
        return Make(session, self.office)

    contact = staticmethod(contact)
    update = staticmethod(update)
    meeting = staticmethod(meeting)
    message = staticmethod(message)
    dossier = staticmethod(dossier)


@pytest.fixture
def office(session: Session) -> Office:
    """The organisation, committed."""
    built = build_office(session)
    session.commit()
    return built


@pytest.fixture
def other_office(session: Session) -> Office:
    """Another organisation in the same database, committed."""
    built = build_office(session, "Minami Works")
    session.commit()
    return built


@pytest.fixture
def make(session: Session, office: Office) -> Make:
    """Makes and stores things in the test's session."""
    return Make(session, office)


@pytest.fixture
def now() -> datetime:
    """The time at which these tests take place."""
    return NOW
