"""Properties of the Japanese grammar: shifts, context, weekday conflicts, formats, the gate, and what is no time."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.times import find
from pipeline.extract.times.folding import fold
from pipeline.extract.times.grammar import scan
from pipeline.extract.times.grammar_ja import GRAMMAR

HERE = Path(__file__).parent
TUESDAY = datetime.fromisoformat("2026-03-10T09:00:00+09:00")
WEEK = timedelta(days=7)
WEEKDAYS = "月火水木金土日"
RELATIVE = [
    "今日", "明日", "明後日", "しあさって", "昨日", "一昨日", "3日後", "10日前", "2週間後", "一週間前", "今週", "来週",
    "再来週", "先週", "来週の金曜", "今週木曜日", "再来週の月曜", "週明け", "今週末", "火曜", "水曜日", "次の土曜",
    "来週前半", "向こう3日間", "過去2週間", "一両日中", "明日から3日後",
]  # fmt: skip
CLOCKS = ["", "15時", "午後3時半", "10:30", "朝9時", "夕方", "午前中", "13時から15時", "10時〜12時"]
KANJI = ["〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"]


def only(text, sent=TUESDAY):
    (span,) = find(text, sent, "ja")
    return span


def kanji(number):
    tens, ones = divmod(number, 10)
    return (KANJI[tens] if tens > 1 else "") + ("十" if tens else "") + (KANJI[ones] if ones else "")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(RELATIVE), st.sampled_from(CLOCKS), st.integers(0, 400), st.integers(7, 18))
def test_a_week_later_the_same_words_mean_a_week_later(day, clock, days, hour):
    sent = TUESDAY.replace(hour=hour) + timedelta(days=days)
    text = f"{day}の{clock}" if clock else day
    before, after = ([s.slot for s in find(text, at, "ja")] for at in (sent, sent + WEEK))
    assert before
    assert after == [replace(s, start=s.start + WEEK, end=s.end and s.end + WEEK) for s in before]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([*RELATIVE, "3月17日", "4月上旬", "令和8年5月7日", "第2月曜日", "来月末", "3時間", "毎週水曜"]),
    st.sampled_from(CLOCKS),
    st.sampled_from(["", "お世話になっております。", "打合せは", "（案）", "納品先の件、", "ところで、"]),
    st.sampled_from(["", "。", "です。", "でお願いします。", "にお送りください。", "、よろしくお願いいたします。"]),
)
def test_words_around_do_not_change_the_meaning(day, clock, before, after):
    text = day + clock
    alone, within = find(text, TUESDAY, "ja"), find(before + text + after, TUESDAY, "ja")
    assert [(s.slot, s.length) for s in within] == [(s.slot, s.length) for s in alone]
    assert [(s.start - len(before), s.end - len(before)) for s in within] == [(s.start, s.end) for s in alone]


@settings(max_examples=200, deadline=None)
@given(st.dates(date(2026, 3, 1), date(2026, 9, 20)), st.sampled_from(WEEKDAYS))
def test_a_weekday_that_does_not_fit_is_reported(day, weekday):
    span = only(f"{day.month}月{day.day}日（{weekday}）に伺います。")
    assert span.slot.start == day
    assert span.conflict == (WEEKDAYS[day.weekday()] != weekday)


@settings(max_examples=300, deadline=None)
@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_every_way_to_write_a_date_gives_it_back(day):
    era = day.year - 2018
    written = [
        f"{day.year}年{day.month}月{day.day}日", f"{day.year}/{day.month}/{day.day}", day.isoformat(),
        f"{day.year}.{day.month:02}.{day.day:02}", f"{day.year}年{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）",
        f"令和{era}年{day.month}月{day.day}日", f"令和{kanji(era)}年{kanji(day.month)}月{kanji(day.day)}日",
        f"R{era}.{day.month}.{day.day}",
        f"{''.join(KANJI[int(c)] for c in str(day.year))}年{kanji(day.month)}月{kanji(day.day)}日",
        f"{day.year}年{day.month}月{day.day}日".translate({ord("0") + n: ord("０") + n for n in range(10)}),
    ]  # fmt: skip
    for text in written:
        span = only(text)
        assert (span.slot.start, span.slot.end, span.start, span.end) == (day, None, 0, len(text)), text


@settings(max_examples=200, deadline=None)
@given(st.times())
def test_every_way_to_write_a_time_of_day_gives_it_back(clock):
    hour, minute = clock.hour, clock.minute
    half, twelve = ("午前", hour) if hour < 12 else ("午後", hour - 12)
    written = [f"3月17日{hour:02}:{minute:02}", f"3月17日{hour:02}時{minute}分", f"3月17日{half}{twelve}時{minute}分"]
    for text in written:
        found = only(text).slot.start
        assert (found.hour, found.minute, found.date()) == (hour, minute, date(2026, 3, 17)), text


def as_words(slot):
    """A slot in words, as a Japanese sender would write it."""
    day = f"{slot.start.year}年{slot.start.month}月{slot.start.day}日（{WEEKDAYS[slot.start.weekday()]}）"
    return f"{day}{slot.start:%H:%M}〜{slot.end:%H:%M}"


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(RELATIVE), st.integers(7, 17), st.sampled_from([0, 15, 30]), st.integers(1, 6))
def test_a_slot_put_into_words_is_the_same_slot(day, hour, minute, hours):
    for span in find(f"{day}の{hour}時{minute}分から{hour + hours}時まで", TUESDAY, "ja"):
        if isinstance(span.slot.start, datetime) and span.slot.end and not span.slot.approx:
            again = only(as_words(span.slot)).slot
            assert (again.start, again.end) == (span.slot.start, span.slot.end)
            assert only(as_words(again)).slot == again


def test_sentences_without_a_time_give_none():
    lines = (HERE / "no_times_ja.txt").read_text(encoding="utf-8").splitlines()
    found = [line for line in lines if find(line, TUESDAY, "ja")]
    assert len(lines) == 300
    assert len(found) <= 0.01 * len(lines), found


def test_the_gate_before_the_rules_passes_every_time_word():
    open_gate = replace(GRAMMAR, starts="")
    for row in (HERE / "times_ja.tsv").read_text(encoding="utf-8").splitlines():
        text = fold(row.split("\t")[1])
        words, without = ([(w.start, w.end, w.rule) for w in scan(text, g)] for g in (GRAMMAR, open_gate))
        assert words == without, text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("検収後30日以内", None),
        ("先日", None),
        ("25時", "2026-03-11T01:00:00+09:00"),
        ("3月17日24時", "2026-03-18T00:00:00+09:00"),
        ("9時5分前に", "2026-03-11T08:55:00+09:00"),
        ("来月の最終営業日", "2026-04-30"),
        ("五十日に払います", "2026-03-10"),
        ("連休明け", "2026-03-23"),
        ("GW明け", "2026-05-07"),
        ("3月10日から4月5日まで", "2026-03-10"),
        ("11月から3月まで", "2025-11-01"),
        ("敬老の日", "2026-09-21"),
        ("秋分の日", "2026-09-23"),
    ],
)
def test_particular_words(text, wanted):
    span = find(text, TUESDAY, "ja")[0]
    assert (span.slot.start.isoformat() if span.slot else None) == wanted
