"""Whether the service lives and whether it can work."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from fastapi.exceptions import HTTPException
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from api.deps import Anyone, Db
from api.problems import answers

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The service answers."""

    status: Literal["ok"] = "ok"


@router.get("/health", summary="The process lives")
def health(_: Anyone) -> Health:
    """For a supervisor: restarts help where this does not answer. Open to all."""
    return Health()


@router.get("/ready", summary="The database answers", responses=answers(503))
def ready(_: Anyone, db: Db) -> Health:
    """For a load balancer: send nothing here where this is 503. Open to all."""
    try:
        db.run(lambda session: session.execute(text("SELECT 1")))
    except SQLAlchemyError:
        raise HTTPException(503, "The database does not answer.") from None
    return Health()
