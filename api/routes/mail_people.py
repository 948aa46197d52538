"""Mail that was taken for a machine's and that a person wrote: said by one call, and taken back by another."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session

from api.deps import Database, Db, Now, Reader
from api.problems import answers
from api.routes.mails import MailLine
from pipeline.store.mail.mails import get_mail
from pipeline.store.organisation.people import User
from pipeline.store.review import person_mails

router = APIRouter(prefix="/mails", tags=["mails"])


@router.put("/{mail_id}/person", summary="A person wrote this mail", responses=answers(401, 403, 404, 422))
def say(request: Request, user: Reader, db: Db, now: Now, mail_id: str) -> MailLine:
    """It is read again as a person's, and so is what its sender sends from now on; newsletters and notices, that is.

    For any signed-in user who may see the mail; else 404. 422 where it counts as a person's already; a repeat changes
    nothing.
    """
    db.run(lambda session: person_mails.say_person(session, user, mail_id, now))
    return _read_again(request, user, db, mail_id)


@router.delete("/{mail_id}/person", summary="A machine wrote it after all", responses=answers(401, 403, 404))
def take_back(request: Request, user: Reader, db: Db, now: Now, mail_id: str) -> MailLine:
    """What the rules say holds again, for this mail and its sender; open suggestions of it go.

    For any signed-in user who may see the mail; else 404, and where nobody said so.
    """
    db.run(lambda session: person_mails.forget_person(session, user, mail_id, now))
    return _read_again(request, user, db, mail_id)


def _read_again(request: Request, user: User, db: Database, mail_id: str) -> MailLine:
    from pipeline.batch.rescoring import Rescorer  # what reading needs, which no other route does

    Rescorer(db.factory, request.app.state.settings.max_mail_bytes, lambda: datetime.now(UTC)).read_again(mail_id)

    def look(session: Session) -> MailLine:
        return MailLine.of(get_mail(session, user, mail_id).summary)

    return db.run(look)
