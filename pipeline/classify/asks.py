"""What a mail asks, promises and delivers, from its insight document."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from pipeline.core.asks import Ask, AskKind
from pipeline.records import Attachment

_LONGEST = 300  # characters of a sentence that are kept
_LOGO_BYTES = 50_000  # a smaller picture belongs to a signature
_NO_FILES = (
    "text/calendar",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
)
_ASKING: Mapping[str, AskKind] = {"question": "question", "request": "request"}

Span = tuple[int, int]


def mail_asks(document: Mapping[str, Any], *, brings_file: bool) -> tuple[Ask, ...]:
    """Questions, requests and promises with their days, each sentence once, and what is delivered.

    A machine asks nothing. ``brings_file`` tells whether somebody attached a file.
    """
    if document.get("machine"):
        return ()
    tasks = [one for one in document.get("activities") or () if one["kind"] == "task"]
    promised = [one for one in tasks if one.get("owner") == "sender" and one["evidence"]]
    asks = [*_intents(document, tasks), *_promises(promised)]
    told = {(ask.kind, ask.text): ask for ask in asks}
    delivery = _delivery(document, promised) or ("" if brings_file else None)
    return (*told.values(), *(() if delivery is None else (Ask("delivery", delivery),)))


def brings_file(attachments: Iterable[Attachment]) -> bool:
    """Whether a file is among them that somebody attached: no invitation, no signature, no logo."""
    return any(
        one.content_type not in _NO_FILES
        and not (one.content_type.startswith("image/") and one.size_bytes < _LOGO_BYTES)
        for one in attachments
    )


def _intents(document: Mapping[str, Any], tasks: Sequence[Mapping[str, Any]]) -> Iterator[Ask]:
    """One ask a sentence: one that is both question and request is what the mail is more surely."""
    spans: set[Span] = set()
    for intent in document.get("intents") or ():
        kind = _ASKING.get(intent["label"])
        for piece in intent["evidence"] if kind else ():
            span = (piece["start"], piece["end"])
            if kind and span not in spans:
                spans.add(span)
                yield Ask(kind, piece["text"][:_LONGEST], _due(span, tasks))


def _promises(promised: Iterable[Mapping[str, Any]]) -> Iterator[Ask]:
    for task in promised:
        yield Ask("promise", task["evidence"][0]["text"][:_LONGEST], _moment(task.get("due")))


def _due(span: Span, tasks: Iterable[Mapping[str, Any]]) -> date | None:
    """The day of the task that the same sentence asks for."""
    for task in tasks:
        if task.get("owner") != "sender" and any(p["start"] < span[1] and span[0] < p["end"] for p in task["evidence"]):
            return _moment(task.get("due"))
    return None


def _moment(text: str | None) -> date | None:
    if not text:
        return None
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _delivery(document: Mapping[str, Any], promised: Iterable[Mapping[str, Any]]) -> str | None:
    """The words that deliver, outside of what the mail itself promises."""
    text = document.get("text") or ""
    body = "\n".join(text[s["start"] : s["end"]] for s in document.get("segments") or () if s["zone"] == "body")
    for task in promised:
        body = body.replace(task["evidence"][0]["text"], "\n")
    plain = body.casefold()
    return next((words for words in _words() if words in plain), None)


@cache
def _words() -> tuple[str, ...]:
    told = tomllib.loads((files("pipeline.classify") / "delivered.toml").read_text(encoding="utf-8"))
    return tuple(word.casefold() for words in told.values() for word in words)
