"""A filter in plain words, in both languages (``filters_*.json``), and files of filters whatever made them."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Literal

from pipeline import errors
from pipeline.accounts.filters_gmail import read_gmail
from pipeline.accounts.filters_zoho import read_zoho
from pipeline.core.filters import Condition, Filter, Group

Origin = Literal["gmail", "zoho"]


def read_filters(content: bytes | str) -> tuple[Origin, tuple[Filter, ...]]:
    """The filters of a file: Gmail's export, or rules as Zoho Mail shows them.

    Raises: errors.UsageError where it is neither.
    """
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content.removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise errors.UsageError("This file is not written in UTF-8.") from None
    if text.lstrip().startswith("<"):
        return "gmail", read_gmail(text)
    return "zoho", read_zoho(text)


def when(condition: Condition, language: str) -> str:
    """The conditions in words."""
    words = _words(language)
    if not isinstance(condition, Group):
        field = words["fields"][condition.field]
        return words["operators"][condition.operator].format(field=field, value=condition.value)
    if not condition.parts:
        return words["groups"]["empty"]
    if condition.match == "none":
        parts = words["groups"]["any"].join(when(part, language) for part in condition.parts)
        return words["groups"]["none"].format(parts=parts)
    told = [when(part, language) for part in condition.parts]
    if len(told) == 1:
        return told[0]
    return words["groups"][condition.match].join(
        f"({text})" if isinstance(part, Group) and part.match != "none" and len(part.parts) > 1 else text
        for part, text in zip(condition.parts, told, strict=True)
    )


def then(filter_: Filter, language: str) -> list[str]:
    """What is done, in words."""
    return [_words(language)["actions"][each.kind].format(value=each.value) for each in filter_.actions]


def left_out(filter_: Filter, language: str) -> list[str]:
    """What could not be translated, in words."""
    return [_words(language)["left_out"][each.code].format(detail=each.detail) for each in filter_.left_out]


@cache
def _words(language: str) -> dict[str, dict[str, str]]:
    name = f"filters_{'ja' if language == 'ja' else 'en'}.json"
    found: dict[str, dict[str, str]] = json.loads(
        resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    )
    return found
