"""Why a mail led to no suggestion, as a short stable reason."""

from __future__ import annotations

from typing import Literal, get_args

from sqlalchemy.orm import Session

from pipeline.store.mail.mails import Mail
from pipeline.store.organisation.people import User
from pipeline.store.review.decisions import list_muted

Reason = Literal["machine", "unread", "own", "muted", "known", "found"]
REASONS: tuple[Reason, ...] = get_args(Reason)


def why_nothing(session: Session, reader: User, mail: Mail) -> Reason:
    """The first reason that holds for a mail without suggestions.

    ``machine`` sent by a machine; ``unread`` not read completely; ``own`` sent by us; ``muted`` its sender is muted;
    ``known`` all that was found is known or was rejected; ``found`` nothing was found with enough certainty.
    """
    document = mail.document
    if document["machine"]:
        return "machine"
    if document["text"] is None or any(failure["stage"] != "source" for failure in document["failures"]):
        return "unread"
    if document["direction"] == "out":
        return "own"
    if mail.summary.from_address in list_muted(session, reader):
        return "muted"
    return "known" if document["contacts"] or document["activities"] else "found"
