"""The time engine as a whole: the conventions of docs/labels.md sections 6 and 7 in both languages."""

import itertools
import time
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract import times

TUESDAY = {"en": "2026-03-10T09:00:00+00:00", "ja": "2026-03-10T09:00:00+09:00"}


def spans(text, language, sent=None):
    return times.find(text, datetime.fromisoformat(sent or TUESDAY[language]), language)


def starts(text, language, sent=None):
    return [s.slot.start.isoformat() for s in spans(text, language, sent) if s.slot]


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        # weekdays: the next one, the current week's, the following Monday-based week's
        ("en", "Friday suits me.", "2026-03-13"),
        ("en", "Tuesday suits me.", "2026-03-17"),
        ("en", "This Friday suits me.", "2026-03-13"),
        ("en", "Next Friday suits me.", "2026-03-20"),
        ("en", "Friday next week suits me.", "2026-03-20"),
        ("ja", "金曜でお願いします。", "2026-03-13"),
        ("ja", "火曜でお願いします。", "2026-03-17"),
        ("ja", "今週金曜でお願いします。", "2026-03-13"),
        ("ja", "来週の金曜でお願いします。", "2026-03-20"),
        ("ja", "再来週の月曜でお願いします。", "2026-03-23"),
        # a date without a year looks forward, or up to 30 days back
        ("en", "The offer of 20 February stands.", "2026-02-20"),
        ("en", "The fair is on 1 February.", "2027-02-01"),
        ("ja", "2月20日のお見積りの件です。", "2026-02-20"),
        ("ja", "2月1日に開催します。", "2027-02-01"),
        # Japanese years, kanji and full-width digits
        ("ja", "令和八年四月二十三日に開催します。", "2026-04-23"),
        ("ja", "２０２６年４月２３日に開催します。", "2026-04-23"),
        # numeric dates follow the writer's country
        ("ja", "4/5(日)に開催します。", "2026-04-05"),
    ],
)
def test_days(language, text, wanted):
    assert starts(text, language) == [wanted]


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [("2026-03-10T09:00:00+00:00", "2026-05-04"), ("2026-03-10T09:00:00-05:00", "2026-04-05")],
)
def test_numeric_dates_follow_the_country_of_the_offset(sent, wanted):
    assert starts("It opens on 4/5/2026.", "en", sent) == [wanted]


@pytest.mark.parametrize(
    ("language", "sent", "text", "wanted"),
    [
        (
            "ja",
            "2026-04-28T10:00:00+09:00",
            "3営業日以内にご回答ください。",
            "2026-05-07",
        ),  # 29 April, 3 to 6 May are holidays
        ("ja", "2026-03-19T10:00:00+09:00", "翌営業日に発送します。", "2026-03-23"),  # 20 March is a holiday
        ("en", "2025-12-24T10:00:00+00:00", "We answer within two working days.", "2025-12-30"),  # Boxing Day
        ("en", "2026-07-01T10:00:00-04:00", "We answer within two business days.", "2026-07-06"),  # Independence Day
    ],
)
def test_working_days_skip_weekends_and_public_holidays(language, sent, text, wanted):
    assert starts(text, language, sent) == [wanted]


@pytest.mark.parametrize(
    ("language", "text", "start", "end"),
    [
        ("en", "Thursday morning", "09:00", "12:00"),
        ("en", "Thursday afternoon", "13:00", "17:00"),
        ("en", "Thursday evening", "17:00", "20:00"),
        ("ja", "木曜の午前", "09:00", "12:00"),
        ("ja", "木曜の午後", "13:00", "17:00"),
        ("ja", "木曜の夕方", "16:00", "18:00"),
    ],
)
def test_parts_of_the_day_are_windows(language, text, start, end):
    (span,) = spans(text, language)
    assert (f"{span.slot.start:%H:%M}", f"{span.slot.end:%H:%M}", span.slot.approx) == (start, end, True)


