"""Walks by keys only over every screen; what a stranger and a rep without rights see: nothing that is not theirs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from tests.browser.screens import SCREENS

GO = {"gi": "/inbox", "gc": "/contacts", "gs": "/settings", "gr": "/"}
TABS = {
    "rep": ("", "/notices", "/mailboxes", "/filters", "/sharing", "/rules", "/tokens"),
    "admin": ("users", "roles", "sharing", "storage", "intents", "backups", "webhooks", "models", "audit", "failures"),
}
# Behind the tabs and lists: keys that go there, then the link or button that Tab reaches and Enter presses.
BEHIND: dict[str, tuple[tuple[str, str, str], ...]] = {
    "rep": (
        ("gi", "a[href='/mails/{takahashi}']", "/mails/{takahashi}"),
        ("gi", "a[href='/mails/{news}']", "/mails/{news}"),
        ("gi", "a[href='/mails/{hostile}']", "/mails/{hostile}"),
        ("", "a[href='/mails/{hostile}?look=original']", "/mails/{hostile}?look=original"),
        ("gc", "a[href='/records/{okafor}']", "/records/{okafor}"),
        ("", "a[href='/records/{harbour}']", "/records/{harbour}"),
        ("", "a[href='/records/{okafor}']", "/records/{okafor}"),
        ("", "a[href='/records/{deal-a}']", "/records/{deal-a}"),
        ("gs", ".unread", "/settings/notices"),
        ("gs", "a[href='/settings/mailboxes']", "/settings/mailboxes"),
        ("", "a[href='/settings/mailboxes/{mailbox}']", "/settings/mailboxes/{mailbox}"),
        ("gs", "a[href='/settings/mailboxes']", "/settings/mailboxes"),
        ("", "a[href='/settings/mailboxes/new']", "/settings/mailboxes/new"),
        ("gs", "a[href='/settings/filters']", "/settings/filters"),
        ("", "a[href*='/marked']", "/settings/filters/{mailbox}/marked?kind=label&value=Bills"),
        ("gs", "a[href='/settings/rules']", "/settings/rules"),
        ("", "a[href='/settings/rules/{rule}']", "/settings/rules/{rule}"),
        ("gs", "a[href='/settings/rules']", "/settings/rules"),
        ("", "a[href='/settings/rules/new']", "/settings/rules/new"),
    ),
    "admin": (
        ("gs", "a[href='/settings/mailboxes']", "/settings/mailboxes"),
        ("", "a[href='/settings/mailboxes/new']", "/settings/mailboxes/new"),
        ("gs", "a[href='/admin/users']", "/admin/users"),
        ("", "a[href='/admin/users/{rep}']", "/admin/users/{rep}"),
    ),
}
NOT_WALKED = {"sign-in", "not-found"}
"""A stranger's screen, and one that no link leads to."""


@pytest.mark.parametrize("who", ["rep", "admin"])
def test_every_screen_is_reached_by_keys(who: str, site: Any, open_page: Any, watched: Any) -> None:
    page, names = open_page(who), _names(site)
    seen = {"/"}
    for keys, path in GO.items():
        _go(page, keys, site.address)
        seen.add(path)
    for path in _tabs(who):
        _go(page, "gs", site.address)
        _enter(page, f'.tabs a[href="{path}"]', f"{site.address}{path}")
        expect(page.locator(".tabs a[aria-current]")).to_have_attribute("href", path)
        seen.add(path)
    for keys, selector, path in BEHIND[who]:
        if keys:
            _go(page, keys, site.address)
        _enter(page, selector.format(**names), site.address + path.format(**names))
        seen.add(path)
    screens = {one.path for name, one in SCREENS.items() if one.who == who and name not in NOT_WALKED}
    assert {_place(path) for path in screens} <= {_place(path) for path in seen}
    assert watched.complaints == []


def test_a_stranger_is_led_to_the_door(site: Any, open_page: Any) -> None:
    page = open_page(None, "/sign-in")
    for name, screen in SCREENS.items():
        page.goto(screen.address(site))
        assert page.url.startswith(f"{site.address}/sign-in"), name
        assert page.locator("header.bar, .mail, table").count() == 0, name


def test_the_door_is_passed_by_keys(site: Any, open_page: Any) -> None:
    page = open_page(None, "/inbox")
    page.keyboard.type("sasaki@aoba-system.example")
    page.keyboard.press("Tab")
    page.keyboard.type("a long enough password")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.address}/inbox")


def test_a_rep_without_rights_sees_nothing(site: Any, open_page: Any) -> None:
    page = open_page("other")
    others = ("/mails", "/admin", "/?suggestion")
    guarded = [one for one in SCREENS.values() if one.path.startswith(others) or _is_the_reps(one.path)]
    assert len(guarded) > 15
    for screen in guarded:
        answer = page.goto(screen.address(site))
        assert answer.status in (403, 404), screen.path
        assert page.locator(".mail, .tabs, table, .list").count() == 0, screen.path
    page.goto(SCREENS["marked"].address(site))
    expect(page.locator("main")).to_contain_text("No mail matches. Clear the search or choose another filter.")
    assert page.locator(".rows").count() == 0


def _is_the_reps(path: str) -> bool:
    return ("{mailbox}" in path and "/marked" not in path) or "{rule}" in path


def _tabs(who: str) -> Iterable[str]:
    yield from (f"/settings{one}" for one in TABS["rep"][1:])
    if who == "admin":
        yield from (f"/admin/{one}" for one in TABS["admin"])


def _names(site: Any) -> dict[str, str]:
    users = {name: user.id for name, user in site.made.users.items()}
    return dict(site.made.mails | site.made.records | site.made.settings | users)


def _place(path: str) -> str:
    """A screen without what narrows it; the mail's two looks are two screens."""
    return path if "look=" in path else path.split("?")[0]


def _go(page: Page, keys: str, address: str) -> None:
    """Press keys that belong together; once more where the machine was too slow for both to count as one."""
    for patience_ms in (5_000, 15_000):
        page.wait_for_load_state()
        for key in keys:
            page.keyboard.press(key)
        try:
            return page.wait_for_url(address + GO[keys], timeout=patience_ms)
        except TimeoutError as error:
            late = error
    raise late


def _enter(page: Page, selector: str, address: str) -> None:
    """Go on by Tab until the link has the focus, and press it."""
    page.wait_for_load_state()
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            page.keyboard.press("Enter")
            page.wait_for_url(address)
            return
    pytest.fail(f"{selector} is not reached by Tab")
