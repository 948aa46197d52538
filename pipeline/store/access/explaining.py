"""Which branch of the sharing rule decided about a mail, for the reader themselves or for an admin."""

from __future__ import annotations

from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.core.share import Verdict
from pipeline.store.access.visibility import why
from pipeline.store.organisation.people import User, get_user


def explain(
    session: Session, asker: User, mail_id: str, user_id: str | None = None, record_id: str | None = None
) -> Verdict:
    """The verdict on a mail for the asker, or for a colleague where an admin asks.

    Nobody learns of a mail that they may not see: who asks about themselves gets an answer only where it is yes. An
    admin does, for they set the rule; of the mail they learn nothing but its verdict.

    Raises: errors.NotAllowed where somebody else asks about a colleague; errors.NotFound.
    """
    if user_id in (None, asker.id):
        verdict = why(session, asker, mail_id, record_id=record_id)
        if verdict is None or not (verdict.allowed or asker.is_admin) or verdict.branch == "other_organisation":
            raise errors.NotFound("There is no such mail among those you may see.")
        return verdict
    if not asker.is_admin:
        raise errors.NotAllowed("Only an administrator may ask what somebody else sees.")
    reader = get_user(session, user_id or "")
    verdict = why(session, reader, mail_id, record_id=record_id)
    foreign = why(session, asker, mail_id)
    if reader.organisation_id != asker.organisation_id or foreign is None or foreign.branch == "other_organisation":
        raise errors.NotFound("There is no such mail or user.")
    assert verdict is not None
    return verdict
