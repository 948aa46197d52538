"""Suggestions: the queue, one of them, and what a person decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.deps import Db, Now, Reader
from api.problems import answers
from api.routes.pages import Cursor, Limit, PageOf
from pipeline.core.review import Action, State
from pipeline.records import PhoneType, RecordKind, SuggestionKind
from pipeline.store.access.widening import wider_fields
from pipeline.store.crm.activities import StoredActivity
from pipeline.store.crm.conflicts import find_conflicts
from pipeline.store.crm.record_writing import FieldValue
from pipeline.store.review import decisions
from pipeline.store.review.decision_log import Decision
from pipeline.store.review.suggestion_json import to_json
from pipeline.store.review.suggestions import SuggestionView, get_suggestion, list_queue, list_suggestions

router = APIRouter(tags=["suggestions"])
_DECIDING = answers(401, 403, 404, 409, 422)


class Field_(BaseModel):
    """One proposed value: new, old, how sure, and where in the mail's text it stands.

    Of a ``deal`` to link the value is the id of its record; of several the likeliest comes first.
    """

    name: str
    value: str
    old: str | None
    score: float | None
    start: int | None
    end: int | None
    rule: str
    type: PhoneType | None
    extension: str | None


class Evidence_(BaseModel):
    """A copied piece of the mail's text."""

    start: int
    end: int
    text: str


class Conflict(BaseModel):
    """A meeting or call that the caller accepted, at a time of the proposed one."""

    id: str
    title: str
    starts_at: datetime | None


class SuggestionOut(BaseModel):
    """Something to accept, edit, reject or put off; ``version`` goes back with the decision."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "c1d2", "kind": "create_contact", "state": "pending", "version": 1, "title": "高橋 美咲",
                "score": 0.97, "person": "m.takahashi@kita-seiki.example", "record_kind": "contact", "record_id": None,
                "fields": [{"name": "full_name", "value": "高橋 美咲", "old": None, "score": 0.99, "start": 120,
                            "end": 125, "rule": "signature.name", "type": None, "extension": None}],
                "evidence": [], "activity": None, "duplicates": [], "mail_id": "9b1f6c",
                "created_at": "2026-03-10T00:12:05Z", "expires_at": "2026-04-09T00:12:05Z", "snoozed_until": None,
                "wider": ["full_name"], "conflicts": [],
            }
        }
    )  # fmt: skip
    id: str
    kind: SuggestionKind
    state: State
    version: int
    title: str
    score: float
    person: str | None
    record_kind: RecordKind | None
    record_id: str | None
    fields: list[Field_]
    evidence: list[Evidence_]
    activity: dict[str, Any] | None = Field(description="A meeting, call or task as in docs/output.md.")
    duplicates: list[str] = Field(description="Records that may be the same person.")
    mail_id: str
    created_at: datetime
    expires_at: datetime
    snoozed_until: datetime | None
    wider: list[str] = Field(description="Names of values that more people could see, once accepted, than the mail.")
    conflicts: list[Conflict] = Field(description="What the caller accepted for the same time; empty in lists.")

    @classmethod
    def of(
        cls, stored: SuggestionView, wider: Sequence[str] = (), conflicts: Sequence[StoredActivity] = ()
    ) -> SuggestionOut:
        """The view of a suggestion."""
        own = ("state", "version", "mail_id", "created_at", "expires_at", "snoozed_until")
        more = {name: getattr(stored, name) for name in own} | {"wider": list(wider)}
        more["conflicts"] = [{"id": one.id, "title": one.title, "starts_at": one.starts_at} for one in conflicts]
        return cls.model_validate(to_json(stored.suggestion) | more)


class Shown(BaseModel):
    """The version that was shown; left out, the newest counts."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"version": 1}})
    version: int | None = Field(None, ge=1)


class Value(BaseModel):
    """A value as a person typed it."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=40)
    value: str = Field(max_length=2000)
    type: PhoneType | None = None
    extension: str | None = Field(None, max_length=20)


class Edited(Shown):
    """All values to accept, in place of the proposed ones; for a meeting, call or task only those that change.

    To link another deal than the likeliest, name it: ``{"name": "deal", "value": ID}``, one of those proposed.
    Times are ISO 8601, with an offset where they are not whole days.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"version": 1, "fields": [{"name": "full_name", "value": "高橋 美咲"}]}},
    )
    fields: list[Value] = Field(max_length=60)


class Snoozed(Shown):
    """Until when."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"version": 1, "until": "2026-03-11T08:00:00+09:00"}}
    )
    until: AwareDatetime


class Undoing(BaseModel):
    """Which decision; left out, the caller's last one."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"decision_id": 17}})
    decision_id: int | None = Field(None, ge=1, le=2**62)


