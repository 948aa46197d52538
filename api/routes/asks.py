"""What somebody still owes, as a record's mail tells."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from api.deps import Db, Now, Reader
from api.problems import answers
from pipeline.core.asks import OpenAsk
from pipeline.store.crm.record_insights import close_ask, list_record_asks

router = APIRouter(prefix="/records/{record_id}/asks", tags=["records"])


class AskOut(BaseModel):
    """A question, request or promise that nothing has closed yet."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "ask:5d1e", "mail_id": "9b1f6c", "kind": "promise", "text": "見積書は金曜までにお送りします。",
                "owing": "them", "since": "2026-03-09T01:00:00Z", "due": "2026-03-13", "overdue": False,
            }
        }
    )  # fmt: skip
    id: str
    mail_id: str
    kind: Literal["question", "request", "promise"]
    text: str = Field(description="the sentence of the mail, of a very long one the beginning")
    owing: Literal["us", "them"] = Field(description="the side that has to act")
    since: datetime
    due: datetime | date | None
    overdue: bool = Field(description="by the caller's own calendar")

    @classmethod
    def of(cls, ask: OpenAsk, now: datetime) -> AskOut:
        """The view of an open ask."""
        told = {name: getattr(ask, name) for name in ("id", "mail_id", "kind", "text", "owing", "since", "due")}
        return cls(**told, overdue=ask.is_overdue(now))


@router.get("", summary="Who owes what by when", responses=answers(401, 404))
def index(user: Reader, db: Db, now: Now, record_id: str) -> list[AskOut]:
    """What is due first, then the oldest; an account's with its contacts'.

    A question or request is closed by the other side's next mail of the thread, a promise by a mail of its maker that
    brings something. What the caller closed, and what became a task, is left out; so is mail they may not see.
    For any signed-in user who has access to the record; else 404.
    """
    here = now.astimezone(ZoneInfo(user.timezone))
    return [AskOut.of(ask, here) for ask in db.read(lambda session: list_record_asks(session, user, record_id, now))]


@router.post("/{ask_id}/close", status_code=204, summary="Close an open ask", responses=answers(401, 403, 404, 422))
def close(user: Reader, db: Db, now: Now, record_id: str, ask_id: Annotated[str, Path(max_length=100)]) -> None:
    """It is not shown to the caller again; others still see it. A repeat changes nothing.

    For any signed-in user who sees the ask; else 404.
    """
    db.run(lambda session: close_ask(session, user, record_id, ask_id, now))
