"""What each item of a request to share records comes to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.core.share_bulk import Known, Wanted, judge_share, judge_unshare

KNOWN = Known(
    "custom",
    records={"a", "b", "closed", "shared"},
    open_records={"a", "b", "shared"},
    others={"meeting"},
    grantees={"all", "user:u", "role:r"},
    shared={"shared": frozenset({"all"})},
)


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (Wanted("a"), "SUCCESS"),
        (Wanted("a", ("user:u", "role:r")), "SUCCESS"),
        (Wanted("shared"), "ALREADY_SHARED"),
        (Wanted("shared", ("user:u",)), "SUCCESS"),
        (Wanted(None), "MANDATORY_NOT_FOUND"),
        (Wanted(""), "MANDATORY_NOT_FOUND"),
        (Wanted("a", ()), "MANDATORY_NOT_FOUND"),
        (Wanted("nothing"), "INVALID_DATA"),
        (Wanted("a", ("user:nobody",)), "INVALID_DATA"),
        (Wanted("a", ("user:u", "role:none")), "INVALID_DATA"),
        (Wanted("meeting"), "NOT_SUPPORTED"),
        (Wanted("closed"), "NO_PERMISSION"),
    ],
)
def test_one_item_to_share(item, code):
    assert judge_share([item], KNOWN) == [code]


@pytest.mark.parametrize(
    ("record_id", "code"),
    [
        ("shared", "SUCCESS"),
        ("a", "NOT_SHARED"),
        (None, "MANDATORY_NOT_FOUND"),
        ("nothing", "INVALID_DATA"),
        ("meeting", "NOT_SUPPORTED"),
        ("closed", "NO_PERMISSION"),
    ],
)
def test_one_item_to_stop_sharing(record_id, code):
    assert judge_unshare([Wanted(record_id)], KNOWN) == [code]


@pytest.mark.parametrize("mode", ["private", "public", None])
def test_only_in_mode_custom_is_anything_shared(mode):
    known = replace(KNOWN, mode=mode)
    assert judge_share([Wanted("a"), Wanted("nothing")], known) == ["NOT_ALLOWED", "INVALID_DATA"]
    assert judge_unshare([Wanted("shared")], known) == ["NOT_ALLOWED"]


def test_the_same_record_twice_counts_once():
    items = [Wanted("a"), Wanted("b"), Wanted("a", ("user:u",)), Wanted("a")]
    assert judge_share(items, KNOWN) == ["SUCCESS", "SUCCESS", "DUPLICATE_DATA", "DUPLICATE_DATA"]
    assert judge_unshare([Wanted("shared")] * 2, KNOWN) == ["SUCCESS", "DUPLICATE_DATA"]
