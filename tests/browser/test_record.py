"""A record's page in a real browser: what to do next by one key, and the related list with its filters."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect


def test_one_key_opens_what_waits_and_one_dismisses_it(site: Any, open_page: Any, watched: Any) -> None:
    address = f"{site.address}/records/{site.made.records['okafor']}"
    page = open_page("rep", f"/records/{site.made.records['okafor']}")
    expect(page.locator(".step")).to_have_count(1)
    page.keyboard.press("a")
    page.wait_for_url(f"**/mails/{site.made.mails['history-0']}")
    page.goto(address)
    page.keyboard.press("d")
    expect(page.locator(".step")).to_have_count(0)
    page.reload()
    expect(page.locator(".step")).to_have_count(0)
    assert watched.complaints == []


def test_what_mail_tells_over_time_is_drawn_with_a_table_behind(site: Any, open_page: Any) -> None:
    page = open_page("rep", f"/records/{site.made.records['okafor']}")
    assert page.locator(".heat rect").count() == 7 * 24
    assert page.locator(".heat .best").count() == 3
    page.locator(".behind summary").last.click()
    cells = page.locator(".behind table").last.locator("tbody td").all_inner_texts()
    assert sum(int(cell) for cell in cells if cell) == 19
    assert page.locator(".mood-chart rect").count() > 4
    page.goto(f"{site.address}/records/{site.made.records['mori']}")
    expect(page.locator(".heat")).to_have_count(0)
    expect(page.get_by_text("まだ判断できるだけの返信がありません（現在1件）。")).to_be_visible()


def test_a_colleague_without_rights_is_told_nothing_of_it(site: Any, open_page: Any) -> None:
    page = open_page("other", f"/records/{site.made.records['okafor']}")
    expect(page.locator(".step, .heat, .mood-chart, [data-rows]")).to_have_count(0)


def test_related_mail_by_filter_and_page(site: Any, open_page: Any) -> None:
    page = open_page("rep", f"/records/{site.made.records['okafor']}")
    rows = page.locator("[data-rows] li")
    expect(rows).to_have_count(10)
    page.locator(".more a").click()
    expect(rows).to_have_count(9)
    page.get_by_role("link", name="POP で共有").click()
    expect(rows).to_have_count(0)
    for colleague, count in (("佐々木 亮", 10), ("Emma Clarke", 0)):
        page.wait_for_load_state()
        with page.expect_navigation():
            page.locator("select[name=user]").select_option(label=colleague)
        expect(rows).to_have_count(count)
