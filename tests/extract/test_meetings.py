"""Meetings of several sentences: days and hours that are named apart, and further times beside exact ones."""

from datetime import datetime

import pytest

from pipeline.extract import clues, meetings
from pipeline.records import ScoredSentence, Sentence

TAGS = ("request", "question", "meeting", "call", "task", "promise")


def found(language, *tagged):
    """(status, starts) of each meeting of a mail whose sentences are the (text, tags) pairs."""
    items = [
        ScoredSentence(
            Sentence(1000 * i, 1000 * i + len(text), text, language),
            {tag: 0.97 if tag in tags.split() else 0.03 for tag in TAGS},
        )
        for i, (text, tags) in enumerate(tagged)
    ]
    reference = datetime.fromisoformat("2026-03-10T09:00:00+09:00")
    read = meetings.find(clues.read(items, reference), reference, reply=False)
    return [(m.status, [slot.start.isoformat()[:16] for slot in m.slots]) for m in read]


@pytest.mark.parametrize(
    ("language", "tagged", "wanted"),
    [
        (
            "en",
            [("Could we meet on Thursday from 3 to 5 or any time on Friday?", "meeting request")],
            ["2026-03-12T15:00", "2026-03-13"],
        ),
        (
            "en",
            [("Could we meet on Thursday at 10?", "meeting request"), ("If not, then the Monday after.", "")],
            ["2026-03-12T10:00", "2026-03-16"],
        ),
        (
            "ja",
            [
                ("次のどこかで打合せをお願いできますか。", "meeting request"),
                ("・3月12日（木）10時", ""),
                ("・3月13日（金）は一日空いています", ""),
            ],
            ["2026-03-12T10:00", "2026-03-13"],
        ),
    ],
)  # fmt: skip
def test_a_free_day_and_a_second_best_stand_beside_exact_times(language, tagged, wanted):
    ((_, starts),) = found(language, *tagged)
    assert starts == wanted


@pytest.mark.parametrize(
    ("language", "tagged", "wanted"),
    [
        ("en", [("The mill is a hundred on Saturday 14 March.", ""), ("Please join us at 18:30.", "meeting request")],
         ["2026-03-14T18:30"]),
        ("en", [("Dinner on Thursday, 8 o'clock?", "meeting request")], ["2026-03-12T20:00"]),
        ("en", [("Any morning next week except Wednesday suits.", "meeting")],
         ["2026-03-16T09:00", "2026-03-17T09:00", "2026-03-19T09:00", "2026-03-20T09:00"]),
        ("ja", [("懇親会は3月13日の7時から開きます。", "meeting")], ["2026-03-13T19:00"]),
        ("ja", [("3月14日で創業百年です。", ""), ("祝賀会を18時から開きます。", "meeting")], ["2026-03-14T18:00"]),
        ("ja", [("来週の前半、13時から14時の間に打合せをお願いします。", "meeting request")],
         ["2026-03-16T13:00", "2026-03-17T13:00", "2026-03-18T13:00"]),
    ],
)  # fmt: skip
def test_hours_named_apart_from_their_days(language, tagged, wanted):
    ((_, starts),) = found(language, *tagged)
    assert starts == wanted


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en", "Could we postpone to Friday at 10, or otherwise to 16 March?", "moved"),
        ("en", "No review meeting this Thursday, half of you are away.", "cancelled"),
        ("ja", "3月13日の10時に開きますが、雨の場合は翌日に延期します。", "confirmed"),
    ],
)
def test_a_second_best_is_a_move_but_the_case_of_rain_is_none(language, text, wanted):
    ((status, _),) = found(language, (text, "meeting request" if "?" in text else "meeting"))
    assert status == wanted


def test_a_call_without_a_day_is_today():
    ((_, starts),) = found("en", ("The fair is on Saturday 14 March.", ""), ("I will ring you at 17:00.", "call"))
    assert starts == ["2026-03-10T17:00"]


@pytest.mark.parametrize(
    ("language", "tagged", "wanted"),
    [
        (
            "en",
            [
                ("The reviews will be held as follows.", "meeting"),
                ("- Thursday 12 March 10:00, pumps", "meeting"),
                ("- Friday 13 March 14:00, valves", "meeting"),
            ],
            [("confirmed", ["2026-03-12T10:00"]), ("confirmed", ["2026-03-13T14:00"])],
        ),
        (
            "ja",
            [
                ("研修を次の日程で開催いたします。", "meeting"),
                ("・第1回：3月12日（木）10時", "meeting"),
                ("・第2回：3月19日（木）10時", "meeting"),
            ],
            [("confirmed", ["2026-03-12T10:00"]), ("confirmed", ["2026-03-19T10:00"])],
        ),
        (
            "ja",
            [
                ("次のいずれかでご都合はいかがでしょうか。", "meeting request"),
                ("・3月12日10時", ""),
                ("・3月13日14時", ""),
            ],
            [("proposed", ["2026-03-12T10:00", "2026-03-13T14:00"])],
        ),
    ],
)
def test_fixed_or_numbered_meetings_are_several_and_candidates_are_one(language, tagged, wanted):
    assert found(language, *tagged) == wanted
