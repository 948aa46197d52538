"""Answers that only point at the times of the mail they quote, read from that mail's own date."""

from datetime import datetime

import pytest

from pipeline.extract import activities
from pipeline.parse import quoted
from pipeline.records import Address, Message, ScoredSentence, Segment, Sentence

OFFER = {
    "en": (
        "On Mon, 9 Mar 2026 at 08:00 +0000, Ben Moss <ben@south.example> wrote:\n"
        "> Could we meet on Tuesday 17 March at 10:00,\n"
        "> Thursday 19 March at 14:00 or Friday 20 March at 9:30?\n"
    ),
    "ja": (
        "2026年3月9日(月) 8:00 南商事 岡 <oka@south.example>:\n> 打合せの候補日をお送りします。\n> ①3月17日（火）10時\n"
        "> ②3月19日（木）14時\n> ③3月20日（金）9時30分\n"
    ),
}
SENT = {"en": "2026-03-10T09:00:00+00:00", "ja": "2026-03-10T09:00:00+09:00"}


def answer(language, text, offer=None, tags=("meeting",)):
    """The activities of a mail of one sentence above a quoted offer."""
    quote = OFFER[language] if offer is None else offer
    whole = f"{text}\n\n{quote}"
    segments = (Segment("body", 0, len(text) + 2, language), Segment("quote", len(text) + 2, len(whole), language))
    scores = {
        tag: 0.9 if tag in tags else 0.03 for tag in ("request", "question", "meeting", "call", "task", "promise")
    }
    message = Message(
        message_id="<2@north.example>", date=datetime.fromisoformat(SENT[language]), subject="Re: Plans",
        from_=Address("Ada Quill", "ada@north.example"), to=(Address("Ben Moss", "ben@south.example"),), cc=(),
        reply_to=(), in_reply_to=("<1@south.example>",), references=(), headers={}, text=whole, html=None,
        attachments=(), calendars=(), charset_steps=(), defects=(),
    )  # fmt: skip
    scored = (ScoredSentence(Sentence(0, len(text), text, language), scores),)
    return activities.find(message, segments, scored, None, quoted.split(whole, segments, message.date))


@pytest.mark.parametrize(
    ("language", "text", "day", "clock"),
    [
        ("en", "The second works for us.", 19, "14:00"),
        ("en", "The first one is fine.", 17, "10:00"),
        ("en", "The last one, please, that suits us.", 20, "09:30"),
        ("en", "Tuesday's fine.", 17, "10:00"),
        ("en", "9:30 works for me.", 20, "09:30"),
        ("ja", "②でお願いします。", 19, "14:00"),
        ("ja", "では前者でお願いいたします。", 17, "10:00"),
        ("ja", "最後の候補で承知いたしました。", 20, "09:30"),
        ("ja", "火曜日で大丈夫です。", 17, "10:00"),
        ("ja", "木曜で結構です。", 19, "14:00"),
    ],
)
def test_an_answer_takes_one_of_the_quoted_times(language, text, day, clock):
    (meeting,) = answer(language, text)
    (slot,) = meeting.slots
    assert (meeting.status, slot.start.day, f"{slot.start:%H:%M}") == ("confirmed", day, clock)


@pytest.mark.parametrize(("language", "text"), [("en", "The second works for us."), ("ja", "②でお願いします。")])
def test_an_answer_that_points_counts_even_where_the_model_is_unsure(language, text):
    (meeting,) = answer(language, text, tags=())
    assert [slot.start.day for slot in meeting.slots] == [19]


@pytest.mark.parametrize(
    ("language", "text", "offer"),
    [
        ("en", "The first works for us.", "On Wed, 4 Mar 2026 at 08:00 +0000, Ben Moss <ben@south.example> wrote:\n"
         "> Could we meet next Wednesday at 10:00 or next Friday at 14:00?\n"),
        ("ja", "①でお願いします。", "2026年3月4日(水) 8:00 南商事 岡 <oka@south.example>:\n"
         "> ①来週水曜の10時か②来週金曜の14時はいかがでしょうか。\n"),
    ],
)  # fmt: skip
def test_quoted_words_count_from_the_quoted_mail(language, text, offer):
    (meeting,) = answer(language, text, offer)
    assert [f"{slot.start:%m-%d %H:%M}" for slot in meeting.slots] == ["03-11 10:00"]


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [("en", "Could we do Wednesday 18 March at 15:00?", 18), ("ja", "18日15時ではいかがでしょうか。", 18)],
)
def test_another_time_stays_the_one_of_the_new_text(language, text, wanted):
    (meeting,) = answer(language, text, tags=("meeting", "request"))
    assert (meeting.status, [slot.start.day for slot in meeting.slots]) == ("proposed", [wanted])


def test_nothing_is_pointed_at_without_a_quote():
    assert answer("en", "The second works for us.", offer="> Thank you for the drawing.\n", tags=()) == ()
