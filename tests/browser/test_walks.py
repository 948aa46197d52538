"""Walks by keys only, and what a stranger and a rep without rights are shown: nothing that is not theirs."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screens import SCREENS


@pytest.mark.parametrize("who", ["rep", "admin"])
def test_every_place_is_reached_by_keys(who: str, site: Any, open_page: Any, watched: Any) -> None:
    page = open_page(who)
    for keys, path in (("gi", "/inbox"), ("gc", "/contacts"), ("gs", "/settings"), ("gr", "/")):
        for key in keys:
            page.keyboard.press(key)
        page.wait_for_url(f"{site.address}{path}")
    page.goto(f"{site.address}/settings")
    hrefs = page.locator(".tabs a").evaluate_all("all => all.map((one) => one.getAttribute('href'))")
    assert len(hrefs) > 4
    assert any(href.startswith("/admin/") for href in hrefs) == (who == "admin")
    for href in hrefs:
        _tab_to(page, f'.tabs a[href="{href}"]')
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site.address}{href}")
        expect(page.locator(".tabs a[aria-current]")).to_have_attribute("href", href)
    assert watched.complaints == []


@pytest.mark.parametrize("name", [name for name, one in SCREENS.items() if one.who])
def test_a_stranger_is_led_to_the_door(name: str, site: Any, open_page: Any) -> None:
    page = open_page(None, "/sign-in")
    page.goto(SCREENS[name].address(site))
    assert page.url.startswith(f"{site.address}/sign-in")
    expect(page.locator("header.bar, .mail, table")).to_have_count(0)


@pytest.mark.parametrize("name", [name for name, one in SCREENS.items() if one.path.startswith(("/mails", "/admin"))])
def test_a_rep_without_rights_sees_nothing(name: str, site: Any, open_page: Any) -> None:
    page = open_page("other")
    answer = page.goto(SCREENS[name].address(site))
    assert answer.status in (403, 404)
    expect(page.locator(".mail, .tabs, table, .list")).to_have_count(0)


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
    pytest.fail(f"{selector} is not reached by Tab")
