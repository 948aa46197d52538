"""Storage: how much there is, when a body is kept, what is told when, and when it will be full."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.quota import GB, Terms, encoded_bytes, fitting, full_on, keeps, outlook, reached

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("licences", "addon_gb", "gb"),
    [
        (0, 0, 0),
        (1, 0, 5),
        (19, 0, 95),
        (20, 0, 100),
        (21, 0, 100),
        (500, 0, 100),
        (0, 50, 50),
        (19, 5, 100),
        (500, 250, 350),
    ],
)
def test_the_limit_is_five_gigabytes_a_licence_at_most_a_hundred_and_the_addons(licences, addon_gb, gb):
    assert Terms(licences, addon_gb).limit_bytes == gb * 1024**3


@pytest.mark.parametrize("licences", [1, 19, 20, 21, 500])
def test_enforced_exactly_the_whole_limit_may_be_used_and_not_a_byte_more(licences):
    terms = Terms(licences, 0, "enforce")
    limit = terms.limit_bytes
    assert keeps(terms, 0, limit)
    assert keeps(terms, limit - 1, 1)
    assert not keeps(terms, limit - 1, 2)
    assert not keeps(terms, limit, 1)
    assert keeps(terms, limit, 0)
    assert keeps(Terms(licences, 0, "warn"), limit, 1)
    assert keeps(Terms(licences, 0, "observe"), limit, 1)


def test_without_licences_nothing_is_kept_where_that_is_enforced():
    assert not keeps(Terms(0, 0, "enforce"), 0, 1)
    assert keeps(Terms(0, 1, "enforce"), 0, GB)
    assert reached(1, 0) == (80, 90, 100)


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        (0, ()),
        (799, ()),
        (800, (80,)),
        (899, (80,)),
        (900, (80, 90)),
        (999, (80, 90)),
        (1000, (80, 90, 100)),
        (5000, (80, 90, 100)),
    ],
)
def test_thresholds_are_reached_to_the_byte(used, expected):
    assert reached(used, 1000) == expected


def days(*used):
    return [(TODAY - timedelta(days=len(used) - 1 - n), value) for n, value in enumerate(used)]


SLOW = days(*[0] * 9, 1)


@pytest.mark.parametrize(
    ("history", "used", "expected"),
    [
        (days(*range(10, 101, 10)), 100, TODAY + timedelta(days=90)),
        (days(*range(10, 101, 10)), 1000, TODAY),
        (days(*[100] * 10), 100, None),
        (days(*range(100, 0, -10)), 10, None),
        (days(10, 20, 30), 30, None),
        ([(TODAY - timedelta(days=6), 0), (TODAY, 60)], 60, TODAY + timedelta(days=94)),
        (SLOW, 1, None),
        ([], 0, None),
    ],
)
def test_the_day_of_the_limit_follows_the_growth(history, used, expected):
    limit = 10**9 if history == SLOW else 1000
    assert full_on(used, limit, history, TODAY) == expected


def test_an_outlook_asks_what_if_with_other_terms_and_less_in_use():
    history = days(*(n * GB for n in range(1, 11)))
    now = outlook(Terms(2), 10 * GB, history, TODAY)
    assert (now.reached, now.full_on) == ((80, 90, 100), TODAY)
    more = outlook(Terms(3), 10 * GB, history, TODAY)
    assert (more.reached, more.full_on) == ((), TODAY + timedelta(days=5))
    less = outlook(Terms(2), 7 * GB, history, TODAY)
    assert (less.reached, less.full_on) == ((), TODAY + timedelta(days=3))


@given(st.lists(st.integers(0, 100), max_size=20), st.integers(-10, 500))
def test_those_that_fit_are_a_beginning_of_those_that_wait(sizes, room):
    count = fitting(room, sizes)
    assert count == 0 or sum(sizes[:count]) <= room
    assert count == len(sizes) or sum(sizes[: count + 1]) > room


def test_an_attachment_takes_its_base64_in_a_mail():
    assert encoded_bytes(57) == 77
    assert encoded_bytes(0) == 0
    assert encoded_bytes(3_000_000) == 4_000_000 + 52_632
