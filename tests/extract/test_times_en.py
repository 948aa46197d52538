"""Properties of the English grammar: shifts, context, weekday conflicts, formats, and what is no time."""

import calendar
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.times import find, grammar_en
from pipeline.extract.times.folding import fold
from pipeline.extract.times.grammar import compiled
from pipeline.extract.times.lengths_en import LENGTH, length
from pipeline.extract.times.numbers_en import COUNT, ORDINAL, YEAR_WORDS, number, ordinal, year_in_words

HERE = Path(__file__).parent
TUESDAY = datetime.fromisoformat("2026-03-10T09:00:00+00:00")
WEEK = timedelta(days=7)
MONTHS = list(calendar.month_name)[1:]
WEEKDAYS = list(calendar.day_name)
RELATIVE = [
    "today", "tomorrow", "the day after tomorrow", "yesterday", "the day before yesterday", "Friday", "next Friday",
    "last Monday", "this Thursday", "Wednesday week", "a week on Monday", "next week", "last week", "this weekend",
    "early next week", "the end of this week", "in three days", "two weeks ago", "ten days from now",
    "three days after tomorrow", "two weeks from Friday", "the week after next", "a fortnight ago", "in 48 hours",
    "the next three days", "the past two weeks", "Tuesday of next week",
]  # fmt: skip
CLOCKS = ["", "at 3 pm", "at 10:30", "at noon", "in the morning", "from 2 to 4 pm", "at half past nine", "at 16:15"]


def only(text, sent=TUESDAY):
    (span,) = find(text, sent, "en")
    return span


def nth(day):
    return f"{day}{'th' if 10 < day < 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(RELATIVE), st.sampled_from(CLOCKS), st.integers(0, 400), st.integers(7, 18))
def test_a_week_later_the_same_words_mean_a_week_later(day, clock, days, hour):
    sent = TUESDAY.replace(hour=hour) + timedelta(days=days)
    before, after = ([s.slot for s in find(f"{day} {clock}", at, "en")] for at in (sent, sent + WEEK))
    assert before
    assert after == [replace(s, start=s.start + WEEK, end=s.end and s.end + WEEK) for s in before]


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([*RELATIVE, "17 March", "early April", "7 May 2026", "the first Monday of June", "Q3 2026"]),
    st.sampled_from(CLOCKS),
    st.sampled_from(["", "Thank you for the drawings. ", "We could meet ", "(", "The van comes ", "Dear all, "]),
    st.sampled_from(["", ".", ", please.", ", if that suits you.", " or not at all.", "?"]),
)
def test_words_around_do_not_change_the_meaning(day, clock, before, after):
    text = f"{day} {clock}".strip()
    alone, within = find(text, TUESDAY, "en"), find(before + text + after, TUESDAY, "en")
    assert [(s.slot, s.length) for s in within] == [(s.slot, s.length) for s in alone]
    assert [(s.start - len(before), s.end - len(before)) for s in within] == [(s.start, s.end) for s in alone]


@settings(max_examples=200, deadline=None)
@given(st.dates(date(2026, 3, 1), date(2026, 9, 20)), st.sampled_from(WEEKDAYS))
def test_a_weekday_that_does_not_fit_is_reported(day, weekday):
    span = only(f"{weekday}, {day.day} {MONTHS[day.month - 1]} {day.year}")
    assert span.slot.start == day
    assert span.conflict == (WEEKDAYS[day.weekday()] != weekday)


@settings(max_examples=300, deadline=None)
@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_every_way_to_write_a_date_gives_it_back(day):
    month, weekday = MONTHS[day.month - 1], WEEKDAYS[day.weekday()]
    written = [
        day.isoformat(), f"{day.year}/{day.month:02}/{day.day:02}", f"{day.day} {month} {day.year}",
        f"{month} {day.day}, {day.year}", f"{nth(day.day)} {month} {day.year}",
        f"the {nth(day.day)} of {month} {day.year}", f"{day.day}-{month[:3]}-{day.year}",
        f"{day.day:02}/{day.month:02}/{day.year}", f"{day.day}.{day.month}.{day.year}",
        f"{weekday}, {month} {nth(day.day)}, {day.year}", f"{weekday} {day.day} {month[:3]} {day.year}",
        f"{day.year}-W{day.isocalendar().week:02}-{day.isoweekday()}" if day.isocalendar().year == day.year
        else day.isoformat(),
    ]  # fmt: skip
    for text in written:
        span = only(text)
        assert (span.slot.start, span.slot.end, span.start, span.end) == (day, None, 0, len(text)), text


