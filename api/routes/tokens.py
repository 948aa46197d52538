"""A user's API tokens."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.deps import Db, Now, Reader
from api.problems import answers
from pipeline.store import tokens
from pipeline.store.tokens import ApiToken

router = APIRouter(prefix="/tokens", tags=["tokens"])


class Token(BaseModel):
    """A token as it is listed, without its secret."""

    id: str
    name: str = Field(examples=["warehouse export"])
    created_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, token: ApiToken) -> Token:
        """The view of a token."""
        return cls(id=token.id, name=token.name, created_at=token.created_at, last_used_at=token.last_used_at)


class NewToken(BaseModel):
    """What a token is for."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=100, examples=["warehouse export"])


class MadeToken(Token):
    """A token with its secret, which is shown only now."""

    secret: str = Field(examples=["mi_9Jv…"])


@router.get("", summary="List my tokens", responses=answers(401))
def index(user: Reader, db: Db) -> list[Token]:
    """Tokens in force, oldest first. For any signed-in user, their own."""
    return [Token.of(token) for token in db.run(lambda session: tokens.list_api_tokens(session, user.id))]


@router.post("", status_code=201, summary="Make a token", responses=answers(401, 403, 422))
def create(user: Reader, given: NewToken, db: Db, now: Now) -> MadeToken:
    """The secret is shown once. For any signed-in user."""
    secret, token = db.run(lambda session: tokens.create_api_token(session, user.id, given.name, now))
    return MadeToken(**Token.of(token).model_dump(), secret=secret)


@router.delete("/{token_id}", status_code=204, summary="Revoke a token", responses=answers(401, 403, 404))
def delete(user: Reader, token_id: str, db: Db, now: Now) -> None:
    """It stops working at once. For any signed-in user, their own."""
    db.run(lambda session: tokens.revoke_api_token(session, user.id, token_id, now))
