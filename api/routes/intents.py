"""Intents made from example sentences: administrators make and try them, everybody may narrow lists by them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.deps import Admin, Db, Now, Reader
from api.problems import answers
from pipeline.classify.custom import FEWEST, LONGEST, MOST, PREFIX, CustomIntent
from pipeline.store.rules import custom_intents
from pipeline.store.rules.custom_intents import LONGEST_NAME, StoredIntent, Trial

router = APIRouter(prefix="/intents", tags=["intents"])
Sentence = Annotated[str, Field(min_length=1, max_length=LONGEST)]
_SHOWN = 50


class Examples(BaseModel):
    """Example sentences in English, Japanese or both, and sentences that look alike but do not mean it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "name": "解約",
                "examples": ["今月末で解約いたします。", "契約は更新しません。", "退会の手続きを教えてください。",
                             "サービスの利用を停止したいです。", "月額プランをやめたいと考えています。"],
                "counter_examples": ["契約の更新をお願いいたします。"],
            }
        },
    )  # fmt: skip
    examples: list[Sentence] = Field(
        min_length=FEWEST, max_length=2 * MOST, description=f"{FEWEST} to {MOST} in each language that is to work"
    )
    counter_examples: list[Sentence] = Field(default=[], max_length=2 * MOST)


class IntentIn(Examples):
    """An intent with its examples; one of the same name takes its place."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)


class InLanguage(BaseModel):
    """How an intent does in one language: judged on its own examples, and on ordinary sentences."""

    language: str
    examples: int
    found: int = Field(description="examples that the others would find")
    ordinary: int
    alarms: int = Field(description="ordinary sentences that would be taken for it")


class IntentName(BaseModel):
    """An intent by name, and its label in documents, lists and rules."""

    name: str
    label: str


class IntentOut(IntentName):
    """An intent; it works in the languages that are listed, in others not."""

    id: str
    examples: list[str]
    counter_examples: list[str]
    languages: list[InLanguage]
    created_at: datetime

    @classmethod
    def of(cls, intent: StoredIntent) -> IntentOut:
        """The view of an intent."""
        return cls(
            id=intent.id, name=intent.name, label=PREFIX + intent.name, examples=list(intent.examples),
            counter_examples=list(intent.counter_examples), created_at=intent.created_at,
            languages=languages(intent.custom),
        )  # fmt: skip


class Caught(BaseModel):
    """A mail that an intent would have caught, by these sentences."""

    mail_id: str
    sentences: list[str]


class TrialOut(BaseModel):
    """What would have been caught among the newest mails of the last month that the caller may see."""

    looked_at: int
    more: bool = Field(description="there was no time for all")
    would_catch: int
    caught: list[Caught] = Field(description=f"the newest {_SHOWN} of them")
    languages: list[InLanguage]

    @classmethod
    def of(cls, trial: Trial, intent: CustomIntent) -> TrialOut:
        """The view of a trial."""
        caught = [
            Caught(mail_id=hit.mail_id, sentences=[piece.text for piece in hit.evidence]) for hit in trial.hits[:_SHOWN]
        ]
        return cls(
            looked_at=trial.looked_at, more=trial.more, would_catch=len(trial.hits), caught=caught,
            languages=languages(intent),
        )  # fmt: skip


def languages(intent: CustomIntent) -> list[InLanguage]:
    """How it does in each language that it knows."""
    names = ("examples", "found", "ordinary", "alarms")
    return [
        InLanguage(language=language, **{name: getattr(fitted, name) for name in names})
        for language, fitted in intent.fitted.items()
    ]


@router.get("", summary="List custom intents", responses=answers(401, 403))
def index(admin: Admin, db: Db) -> list[IntentOut]:
    """By name, with their examples. For any signed-in administrator, of their organisation."""
    found = db.run(lambda session: custom_intents.list_intents(session, admin.organisation_id))
    return [IntentOut.of(intent) for intent in found]


@router.get("/names", summary="List the names of custom intents", responses=answers(401))
def names(user: Reader, db: Db) -> list[IntentName]:
    """The labels by which mail can be narrowed. For any signed-in user, of their organisation."""
    found = db.run(lambda session: custom_intents.labels(session, user.organisation_id))
    return [IntentName(name=name, label=PREFIX + name) for name in found]


@router.post("/try", summary="Try an intent", responses=answers(401, 403, 422))
def attempt(admin: Admin, db: Db, now: Now, given: Examples) -> TrialOut:
    """On the caller's visible mail of the last month; nothing is stored. For any signed-in administrator."""
    fitted = custom_intents.fit(given.examples, given.counter_examples)
    intent = CustomIntent("", fitted)
    return TrialOut.of(db.run(lambda session: custom_intents.try_intent(session, admin, intent, now)), intent)


@router.put("", summary="Save an intent", responses=answers(401, 403, 422))
def save(admin: Admin, db: Db, now: Now, given: IntentIn) -> IntentOut:
    """Mail that comes in from now on is labelled. For any signed-in administrator, of their organisation."""

    def work(session: Session) -> StoredIntent:
        return custom_intents.save_intent(
            session, admin.organisation_id, given.name, given.examples, given.counter_examples, now, admin.id
        )

    return IntentOut.of(db.run(work))


@router.delete("/{intent_id}", status_code=204, summary="Remove an intent", responses=answers(401, 403, 404))
def delete(admin: Admin, db: Db, now: Now, intent_id: str) -> None:
    """Its label goes from all mail. For any signed-in administrator, of their organisation."""
    db.run(lambda session: custom_intents.delete_intent(session, admin.organisation_id, intent_id, now, admin.id))
