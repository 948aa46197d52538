"""The audit log: who changed which setting, share, backup, or decided what."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict

from api.deps import Admin, Db
from api.problems import answers
from api.routes.pages import Cursor, Limit, PageOf
from pipeline.store.organisation.audit import AuditEntry, AuditFilter, list_actions
from pipeline.store.paging import decode_cursor, encode_cursor

router = APIRouter(prefix="/audit", tags=["users"])


class AuditLine(BaseModel):
    """One line of the log; ``subject`` is the id of what was acted upon, ``user_id`` null where nobody asked."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": 41, "user_id": "5f1c", "action": "role.change", "subject": "77aa", "detail": {},
                "at": "2026-03-10T00:12:05Z",
            }
        }
    )  # fmt: skip
    id: int
    user_id: str | None
    action: str
    subject: str
    detail: dict[str, Any]
    at: datetime

    @classmethod
    def of(cls, entry: AuditEntry) -> AuditLine:
        """The view of a line."""
        return cls.model_validate({name: getattr(entry, name) for name in cls.model_fields})


@router.get("", summary="Read the audit log", responses=answers(401, 403, 422))
def index(
    admin: Admin,
    db: Db,
    user_id: Annotated[str | None, Query(max_length=64)] = None,
    action: Annotated[str | None, Query(max_length=64, description="whole, or the part before its dot")] = None,
    subject: Annotated[str | None, Query(max_length=64)] = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> PageOf[AuditLine]:
    """Newest first, without any mail content. For any signed-in administrator, of their organisation."""
    before = decode_cursor(cursor, (int,))[0] if cursor is not None else None
    narrow = AuditFilter(user_id, action, subject, since, until)
    found = db.read(lambda s: list_actions(s, admin, limit=limit + 1, before=before, narrow=narrow))
    more = encode_cursor(found[limit - 1].id) if len(found) > limit else None
    return PageOf(items=[AuditLine.of(entry) for entry in found[:limit]], next_cursor=more)