@pytest.mark.parametrize(
    ("language", "text", "start", "end"),
    [
        ("en", "next week", date(2026, 3, 16), date(2026, 3, 20)),
        ("ja", "来週", date(2026, 3, 16), date(2026, 3, 20)),
        ("ja", "4月上旬", date(2026, 4, 1), date(2026, 4, 10)),
        ("ja", "4月中旬", date(2026, 4, 11), date(2026, 4, 20)),
        ("ja", "4月下旬", date(2026, 4, 21), date(2026, 4, 30)),
        ("en", "the end of April", date(2026, 4, 30), None),
        ("ja", "4月末", date(2026, 4, 30), None),
    ],
)
def test_vague_periods(language, text, start, end):
    (span,) = spans(text, language)
    assert (span.slot.start, span.slot.end, span.slot.all_day, span.slot.approx) == (start, end, True, True)


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en", "17 March, 15:00-16:00 JST", "2026-03-17T15:00:00+09:00/2026-03-17T16:00:00+09:00"),
        ("en", "between 2 and 4 pm on Thursday", "2026-03-12T14:00:00+00:00/2026-03-12T16:00:00+00:00"),
        ("en", "Thursday from 11 to 1 pm", "2026-03-12T11:00:00+00:00/2026-03-12T13:00:00+00:00"),
        ("en", "10 to 12 March", "2026-03-10/2026-03-12"),
        ("ja", "3月17日(火) 10時〜12時", "2026-03-17T10:00:00+09:00/2026-03-17T12:00:00+09:00"),
        ("ja", "17日（火）１３時３０分から１５時まで", "2026-03-17T13:30:00+09:00/2026-03-17T15:00:00+09:00"),
        ("ja", "3月17日〜19日", "2026-03-17/2026-03-19"),
        ("ja", "木曜の朝9時から夕方まで", "2026-03-12T09:00:00+09:00/2026-03-12T18:00:00+09:00"),
    ],
)
def test_ranges(language, text, wanted):
    found = spans(text, language)
    ranges = [f"{s.slot.start.isoformat()}/{s.slot.end.isoformat()}" for s in found if s.slot and s.slot.end]
    assert ranges == [wanted]


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en", "Tuesday or Wednesday afternoon", ["2026-03-17T13:00:00+00:00", "2026-03-11T13:00:00+00:00"]),
        ("en", "Thursday at 10 or 2", ["2026-03-12T10:00:00+00:00", "2026-03-12T14:00:00+00:00"]),
        ("en", "1) Monday 16 March, 10:00 - 12:00\n2) Tuesday 17 March, 13:30 - 15:30",
         ["2026-03-16T10:00:00+00:00", "2026-03-17T13:30:00+00:00"]),
        ("en", "Saturday 18 April or, if need be, the 25th", ["2026-04-18", "2026-04-25"]),
        ("ja", "火曜か木曜の夕方", ["2026-03-17T16:00:00+09:00", "2026-03-12T16:00:00+09:00"]),
        ("ja", "4月15日か22日の午後", ["2026-04-15T13:00:00+09:00", "2026-04-22T13:00:00+09:00"]),
        ("ja", "①3月16日（月）10:00〜11:00\n②3月17日（火）14:00〜15:00",
         ["2026-03-16T10:00:00+09:00", "2026-03-17T14:00:00+09:00"]),
    ],
)  # fmt: skip
def test_candidates_share_what_only_one_of_them_says(language, text, wanted):
    assert starts(text, language) == wanted


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en", "Thursday at 9 CET", "2026-03-12T09:00:00+01:00"),
        ("en", "Thursday, 3 pm Tokyo time", "2026-03-12T15:00:00+09:00"),
        ("en", "Thursday at 4 pm my time", "2026-03-12T16:00:00+00:00"),
        ("ja", "木曜の日本時間17時", "2026-03-12T17:00:00+09:00"),
        ("ja", "今夜10時", "2026-03-10T22:00:00+09:00"),
        ("en", "tonight at 10", "2026-03-10T22:00:00+00:00"),
        ("ja", "木曜9時（ロンドン時間）", "2026-03-12T09:00:00+00:00"),
    ],
)
def test_named_zones_and_halves_of_the_day(language, text, wanted):
    assert starts(text, language) == [wanted]


