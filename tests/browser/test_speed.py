"""How fast and how light the pages are: from key to next suggestion over a hundred decisions, bytes and requests."""

from __future__ import annotations

import statistics
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page

from pipeline.records import Activity, Evidence, Suggestion
from pipeline.store.engine import sessions
from pipeline.store.review.proposals import save_suggestions
from tests.browser.screens import SCREENS

DECISIONS = 100
THINK_MS = 400  # nobody reads a suggestion and decides faster
MEDIAN_MS, P95_MS = 100, 200
MAX_BYTES, MAX_REQUESTS = 150_000, 10


def test_from_key_to_next_suggestion_over_a_hundred_decisions(site: Any, open_page: Any) -> None:
    _more_suggestions(site, DECISIONS + 10)
    page = open_page("rep")
    page.wait_for_load_state("networkidle")
    took_ms = []
    for n in range(DECISIONS):
        page.wait_for_timeout(THINK_MS)
        took_ms.append(_press(page, "ar"[n % 2]))
    median, p95 = statistics.median(took_ms), statistics.quantiles(took_ms, n=20)[-1]
    print(f"\nkey to next suggestion, {DECISIONS} decisions: median {median:.0f} ms, p95 {p95:.0f} ms")
    assert median <= MEDIAN_MS
    assert p95 <= P95_MS


@pytest.mark.parametrize("name", SCREENS)
def test_a_page_is_light_and_asks_nobody_else(name: str, site: Any, open_page: Any, watched: Any) -> None:
    screen = SCREENS[name]
    page = open_page(screen.who, "/sign-in" if screen.who is None else "/")
    page.goto(screen.address(site))
    page.wait_for_load_state("networkidle")
    asked = page.evaluate(
        """() => ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind))
            .filter((one) => !one.name.includes("/review/")) // fetched ahead, after the page is there
            .map((one) => [one.name, one.encodedBodySize + 300])"""
    )
    assert 1 < len(asked) <= MAX_REQUESTS, asked
    assert sum(size_bytes for _, size_bytes in asked) <= MAX_BYTES
    assert watched.elsewhere == []


def _press(page: Page, key: str) -> float:
    """Milliseconds from a key to the frame in which another suggestion is painted."""
    took: float = page.evaluate(
        """(key) => new Promise((resolve) => {
            const shown = () => document.querySelector(".item:not([data-left])")?.dataset.id;
            const before = shown(), began = performance.now();
            const look = () => shown() && shown() !== before
                ? requestAnimationFrame(() => resolve(performance.now() - began))
                : performance.now() - began > 5000 ? resolve(5000) : requestAnimationFrame(look);
            document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
            look();
        })""",
        key,
    )
    return took


def _more_suggestions(site: Any, count: int) -> None:
    piece = "12台分のお見積りをお願いいたします。"
    with sessions(site.engine).begin() as session:
        place = site.made.mails["takahashi"]
        made = [
            Suggestion(
                f"s-more-{n:03}", "create_task", f"見積書{n}を送る", 0.8, (), (Evidence(0, 1, piece),),
                "m.takahashi@kita-seiki.example",
                activity=Activity("task", "open", f"見積書{n}を送る", 0.8, (Evidence(0, 1, piece),), owner="recipient"),
            )
            for n in range(count)
        ]  # fmt: skip
        save_suggestions(session, site.made.organisation_id, place, made, datetime.now(UTC))
