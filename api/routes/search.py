"""Full-text search over the mail that the caller may see."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.deps import Db, Reader
from api.problems import answers
from api.routes.mails import MailLine
from api.routes.pages import AnyIntent, Cursor, Limit, PageOf
from pipeline.core.search import Snippet
from pipeline.records import SentimentLabel
from pipeline.store.mail.facets import count_facets
from pipeline.store.mail.mails import MailSummary, search_mails
from pipeline.store.mail.narrowing import MailFilter

router = APIRouter(tags=["mails"])
Question = Annotated[
    str,
    Query(min_length=1, max_length=200, description="words that a mail must hold all of", examples=["見積書 北精機"]),
]
Language = Annotated[str | None, Query(max_length=8, examples=["ja"])]
RecordId = Annotated[str | None, Query(max_length=64)]


class Mark(BaseModel):
    """A half-open range of code points in the snippet."""

    start: int
    end: int


class Hit(MailLine):
    """A mail that was found, and the place where it holds the words."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "9b1f6c", "date": "2026-03-10T00:12:00Z", "subject": "お見積りの件", "from_name": "高橋 美咲",
                "from_address": "m.takahashi@kita-seiki.example", "language": "ja", "machine": None,
                "intents": ["request"], "sentiment": "neutral", "emotion": "neutral", "gist": "お見積りです。",
                "attachment_count": 0, "thread": "4c0d91", "thread_by": "references",
                "snippet": "12台分のお見積りをお願いいたします。", "marks": [{"start": 6, "end": 8}],
            }
        }
    )  # fmt: skip
    snippet: str
    marks: list[Mark]

    @classmethod
    def found(cls, mail: MailSummary, where: Snippet) -> Hit:
        """The view of a mail that was found."""
        marks = [Mark(start=start, end=end) for start, end in where.marks]
        return cls(**MailLine.of(mail).model_dump(), snippet=where.text, marks=marks)


class FacetsOut(BaseModel):
    """How many mails there are, and how many by value of each facet; ``mailbox`` are the caller's own.

    Counted are the newest 1,000; ``more`` tells that there are more.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "total": 12,
                "more": False,
                "counts": {"language": {"en": 5, "ja": 7}, "intent": {"request": 4}},
            }
        }
    )
    total: int
    more: bool
    counts: dict[str, dict[str, int]] = Field(description="by facet, then by value")


@router.get("/search", summary="Search mail", responses=answers(401, 422))
def search(
    user: Reader,
    db: Db,
    q: Question,
    limit: Limit = 20,
    cursor: Cursor = None,
    language: Language = None,
    intent: AnyIntent | None = None,
    sentiment: SentimentLabel | None = None,
    record_id: RecordId = None,
) -> PageOf[Hit]:
    """Newest first. Looks into subject, people, names of attachments and text, in every language.

    Japanese is found by any piece of a word, other scripts by the beginning of each word. For any signed-in user, only
    what they may see.
    """
    narrow = MailFilter(language=language, intent=intent, sentiment=sentiment, record_id=record_id)
    found = db.read(lambda s: search_mails(s, user, q, limit=limit, cursor=cursor, narrow=narrow))
    return PageOf(items=[Hit.found(mail, where) for mail, where in found.items], next_cursor=found.next_cursor)


@router.get("/facets", summary="Count mail", responses=answers(401, 422))
def facets(
    user: Reader,
    db: Db,
    q: Annotated[str | None, Query(max_length=200, description="as in a search; left out: all mail")] = None,
    language: Language = None,
    intent: AnyIntent | None = None,
    sentiment: SentimentLabel | None = None,
    record_id: RecordId = None,
) -> FacetsOut:
    """By language, machine kind, sentiment, intent and own mailbox. For any signed-in user, only what they may see."""
    narrow = MailFilter(language=language, intent=intent, sentiment=sentiment, record_id=record_id, text=q or None)
    counted = db.read(lambda s: count_facets(s, user, narrow))
    counts: Any = {name: dict(values) for name, values in counted.counts.items()}
    return FacetsOut(total=counted.total, more=counted.more, counts=counts)
