"""A user's API tokens."""

from __future__ import annotations

from datetime import datetime, timedelta

from fastapi import APIRouter
from fastapi.exceptions import HTTPException
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.deps import Db, Now, Reader, SignedIn
from api.problems import answers
from pipeline.store.organisation import tokens
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.tokens import ApiToken, Scope

router = APIRouter(prefix="/tokens", tags=["tokens"])


class Token(BaseModel):
    """A token as it is listed, without its secret."""

    id: str
    name: str = Field(examples=["warehouse export"])
    scope: Scope
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None

    @classmethod
    def of(cls, token: ApiToken) -> Token:
        """The view of a token."""
        return cls.model_validate(token, from_attributes=True)


class NewToken(BaseModel):
    """What a token is for, what it may do, and for how long."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=100, examples=["warehouse export"])
    scope: Scope = Field("write", description="read changes nothing; admin does all that its user may.")
    days: int = Field(365, ge=1, le=3650, description="It expires after so many days.")


class MadeToken(Token):
    """A token with its secret, which is shown only now."""

    secret: str = Field(examples=["mi_9Jv…"])


@router.get("", summary="List my tokens", responses=answers(401))
def index(user: Reader, db: Db, now: Now) -> list[Token]:
    """Tokens in force, oldest first. For any signed-in user, their own."""
    return [Token.of(token) for token in db.run(lambda session: tokens.list_api_tokens(session, user.id, now))]


@router.post("", status_code=201, summary="Make a token", responses=answers(401, 403, 422))
def create(who: SignedIn, given: NewToken, db: Db, now: Now) -> MadeToken:
    """The secret is shown once. For any signed-in user; a token makes none that may more than itself."""
    if who.scope not in (None, "admin") and given.scope == "admin":
        raise HTTPException(403, "This token cannot make one that may more than itself.")
    until = now + timedelta(days=given.days)

    def work(session: Session) -> tuple[str, ApiToken]:
        made = tokens.create_api_token(session, who.user.id, given.name, now, scope=given.scope, expires_at=until)
        record_action(session, who.user.organisation_id, who.user.id, "token.create", made[1].id, now)
        return made

    secret, token = db.run(work)
    return MadeToken(**Token.of(token).model_dump(), secret=secret)


@router.delete("/{token_id}", status_code=204, summary="Revoke a token", responses=answers(401, 403, 404))
def delete(user: Reader, token_id: str, db: Db, now: Now) -> None:
    """It stops working at once. For any signed-in user, their own."""

    def work(session: Session) -> None:
        tokens.revoke_api_token(session, user.id, token_id, now)
        record_action(session, user.organisation_id, user.id, "token.revoke", token_id, now)

    db.run(work)
