"""Search over HTTP: hits with marks, counts, and nothing of mail that is not the caller's."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient


@pytest.mark.parametrize(
    ("q", "key", "marked"),
    [
        ("検査ソフト", "takahashi", "検査ソフト"),
        ("yen pounds", "okafor", "yen"),
        ("はんでぃ端末", "mori", "ハンディ端末"),
    ],
)
def test_a_hit_has_its_place_marked(rep: TestClient, filled: Any, q: str, key: str, marked: str) -> None:
    (hit,) = rep.get("/api/v1/search", params={"q": q}).json()["items"]
    assert hit["id"] == filled.mails[key]
    assert hit["snippet"][hit["marks"][0]["start"] : hit["marks"][0]["end"]] == marked
    assert rep.get("/api/v1/facets", params={"q": q}).json()["total"] == 1
    assert rep.get("/api/v1/search", params={"q": q, "language": "fr"}).json()["items"] == []


def test_counts_are_of_what_the_caller_sees(sign_in: Any) -> None:
    rep, admin = sign_in("rep").get("/api/v1/facets").json(), sign_in("admin").get("/api/v1/facets").json()
    assert rep["total"] == sum(rep["counts"]["language"].values()) > 0
    assert (admin["total"], [counts for counts in admin["counts"].values() if counts]) == (0, [])


def test_others_find_nothing(sign_in: Any) -> None:
    for who in ("other", "admin"):
        assert sign_in(who).get("/api/v1/search?q=検査ソフト").json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("query", ["", "?q=", "?q=x&cursor=bad", f"?q={'x' * 201}"])
def test_a_search_that_cannot_be_is_refused(rep: TestClient, query: str) -> None:
    assert rep.get(f"/api/v1/search{query}").status_code == 422
