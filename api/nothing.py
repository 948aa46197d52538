"""Why a mail led to no suggestion, as a short stable reason."""

from __future__ import annotations

from typing import Literal, get_args

from sqlalchemy.orm import Session

from pipeline.store.crm.links import records_of_mail
from pipeline.store.mail.keeping import waits_somewhere
from pipeline.store.mail.mails import Mail
from pipeline.store.organisation.people import User
from pipeline.store.review.decisions import list_muted
from pipeline.store.review.rejected import was_rejected

Reason = Literal["machine", "quota", "unread", "own", "muted", "rejected", "known", "thin", "found"]
REASONS: tuple[Reason, ...] = get_args(Reason)


def why_nothing(session: Session, reader: User, mail: Mail) -> Reason:
    """The first reason that holds for a mail without suggestions.

    ``machine`` sent by a machine; ``quota`` its text waits for room; ``unread`` not read completely; ``own`` sent by
    us; ``muted`` its sender is muted; ``rejected`` people rejected before what it says; ``known`` it belongs to a
    record, which has all that was found; ``thin`` what was found is too little for a record; ``found`` nothing was
    found with enough certainty.
    """
    document, summary = mail.document, mail.summary
    if document["machine"]:
        return "machine"
    if document["text"] is None and waits_somewhere(session, summary.id):
        return "quota"
    if document["text"] is None or any(failure["stage"] != "source" for failure in document["failures"]):
        return "unread"
    if document["direction"] == "out":
        return "own"
    if summary.from_address in list_muted(session, reader):
        return "muted"
    if not document["contacts"] and not document["activities"]:
        return "found"
    if was_rejected(session, reader, summary.id, summary.thread_key, summary.from_address, document):
        return "rejected"
    return "known" if document["activities"] or records_of_mail(session, reader, summary.id) else "thin"
