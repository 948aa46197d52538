"""ETags (RFC 9110 section 8.8): a change says which state it is of, and is refused where that is not the state now."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import Header, Response
from fastapi.exceptions import HTTPException
from pydantic import BaseModel

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=1000, description="The ETag of the state that you saw; 412 if gone."),
]
CHANGED = "This was changed since you loaded it; load it again."


def etag(view: BaseModel) -> str:
    """The strong ETag of a view: equal views have the same."""
    return f'"{hashlib.sha256(view.model_dump_json().encode()).hexdigest()[:32]}"'


def require(if_match: str | None, current: BaseModel) -> None:
    """Refuse a change to what is not as its caller saw it; without the header, or with ``*``, anything goes.

    Raises:
        HTTPException: 412.
    """
    if if_match is None or if_match.strip() == "*":
        return
    if etag(current) not in [tag.strip() for tag in if_match.split(",")]:
        raise HTTPException(412, CHANGED)


def put(response: Response, view: BaseModel) -> None:
    """Tell the caller the state of what is answered."""
    response.headers["etag"] = etag(view)
