"""Participants and places that the tagger's names give a meeting."""

from __future__ import annotations

from datetime import datetime

import pytest

from pipeline.extract import activities, clues, named
from pipeline.records import Activity, Address, Message, Name, ScoredSentence, Segment, Sentence

SENT = {"en": "2026-03-10T09:00:00+00:00", "ja": "2026-03-10T09:00:00+09:00"}


def meeting(language: str, text: str, *given: tuple[str, str], score: float = 0.95) -> Activity:
    """The meeting of a mail of one sentence in which the tagger found ``given`` (text, label)."""
    scores = {"meeting": 0.97} | dict.fromkeys(("request", "question", "call", "task", "promise"), 0.03)
    names = [Name(label, text.index(name), text.index(name) + len(name), name, score) for name, label in given]
    found = activities.find(
        message(language, text),
        (Segment("body", 0, len(text), language),),
        (ScoredSentence(Sentence(0, len(text), text, language), scores),),
        None,
        names=tuple(names),
    )
    return found[0]


def message(language: str, text: str) -> Message:
    """A mail from Ada Quill to Ben Moss."""
    return Message(
        message_id="<1@north.example>", date=datetime.fromisoformat(SENT[language]), subject="",
        from_=Address("Ada Quill", "ada@north.example"), to=(Address("Ben Moss", "ben@south.example"),), cc=(),
        reply_to=(), in_reply_to=(), references=(), headers={}, text=text, html=None, attachments=(), calendars=(),
        charset_steps=(), defects=(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text", "name", "wanted"),
    [
        ("en", "Tilda Voss and I could see you on Thursday at 10.", "Tilda Voss", ("Tilda Voss",)),
        ("en", "Could you see Ben and me on Thursday at 10?", "Ben", ()),
        ("en", "Tilda, could we meet on Thursday at 10?", "Tilda", ()),
        ("en", "Could we meet on Thursday at 10, as Tilda suggested?", "Tilda", ()),
        ("en", "Tilda tells me that Thursday at 10 is fine for our meeting.", "Tilda", ()),
        ("en", "Tilda Voss, our purser, would meet you on Thursday at 10.", "Tilda Voss", ("Tilda Voss",)),
        ("en", "Let us meet on Thursday at 10, Tilda is off sick until then.", "Tilda", ()),
        ("en", "My clerk, Tilda Voss, will fix the hour of our meeting on Thursday.", "Tilda Voss", ()),
        ("en", "Please meet me on Thursday at 10, not Tilda.", "Tilda", ()),
        ("en", "We meet on Thursday at 10 - Tilda, can you find us a room?", "Tilda", ()),
        ("ja", "木曜の10時に葛城と二人で伺います。", "葛城", ("葛城",)),
        ("ja", "葛城から伺いましたとおり、木曜の10時に打合せをお願いします。", "葛城", ()),
        ("ja", "木曜の10時に葛城からお電話いたします。", "葛城", ("葛城",)),
        ("ja", "木曜の10時の打合せですが、葛城は当日不在のため欠席いたします。", "葛城", ()),
    ],
)
def test_who_is_named_in_a_meeting_takes_part(language: str, text: str, name: str, wanted: tuple[str, ...]) -> None:
    assert meeting(language, text, (name, "person")).participants == wanted


def test_a_sentence_more_about_a_deed_brings_nobody_in() -> None:
    """A promise that a meeting's words slipped into: who is named there does the deed."""
    text = "The list will be with you on Thursday at 10, Tilda is typing it up."
    scores = {"meeting": 0.6} | dict.fromkeys(("request", "question", "call", "task"), 0.03) | {"promise": 0.9}
    found = clues.read([ScoredSentence(Sentence(0, len(text), text, "en"), scores)], datetime.fromisoformat(SENT["en"]))
    start = text.index("Tilda")
    names = [Name("person", start, start + 5, "Tilda", 0.9)]
    assert named.participants_of((), names, found, message("en", text)) == ()


def test_a_faint_name_is_none() -> None:
    assert meeting(
        "en", "Tilda Voss and I could see you on Thursday at 10.", ("Tilda", "person"), score=0.4
    ) == meeting("en", "Tilda Voss and I could see you on Thursday at 10.")


def test_a_name_that_patterns_found_in_full_is_not_repeated() -> None:
    found = meeting("en", "Tilda Voss will join us on Thursday at 10.", ("Voss", "person"))
    assert found.participants == ("Tilda Voss",)


@pytest.mark.parametrize(
    ("language", "text", "name", "wanted"),
    [
        ("en", "We could do it in the Cray Rooms, then.", "Cray Rooms", "the Cray Rooms"),
        ("en", "I am in Leeds, so let us speak.", "Leeds", None),
        ("en", "Somebody at the Leeds store will see you.", "Leeds", None),
        ("en", "It is the office of Leeds that asks.", "Leeds", None),
        ("ja", "霧島ホールにて説明会を行います。", "霧島ホール", "霧島ホール"),
        ("ja", "霧島の資料もお見せします。", "霧島", None),
    ],
)
def test_where_a_named_place_is_the_meetings(language: str, text: str, name: str, wanted: str | None) -> None:
    sentence = ScoredSentence(Sentence(0, len(text), text, language), dict.fromkeys(("meeting", "call", "task"), 0.9))
    found = clues.read([sentence], datetime.fromisoformat(SENT[language]))
    start = text.index(name)
    assert named.location_of([Name("place", start, start + len(name), name, 0.9)], found) == wanted
