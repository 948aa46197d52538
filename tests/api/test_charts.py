"""Charts as numbers: months, hours and days at their places in the drawing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from api.web.charts import heat_rows, line_points, mood_columns

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 3, 10, tzinfo=UTC)


def test_moods_by_month_of_the_reader_from_the_first_with_any() -> None:
    moods = [
        (datetime(2025, 12, 31, 20, tzinfo=UTC), "negative"),  # January in Tokyo
        (datetime(2026, 3, 1, tzinfo=UTC), "positive"),
        (datetime(2026, 3, 2, tzinfo=UTC), "positive"),
        (datetime(2026, 3, 3, tzinfo=UTC), "neutral"),
        (datetime(2020, 1, 1, tzinfo=UTC), "negative"),
    ]
    columns = mood_columns(moods, TOKYO, NOW, 32)
    assert [(one.year, one.month) for one in columns] == [(2026, 1), (2026, 2), (2026, 3)]
    assert [(one.up, one.down) for one in columns] == [(0, 16), (0, 0), (32, 0)]
    assert columns[2].neutral == 1
    assert mood_columns([], TOKYO, NOW, 32) == ()
    assert [(one.year, one.month) for one in mood_columns(moods[-1:], TOKYO, NOW, 32)] == [(2020, 1)]


def test_the_strongest_hour_has_the_highest_level_and_any_mail_a_low_one() -> None:
    counts = [[0] * 24 for _ in range(7)]
    counts[0][9], counts[6][23] = 20, 1
    rows = heat_rows(counts, [(0, 9)])
    assert [(cell.level, cell.best) for cell in (rows[0][9], rows[6][23], rows[3][3])] == [
        (4, True), (1, False), (0, False),
    ]  # fmt: skip
    assert heat_rows([[0] * 24] * 7, [])[0][0].level == 0


def test_a_line_lies_within_its_drawing() -> None:
    days = [(date(2026, 3, 1), 0), (date(2026, 3, 3), 50), (date(2026, 3, 11), 400)]
    points = line_points(days, 100, 640, 140)
    assert [(one.x, one.y) for one in points] == [(0.0, 140.0), (128.0, 70.0), (640.0, 0.0)]
    assert line_points([], 100, 640, 140) == ()
    assert [one.x for one in line_points(days[:1], 0, 640, 140)] == [640.0]
