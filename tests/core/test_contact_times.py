"""Habits are told only with enough replies, in the clock of the one who writes."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from pipeline.core.contact_times import ENOUGH_DAYS, ENOUGH_REPLIES, contact_times

TOKYO = timezone(timedelta(hours=9))
MONDAY = datetime(2026, 3, 2, 9, 20, tzinfo=TOKYO)


def test_counts_by_weekday_and_hour_of_the_writers_own_clock() -> None:
    found = contact_times([MONDAY, MONDAY + timedelta(days=7), MONDAY + timedelta(days=1, hours=5)])
    assert found.counts[0][9] == 2
    assert found.counts[1][14] == 1
    assert (found.replies, found.days) == (3, 3)


def test_few_replies_say_nothing() -> None:
    weekly = [MONDAY + timedelta(days=7 * n) for n in range(ENOUGH_REPLIES)]
    assert not contact_times(weekly[:-1]).enough
    assert contact_times(weekly[:-1]).best == ()
    assert contact_times(weekly).enough


def test_many_replies_on_few_days_say_nothing() -> None:
    busy = [MONDAY + timedelta(days=n % (ENOUGH_DAYS - 1), minutes=n) for n in range(40)]
    assert not contact_times(busy).enough


def test_the_busiest_hours_stand_out() -> None:
    mornings = [MONDAY + timedelta(days=7 * n) for n in range(8)]
    noons = [MONDAY + timedelta(days=7 * n + 3, hours=3) for n in range(5)]
    strays = [MONDAY + timedelta(days=n, hours=9 + n) for n in range(3)]
    assert contact_times([*mornings, *noons, *strays]).best == ((0, 9), (3, 12))


def test_nothing_gives_an_empty_table() -> None:
    found = contact_times([])
    assert (found.replies, found.days, found.best) == (0, 0, ())
    assert [len(row) for row in found.counts] == [24] * 7
