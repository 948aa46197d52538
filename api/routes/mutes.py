"""People about whom nothing is suggested."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.deps import Db, Reader
from api.problems import answers
from pipeline.store.review.decisions import list_muted, unmute_person

router = APIRouter(prefix="/mutes", tags=["suggestions"])


class Mute(BaseModel):
    """A muted address."""

    address: str = Field(examples=["news@monozukuri.example"])


@router.get("", summary="List muted people", responses=answers(401))
def index(user: Reader, db: Db) -> list[Mute]:
    """Those the caller muted or may see mail of; a mute holds for everybody. For any signed-in user."""
    return [Mute(address=address) for address in db.run(lambda session: list_muted(session, user))]


@router.delete("/{address}", status_code=204, summary="Unmute a person", responses=answers(401, 403, 422))
def delete(user: Reader, address: str, db: Db) -> None:
    """Suggestions about this address appear again; a repeat changes nothing. For any signed-in user."""
    db.run(lambda session: unmute_person(session, user, address))
