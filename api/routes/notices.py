"""What the caller is told: storage thresholds, and rules that ask for attention."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict

from api.deps import Db, Now, Reader
from api.problems import answers
from api.routes.pages import Cursor, Limit, PageOf
from pipeline.store.organisation.notices import Notice, list_notices, mark_read
from pipeline.store.paging import decode_cursor, encode_cursor

router = APIRouter(prefix="/notices", tags=["notices"])


class NoticeOut(BaseModel):
    """A notice; ``mail_id`` is the mail that it is about."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": 3, "kind": "quota.threshold", "mail_id": None,
                "detail": {"threshold": 80, "used_bytes": 81604378624, "limit_bytes": 102005473280},
                "at": "2026-03-10T00:12:05Z", "read_at": None,
            }
        }
    )  # fmt: skip
    id: int
    kind: str
    mail_id: str | None
    detail: dict[str, Any]
    at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, notice: Notice) -> NoticeOut:
        """The view of a notice."""
        return cls.model_validate({name: getattr(notice, name) for name in cls.model_fields})


@router.get("", summary="List my notices", responses=answers(401, 422))
def index(user: Reader, db: Db, unread: bool = False, limit: Limit = 50, cursor: Cursor = None) -> PageOf[NoticeOut]:
    """Newest first. For any signed-in user, their own."""
    before = decode_cursor(cursor, (int,))[0] if cursor is not None else None
    found = db.read(lambda session: list_notices(session, user, unread=unread, limit=limit + 1, before=before))
    more = encode_cursor(found[limit - 1].id) if len(found) > limit else None
    return PageOf(items=[NoticeOut.of(notice) for notice in found[:limit]], next_cursor=more)


@router.post(
    "/{notice_id}/read", status_code=204, summary="Mark a notice as read", responses=answers(401, 403, 404, 422)
)
def read(user: Reader, db: Db, now: Now, notice_id: Annotated[int, Path(ge=1, le=2**31 - 1)]) -> None:
    """A repeat changes nothing. For any signed-in user, their own."""
    db.run(lambda session: mark_read(session, user, notice_id, now))
