"""Lists as pages: how they are asked for and what they answer."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from pipeline.records import IntentLabel

Item = TypeVar("Item")

Limit = Annotated[int, Query(ge=1, le=200, description="Most items of one page.")]
AnyIntent = IntentLabel | Annotated[str, Field(pattern=r"^custom:.{1,40}$", description="a custom one")]
Cursor = Annotated[str | None, Query(max_length=1000, description="next_cursor of the page before.")]


class PageOf(BaseModel, Generic[Item]):
    """Some items in the order of the list; ``next_cursor`` is null at its end."""

    items: list[Item]
    next_cursor: str | None = Field(examples=["WyIyMDI2LTAzLTEwIiwiM2YiXQ"])
