"""Whether what a mail says was rejected before, so that it was not asked about again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from pipeline.store.organisation.people import User
from pipeline.store.rows import digest
from pipeline.store.tables import LinkRow, RejectionRow
from pipeline.suggest.values import normalise


def was_rejected(
    session: Session, reader: User, mail_id: str, thread_key: str, sender: str | None, document: Mapping[str, Any]
) -> bool:
    """Whether people rejected a value that this mail tells of its people, or a meeting, call or task in its thread.

    ``document`` is the mail's insight document. Rejections are remembered for all (``core.review``).
    """
    fields = [field for contact in document["contacts"] for field in contact["fields"]]
    people = {field["value"].lower() for field in fields if field["name"] == "email"} | ({sender} if sender else set())
    hashes = {digest(normalise(field["name"], field["value"])) for field in fields}
    kinds = {activity["kind"] for activity in document["activities"]}
    if not hashes and not kinds:
        return False
    records = select("record:" + LinkRow.record_id).where(LinkRow.mail_id == mail_id, LinkRow.active)
    about = or_(RejectionRow.subject.in_(sorted(f"person:{one}" for one in people)), RejectionRow.subject.in_(records))
    found = select(RejectionRow.field).where(
        RejectionRow.organisation_id == reader.organisation_id,
        or_(
            and_(about, RejectionRow.value_hash.in_(sorted(hashes))),
            and_(RejectionRow.subject == f"thread:{thread_key}", RejectionRow.field.in_(sorted(kinds))),
        ),
    )
    return session.scalar(found.limit(1)) is not None