def test_the_same_time_in_another_zone_is_no_second_candidate():
    assert starts("4月1日の中央ヨーロッパ時間9時（日本時間16時）", "ja") == ["2026-04-01T09:00:00+02:00"]


def test_an_ambiguous_abbreviation_is_the_senders_own():
    assert starts("Thursday 3 pm IST", "en", "2026-03-10T09:00:00+05:30") == ["2026-03-12T15:00:00+05:30"]
    assert starts("Thursday 3 pm CST", "en", "2026-03-10T09:00:00+08:00") == ["2026-03-12T15:00:00+08:00"]


@pytest.mark.parametrize(
    ("language", "text", "relation"),
    [
        ("en", "Please send it by Friday.", "by"),
        ("en", "Please send it before Friday.", "before"),
        ("en", "Please send it no later than Friday.", "by"),
        ("en", "It holds with effect from 1 April.", "effect"),
        ("en", "Any time after Friday.", "after"),
        ("en", "Friday is fine.", "at"),
        ("ja", "金曜までにお送りください。", "by"),
        ("ja", "3月13日（金）必着でお送りください。", "by"),
        ("ja", "今週中にお送りください。", "by"),
        ("ja", "4月1日付で異動します。", "effect"),
        ("ja", "金曜以降でお願いします。", "after"),
        ("ja", "金曜でお願いします。", "at"),
    ],
)
def test_relations(language, text, relation):
    assert [s.relation for s in spans(text, language)] == [relation]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Invoice 20871, PO 4400-12, part 3.5, room 12, £186, 020 7946 0588, 99.5%, version 2.10.1."),
        ("en", "Good morning, I hope you are well. We may march on with 3 engineers and 5 of your pumps."),
        ("ja", "お見積番号25-0718、型番HG-600、電話03-5555-0000、3個、5割引、第2会議室の件です。"),
        ("ja", "いつもお世話になっております。火災保険と水道の件、よろしくお願いいたします。"),
    ],
)
def test_numbers_and_words_that_are_no_times(language, text):
    assert spans(text, language) == ()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["en", "ja"]))
def test_any_text_gives_ordered_spans_inside_it(text, language):
    found = spans(text, language)
    assert all(0 <= s.start < s.end <= len(text) for s in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


PIECES = [
    "Friday",
    "at 10",
    " or ",
    "12/3",
    "3月",
    "10日",
    "午後",
    "〜",
    "から",
    "まで",
    "13:00",
    "next week",
    "two hours",
    "(",
    ")",
    "\n",
    "2026",
    "(火)",
    "1",
    " ",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30), st.sampled_from(["en", "ja"]))
def test_any_pile_of_time_words_is_survived(pieces, language):
    text = "".join(pieces)
    assert all(0 <= s.start < s.end <= len(text) for s in spans(text, language))


@pytest.mark.parametrize("sent", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:00:00+00:00", "2026-03-10T09:00:00"])
def test_odd_mail_dates_are_survived(sent):
    for language in ("en", "ja"):
        spans("Friday week at 10, in 3000 years, 999 working days, 来週金曜15時、300年後", language, sent)


@pytest.mark.parametrize(
    ("language", "pieces"),
    [
        ("en", ["1 ", "3, ", "10-", "Tuesday or ", "the ", "in a ", "1/", "half ", "12:00 - ", "1st and ", "very "]),
        ("ja", ["1", "一", "十", "、", "3月", "火・", "1、", "10時から", "来週の", " ", "(火)"]),
    ],
)
def test_time_grows_with_the_length_only(language, pieces):
    def seconds(text):
        began = time.process_time()
        spans(text, language)
        return time.process_time() - began

    seconds("1")
    for piece in pieces:
        short, long = seconds(piece * 500), seconds(piece * 4_000)
        assert long < 30 * short + 0.5, piece
