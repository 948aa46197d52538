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


@pytest.mark.parametrize(
    ("language", "tagged", "wanted"),
    [
        ("en", [("I fly to Oslo on 20 March, so any time on the 18th suits me.", "meeting")], ["2026-03-18"]),
        ("en", [("He is on leave from 16 March, but could we meet on Thursday?", "meeting request")], ["2026-03-12"]),
        ("en", [("Let us talk on Thursday at 4 pm, which is your Friday at 5 am.", "meeting")], ["2026-03-12T16:00"]),
        ("en", [("I'm in the office tomorrow from 2 to 4, come by.", "meeting")], ["2026-03-11T14:00"]),
        ("ja", [("見本市が3月20日までなので、18日の10時に伺えますか。", "meeting request")], ["2026-03-18T10:00"]),
        ("ja", [("16日は出張で、17日は空いています。", "meeting")], ["2026-03-17"]),
    ],
)  # fmt: skip
def test_days_named_as_reasons_or_for_another_clock_are_no_candidates(language, tagged, wanted):
    ((_, starts),) = found(language, *tagged)
    assert starts == wanted


@pytest.mark.parametrize(
    ("language", "tagged", "wanted"),
    [
        ("en", [("Could we meet on Tuesday 24 March at 11, or on Thursday in the morning?", "meeting request")],
         ["2026-03-24T11:00", "2026-03-26T09:00"]),
        ("en", [("How about Tuesday 24 March at 11?", "meeting request"),
                ("Tuesday would suit Ida too.", "meeting")], ["2026-03-24T11:00"]),
        ("ja", [("18日、25日はいずれも水曜で、終日お伺いできます。", "meeting")], ["2026-03-18", "2026-03-25"]),
    ],
)  # fmt: skip
def test_a_weekday_after_dates_is_one_of_them_or_stands_in_their_week(language, tagged, wanted):
    ((_, starts),) = found(language, *tagged)
    assert starts == wanted


def test_both_days_to_which_a_meeting_moves_are_new_ones():
    told = [("We had said 20 March for our visit.", "meeting"), ("Could we postpone to 5 or 6 May?", "meeting request")]
    ((status, starts),) = found("en", *told)
    assert (status, starts) == ("moved", ["2026-05-05", "2026-05-06"])


def test_same_time_is_that_of_a_sentence_before():
    told = found("en", ("Can't do 2, the boiler is out.", ""), ("Ring me tomorrow same time instead?", "call request"))
    assert [starts for _, starts in told] == [["2026-03-11T14:00"]]


def test_an_evening_of_some_week_is_the_window_from_its_first_to_its_last():
    ((_, starts),) = found("en", ("Could you spare half an hour one evening next week?", "meeting request"))
    assert starts == ["2026-03-16T17:00"]


@pytest.mark.parametrize(
    ("language", "tagged"),
    [
        ("en", [("Monday 16 March, 9:00, safety training for the welders.", "meeting"),
                ("Tuesday 17 March, 14:00, quarterly figures with Ida.", "meeting")]),
        ("ja", [("3月16日（月）9時　溶接班の安全教育", "meeting"), ("3月17日（火）14時　四半期決算の報告", "meeting")]),
    ],
)  # fmt: skip
def test_the_lines_of_a_programme_are_meetings_of_their_own(language, tagged):
    assert [starts for _, starts in found(language, *tagged)] == [["2026-03-16T09:00"], ["2026-03-17T14:00"]]