@settings(max_examples=200, deadline=None)
@given(st.times())
def test_every_way_to_write_a_time_of_day_gives_it_back(clock):
    hour, minute = clock.hour, clock.minute
    half, twelve = ("am", hour or 12) if hour < 12 else ("pm", hour - 12 or 12)
    written = [
        f"17 March at {hour:02}:{minute:02}", f"17 March, {twelve}:{minute:02} {half}",
        f"17 March {twelve}.{minute:02}{half}",
        f"17 March at {twelve}:{minute:02} {half[0]}.m.", f"17 March at {hour:02}{minute:02} hrs",
        f"2026-03-17T{hour:02}:{minute:02}:00",
    ]  # fmt: skip
    for text in written:
        found = only(text).slot.start
        assert (found.hour, found.minute, found.date()) == (hour, minute, date(2026, 3, 17)), text


def test_sentences_without_a_time_give_none():
    lines = (HERE / "no_times_en.txt").read_text(encoding="utf-8").splitlines()
    found = [line for line in lines if find(line, TUESDAY, "en")]
    assert len(lines) == 300
    assert len(found) <= 0.01 * len(lines), found


def test_the_gate_before_the_rules_passes_every_time_word():
    gate = compiled(grammar_en.GRAMMAR.gate)
    for row in (HERE / "times_en.tsv").read_text(encoding="utf-8").splitlines():
        rule, text, wanted = row.split("\t")
        assert rule.startswith("#") or wanted == "-" or gate.search(fold(text)), text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("two weeks and 3 days", (0, 17, 0)),
        ("an hour and a half", (0, 0, 90)),
        ("one and a half hours", (0, 0, 90)),
        ("half an hour", (0, 0, 30)),
        ("three quarters of an hour", (0, 0, 45)),
        ("2.5 hrs", (0, 0, 150)),
        ("1h30m", (0, 0, 90)),
        ("half a day", (0, 0, 720)),
        ("2 years 1 month 21 days", (25, 21, 0)),
        ("a fortnight", (0, 14, 0)),
        ("a hundred and twenty days", (0, 120, 0)),
        ("ten (10) days", (0, 10, 0)),
    ],
)
def test_lengths(text, wanted):
    assert compiled(LENGTH).fullmatch(text)
    found = length(text)
    assert (found.months, found.days, found.minutes) == wanted


@pytest.mark.parametrize(
    ("pattern", "value", "text", "wanted"),
    [
        (COUNT, number, "twenty-five", 25),
        (COUNT, number, "a couple of", 2),
        (COUNT, number, "1 ½", 1.5),
        (COUNT, number, "2,880", 2880),
        (ORDINAL, ordinal, "thirty-first", 31),
        (ORDINAL, ordinal, "22nd", 22),
        (YEAR_WORDS, year_in_words, "two thousand and twenty", 2020),
        (YEAR_WORDS, year_in_words, "nineteen ninety-six", 1996),
        (YEAR_WORDS, year_in_words, "twenty twenty-six", 2026),
    ],
)
def test_number_words(pattern, value, text, wanted):
    assert compiled(pattern).fullmatch(text)
    assert value(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("See you Thursday at 3 pm your time.", ["2026-03-12T15:00:00+00:00"]),
        ("We meet on the first Monday of December.", ["2026-12-07"]),
        ("Send it two weeks before Easter.", ["2026-03-22"]),
        ("It is due by the end of the month.", ["2026-03-31"]),
        ("Friday from 6 to 8, or 6-8 next Monday.", ["2026-03-13T18:00:00+00:00", "2026-03-16T18:00:00+00:00"]),
        ("Not Tuesday but Wednesday at 3.", ["2026-03-17", "2026-03-11T15:00:00+00:00"]),
        ("Between now and 15 March.", ["2026-03-10"]),
        ("Monday of the following week.", []),
        ("Black Friday 2026", ["2026-11-27"]),
        ("last Christmas", ["2025-12-25"]),
    ],
)  # fmt: skip
def test_particular_words(text, wanted):
    assert [s.slot.start.isoformat() for s in find(text, TUESDAY, "en") if s.slot] == wanted


def test_what_no_mail_makes_a_date_of_is_found_by_loose_reading_only():
    for text in ("Please call me now.", "It rained for the whole of the day.", "The invoice 2025-11 is open."):
        assert len(find(text, TUESDAY, "en")) <= len(find(text, TUESDAY, "en", loose=True))
    assert find("Please call me now.", TUESDAY, "en") == ()
    (now,) = find("Please call me now.", TUESDAY, "en", loose=True)
    assert now.slot.start == TUESDAY