class DecisionOut(BaseModel):
    """What was decided; ``repeated`` where the same had been decided before and nothing was done now."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": 17, "suggestion_id": "c1d2", "action": "accept", "before": "pending", "after": "accepted",
                "target_id": "5f1c", "undoes": None, "at": "2026-03-10T00:13:00Z", "repeated": False,
            }
        }
    )  # fmt: skip
    id: int
    suggestion_id: str
    action: Action
    before: State
    after: State
    target_id: str | None = Field(description="The record or activity that was created or changed.")
    undoes: int | None
    at: datetime
    repeated: bool

    @classmethod
    def of(cls, made: Decision) -> DecisionOut:
        """The view of a decision."""
        return cls.model_validate({name: getattr(made, name) for name in cls.model_fields})


@router.get("/suggestions", summary="The queue, or suggestions in a state", responses=answers(401, 422))
def index(
    user: Reader,
    db: Db,
    now: Now,
    state: Annotated[State | None, Query(description="left out: what awaits the caller")] = None,
    mail_id: Annotated[str | None, Query(max_length=64)] = None,
    record_id: Annotated[str | None, Query(max_length=64)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> PageOf[SuggestionOut]:
    """Most valuable first; only those whose mail the caller may see. For any signed-in user."""

    def read(session: Session) -> PageOf[SuggestionOut]:
        if state is None and mail_id is None and record_id is None:
            found = list_queue(session, user, now, limit=limit, cursor=cursor)
        else:
            found = list_suggestions(
                session, user, now, state=state, mail_id=mail_id, record_id=record_id, limit=limit, cursor=cursor
            )
        wider = wider_fields(session, user, found.items)
        items = [SuggestionOut.of(one, wider.get(one.id, ())) for one in found.items]
        return PageOf(items=items, next_cursor=found.next_cursor)

    return db.read(read)


@router.get("/suggestions/{suggestion_id}", summary="Show a suggestion", responses=answers(401, 404))
def show(user: Reader, db: Db, now: Now, suggestion_id: str) -> SuggestionOut:
    """In whatever state. For any signed-in user who may see its mail; else 404."""

    def read(session: Session) -> SuggestionOut:
        found = get_suggestion(session, user, suggestion_id, now)
        wider = wider_fields(session, user, [found]).get(found.id, ())
        return SuggestionOut.of(found, wider, find_conflicts(session, user, found.suggestion))

    return db.read(read)


@router.post("/suggestions/{suggestion_id}/accept", summary="Accept as proposed", responses=_DECIDING)
def accept(user: Reader, db: Db, now: Now, suggestion_id: str, given: Shown) -> DecisionOut:
    """A repeat changes nothing; 409 where it was decided otherwise. For any signed-in user who may see it."""
    return DecisionOut.of(
        db.run(lambda session: decisions.accept(session, user, suggestion_id, now, version=given.version))
    )


@router.post("/suggestions/{suggestion_id}/edit", summary="Accept with changes", responses=_DECIDING)
def edit(user: Reader, db: Db, now: Now, suggestion_id: str, given: Edited) -> DecisionOut:
    """What is left out or replaced is remembered as rejected, deals excepted. For any signed-in user who may see it."""
    values = [FieldValue(one.name, one.value, one.type, one.extension) for one in given.fields]
    return DecisionOut.of(
        db.run(lambda s: decisions.accept(s, user, suggestion_id, now, version=given.version, values=values))
    )


@router.post("/suggestions/{suggestion_id}/reject", summary="Reject", responses=_DECIDING)
def reject(user: Reader, db: Db, now: Now, suggestion_id: str, given: Shown) -> DecisionOut:
    """Remembered for all: the same value is not proposed again. For any signed-in user who may see it."""
    return DecisionOut.of(
        db.run(lambda session: decisions.reject(session, user, suggestion_id, now, version=given.version))
    )


@router.post("/suggestions/{suggestion_id}/snooze", summary="Put off", responses=_DECIDING)
def snooze(user: Reader, db: Db, now: Now, suggestion_id: str, given: Snoozed) -> DecisionOut:
    """Hidden from the caller until then; others still see it. For any signed-in user who may see it."""
    return DecisionOut.of(
        db.run(lambda s: decisions.snooze(s, user, suggestion_id, given.until, now, version=given.version))
    )


@router.post("/suggestions/{suggestion_id}/mute", summary="Mute its person", responses=_DECIDING)
def mute(user: Reader, db: Db, now: Now, suggestion_id: str, given: Shown) -> DecisionOut:
    """Nothing is suggested about this address any more. For any signed-in user who may see it."""
    return DecisionOut.of(
        db.run(lambda session: decisions.mute_person(session, user, suggestion_id, now, version=given.version))
    )


@router.post("/undo", summary="Take a decision back", responses=_DECIDING)
def undo(user: Reader, db: Db, now: Now, given: Undoing) -> DecisionOut:
    """Everything is as before it; 409 where something was built upon it since. For any signed-in user, their own."""
    return DecisionOut.of(db.run(lambda session: decisions.undo(session, user, now, decision_id=given.decision_id)))
