"""Meetings, calls and tasks that people accepted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict

from api.deps import Db, Reader
from api.problems import answers
from pipeline.deliver.calendar import to_ical
from pipeline.records import ActivityKind, ActivityStatus
from pipeline.store.crm.activities import StoredActivity, get_activity, list_activities

router = APIRouter(prefix="/activities", tags=["activities"])


class SlotOut(BaseModel):
    """A candidate time; plain dates where it lasts all day."""

    start: datetime | date
    end: datetime | date | None
    all_day: bool
    approx: bool


class ActivityOut(BaseModel):
    """An accepted meeting, call or task, with the mail that it came from."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "example": {
                "id": "a7c1", "kind": "meeting", "status": "proposed", "title": "検査ソフト導入の打ち合わせ",
                "slots": [{"start": "2026-03-10T15:00:00+09:00", "end": "2026-03-10T15:30:00+09:00", "all_day": False,
                           "approx": False}],
                "due": None, "owner": None, "location": "3階会議室", "online_url": None,
                "meeting_id": None, "passcode": None, "participants": [],
                "starts_at": "2026-03-10T06:00:00Z", "person": "m.takahashi@kita-seiki.example", "mail_id": "9b1f6c",
                "created_at": "2026-03-09T01:00:00Z",
            }
        },
    )  # fmt: skip
    id: str
    kind: ActivityKind
    status: ActivityStatus
    title: str
    slots: list[SlotOut]
    due: datetime | date | None
    owner: str | None
    location: str | None
    online_url: str | None
    meeting_id: str | None
    passcode: str | None
    participants: list[str]
    starts_at: datetime | None
    person: str | None
    mail_id: str
    created_at: datetime

    @classmethod
    def of(cls, activity: StoredActivity) -> ActivityOut:
        """The view of an activity."""
        return cls.model_validate(activity, from_attributes=True)


@router.get("", summary="List meetings, calls and tasks", responses=answers(401, 422))
def index(
    user: Reader,
    db: Db,
    kind: ActivityKind | None = None,
    since: Annotated[AwareDatetime | None, Query(description="only those that start then or later")] = None,
    record_id: Annotated[
        str | None, Query(max_length=64, description="with this person, the contacts of this account, in this deal")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> list[ActivityOut]:
    """By time; only those whose mail the caller may see. For any signed-in user."""
    narrow = {"kind": kind, "since": since, "record_id": record_id}
    found = db.read(lambda session: list_activities(session, user, limit=limit, **narrow))  # type: ignore[arg-type]
    return [ActivityOut.of(activity) for activity in found]


@router.get("/{activity_id}", summary="Show one", responses=answers(401, 404))
def show(user: Reader, db: Db, activity_id: str) -> ActivityOut:
    """For any signed-in user who may see its mail; else 404."""
    return ActivityOut.of(db.read(lambda session: get_activity(session, user, activity_id)))


@router.get(
    "/{activity_id}/calendar",
    summary="Show one as a calendar file",
    response_class=Response,
    responses=answers(401, 404, 409) | {200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}},
)
def calendar(user: Reader, db: Db, activity_id: str) -> Response:
    """iCalendar, in the caller's time zone; 409 without a time. For any signed-in user who may see its mail."""
    activity = db.read(lambda session: get_activity(session, user, activity_id))
    return Response(
        to_ical(activity, ZoneInfo(user.timezone)),
        media_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="activity.ics"'},
    )
