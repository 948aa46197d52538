"""What a document asks, promises and delivers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline.classify.asks import brings_file, mail_asks
from pipeline.core.asks import Ask
from pipeline.records import Attachment

ASKS, WILL = "Could you send the plan by Friday?", "I'll send the list tomorrow."
TEXT = f"{ASKS}\n{WILL}\nHere is the price sheet.\n"


def piece(text: str) -> dict[str, Any]:
    start = TEXT.index(text)
    return {"start": start, "end": start + len(text), "text": text}


def document(**changes: Any) -> dict[str, Any]:
    told = {
        "machine": None,
        "text": TEXT,
        "segments": [{"zone": "body", "start": 0, "end": len(TEXT), "language": "en"}],
        "intents": [
            {"label": "request", "score": 0.9, "evidence": [piece(ASKS)]},
            {"label": "question", "score": 0.6, "evidence": [piece(ASKS)]},
            {"label": "complaint", "score": 0.5, "evidence": [piece(WILL)]},
        ],
        "activities": [
            {"kind": "task", "owner": "recipient", "due": "2026-03-13", "evidence": [piece(ASKS)]},
            {"kind": "task", "owner": "sender", "due": "2026-03-11", "evidence": [piece(WILL)]},
            {"kind": "meeting", "owner": None, "due": None, "evidence": [piece(WILL)]},
        ],
    }
    return told | changes


def test_each_sentence_is_one_ask_with_its_day() -> None:
    assert mail_asks(document(), brings_file=False) == (
        Ask("request", ASKS, date(2026, 3, 13)),
        Ask("promise", WILL, date(2026, 3, 11)),
        Ask("delivery", "here is the"),
    )


def test_a_machine_asks_nothing_and_a_mail_without_its_text_still_asks() -> None:
    assert mail_asks(document(machine="newsletter"), brings_file=True) == ()
    found = mail_asks(document(text=None, segments=[]), brings_file=True)
    assert [ask.kind for ask in found] == ["request", "promise", "delivery"]
    assert len(mail_asks(document(text=None, segments=[]), brings_file=False)) == 2


@pytest.mark.parametrize(
    ("words", "brings"),
    [
        ("お約束の見積書です。", True),
        ("契約書を添付いたしました。", True),
        ("明日お送りします。", False),
        ("As promised, the figures.", True),
        ("We will attach it later.", False),
    ],
)
def test_words_that_deliver(words: str, brings: bool) -> None:
    body = [{"zone": "body", "start": 0, "end": len(words), "language": "ja"}]
    found = mail_asks(document(text=words, segments=body, intents=[], activities=[]), brings_file=False)
    assert bool(found) is brings
    quoted = [body[0] | {"zone": "quote"}]
    assert mail_asks(document(text=words, segments=quoted, intents=[], activities=[]), brings_file=False) == ()


def test_what_a_mail_promises_itself_delivers_nothing() -> None:
    words = "The plan, as promised, will follow tomorrow."
    task = {
        "kind": "task",
        "owner": "sender",
        "due": None,
        "evidence": [{"start": 0, "end": len(words), "text": words}],
    }
    body = [{"zone": "body", "start": 0, "end": len(words), "language": "en"}]
    found = mail_asks(document(text=words, segments=body, intents=[], activities=[task]), brings_file=False)
    assert found == (Ask("promise", words),)


@pytest.mark.parametrize(
    ("content_type", "size_bytes", "is_file"),
    [
        ("application/pdf", 900, True),
        ("image/png", 9_000, False),
        ("image/jpeg", 900_000, True),
        ("text/calendar", 3_000, False),
        ("application/pkcs7-signature", 3_000, False),
    ],
)
def test_a_logo_is_no_file(content_type: str, size_bytes: int, is_file: bool) -> None:
    assert brings_file([Attachment("x", content_type, size_bytes)]) is is_file
