"""The review flow in a real browser: what a rep does in ten minutes, by keyboard, and what must never happen."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

PASSWORD = "a long enough password"


def show(page: Page, suggestion: str) -> None:
    """Open one suggestion of the queue by a click."""
    page.locator(f'[data-queue] li[data-id="{suggestion}"] a').click()
    expect(page.locator(f'.item[data-id="{suggestion}"]')).to_be_visible()


def decided(page: Page, *suggestions: str) -> None:
    """Wait until the server has these decisions."""
    address = "/".join(page.url.split("/")[:3])
    for suggestion in suggestions:
        for _ in range(100):
            if page.request.get(f"{address}/api/v1/suggestions/{suggestion}").json()["state"] != "pending":
                break
            page.wait_for_timeout(50)
        else:
            pytest.fail(f"{suggestion} was not decided")


def contacts(page: Page, address: str) -> dict[str, list[str]]:
    """The contact list: names with their cells."""
    page.goto(f"{address}/contacts")
    rows = page.locator("table.contacts tbody tr")
    cells = [rows.nth(n).locator("td").all_inner_texts() for n in range(rows.count())]
    return {row[0]: row[1:] for row in cells}


def test_accept_edit_reject_undo_and_the_contacts_show_exactly_that(site: Any, open_page: Any, watched: Any) -> None:
    page = open_page(None, "/sign-in")
    page.get_by_label("メールアドレス").fill("sasaki@aoba-system.example")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("main[data-ready]")
    expect(page.locator("[data-count]")).to_have_text("8")

    show(page, "s-takahashi")  # accepted as it is
    following = page.locator('[data-queue] li[data-id="s-takahashi"] + li').get_attribute("data-id")
    page.keyboard.press("a")
    expect(page.locator(f'.item[data-id="{following}"]')).to_be_visible()
    expect(page.locator("#toasts")).to_contain_text("承認しました：髙橋 美咲")
    expect(page.locator("[data-count]")).to_have_text("7")

    show(page, "s-okafor")  # edited: a better title, the mobile number left out
    page.keyboard.press("e")
    page.get_by_role("textbox", name="役職").fill("Chief Operating Officer")
    page.locator('input[name="f1"]').fill("")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("変更を加えて承認しました")

    show(page, "s-hostile")  # rejected, then taken back, then rejected for good
    page.keyboard.press("r")
    expect(page.locator("[data-count]")).to_have_text("5")
    page.keyboard.press("u")
    expect(page.locator('.item[data-id="s-hostile"]')).to_be_visible()
    expect(page.locator("#toasts")).to_contain_text("元に戻しました")
    expect(page.locator("[data-count]")).to_have_text("6")

    found = contacts(page, site.address)
    assert set(found) == {"髙橋 美咲", "Daniel Okafor", "森 健一"}
    assert found["髙橋 美咲"] == ["北精機株式会社", "主任", "m.takahashi@kita-seiki.example", "025-555-0142"]
    okafor = ["Harbour & Pine Ltd", "Chief Operating Officer", "daniel.okafor@harbourpine.example", "+44 20 7946 0321"]
    assert found["Daniel Okafor"] == okafor
    page.get_by_role("link", name="Daniel Okafor").click()
    details = page.locator(".details").inner_text()
    assert "7700" not in details
    assert "手入力" in details
    assert watched.complaints == []
    assert watched.elsewhere == []


def test_the_whole_queue_by_keyboard_ends_with_what_was_done(open_page: Any, watched: Any) -> None:
    page = open_page("rep")
    ids = page.locator("[data-queue] li").evaluate_all("all => all.map((one) => one.dataset.id)")
    total = len(ids)
    for n, id_ in enumerate(ids):
        expect(page.locator(f'.item[data-id="{id_}"]')).to_be_visible()
        expect(page.locator("[data-count]")).to_have_text(str(total - n))
        page.keyboard.press("ra"[n % 2])
    expect(page.locator("h1", has_text="すべて確認しました")).to_be_visible()
    decided(page, *ids)
    page.reload()
    expect(page.locator(".tally")).to_contain_text("承認")
    expect(page.locator(".tally")).to_contain_text("却下")
    assert watched.complaints == []


def test_next_is_there_at_once(open_page: Any) -> None:
    page = open_page("rep")
    page.wait_for_load_state("networkidle")
    took_ms = page.evaluate(
        """() => new Promise((resolve) => {
            const began = performance.now();
            const main = document.getElementById("main");
            new MutationObserver((_, seen) => { seen.disconnect(); resolve(performance.now() - began); })
                .observe(main, { childList: true });
            setTimeout(() => resolve(10_000), 10_000);
            document.dispatchEvent(new KeyboardEvent("keydown", { key: "a", bubbles: true }));
        })"""
    )
    assert took_ms < 100


def test_keys_do_nothing_while_typing_or_composing(open_page: Any) -> None:
    page = open_page("rep")
    before = page.locator(".item").get_attribute("data-id")
    count = page.locator("[data-count]").inner_text()
    page.keyboard.press("/")
    page.keyboard.type("are jks um?")
    expect(page.locator(".search input")).to_have_value("are jks um?")
    page.keyboard.press("Escape")

    page.keyboard.press("e")
    first = page.locator(".edit .input").first
    first.fill("")
    page.keyboard.type("area/ujkm?")
    expect(first).to_have_value("area/ujkm?")
    page.keyboard.press("Enter")  # a plain Enter neither saves nor accepts
    # 変換中: the key that confirms a conversion, with Ctrl held or not, decides nothing
    composing = """([key, ctrlKey, how]) => {
        const event = new KeyboardEvent("keydown", { key, ctrlKey, bubbles: true, ...how });
        document.activeElement.dispatchEvent(event);
    }"""
    for how in ({"isComposing": True}, {"keyCode": 229}):
        page.evaluate(composing, ["Enter", True, how])
        page.evaluate(composing, ["Escape", False, how])
    assert page.locator("form[data-mode=edit]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("form[data-mode=edit]").count() == 0
    for how in ({"isComposing": True}, {"keyCode": 229}):
        for key in "arjmu":
            page.evaluate(composing, [key, False, how])
    for combination in ("Control+j", "Alt+r", "Meta+u"):
        page.keyboard.press(combination)
    assert page.locator(".item").get_attribute("data-id") == before
    assert page.locator("[data-count]").inner_text() == count


def test_real_japanese_input_reaches_the_field(open_page: Any) -> None:
    page = open_page("rep")
    show(page, "s-takahashi")
    page.keyboard.press("e")
    devtools = page.context.new_cdp_session(page)
    page.locator('input[name="f0"]').fill("")
    devtools.send("Input.imeSetComposition", {"text": "あ", "selectionStart": 1, "selectionEnd": 1})
    devtools.send("Input.imeSetComposition", {"text": "高橋", "selectionStart": 2, "selectionEnd": 2})
    devtools.send("Input.insertText", {"text": "高橋"})
    expect(page.locator('input[name="f0"]')).to_have_value("高橋")
    expect(page.locator('.item[data-id="s-takahashi"] form[data-mode=edit]')).to_be_visible()


def test_field_and_evidence_light_up_together(open_page: Any) -> None:
    page = open_page("rep")
    show(page, "s-takahashi")
    phone = page.locator(".field", has_text="025-555-0142")
    phone.hover()
    expect(page.locator(".ev.on")).to_have_text("025-555-0142")
    address = page.locator(".field", has_text="新潟県").first
    address.focus()
    expect(page.locator(".ev.on")).to_have_text("新潟県新潟市中央区東大通2-4-10 3F")
    page.locator(".ev", has_text="主任").hover()
    expect(page.locator(".field.on")).to_contain_text("役職")


def test_snooze_menu_and_moving(open_page: Any) -> None:
    page = open_page("rep")
    ids = page.locator("[data-queue] li").evaluate_all("all => all.map((one) => one.dataset.id)")
    page.keyboard.press("j")
    expect(page.locator(f'.item[data-id="{ids[1]}"]')).to_be_visible()
    page.keyboard.press("k")
    expect(page.locator(f'.item[data-id="{ids[0]}"]')).to_be_visible()
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="明日まで")).to_be_focused()
    page.keyboard.press("2")
    expect(page.locator("#toasts")).to_contain_text("あとで確認します")
    decided(page, ids[0])
    expect(page.locator(f'.item[data-id="{ids[1]}"]')).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("a")  # keys rest while the list is open
    page.keyboard.press("Escape")
    expect(page.locator(f'.item[data-id="{ids[1]}"]')).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page).to_have_url(re.compile("/inbox$"))


def test_a_failing_network_loses_nothing(open_page: Any) -> None:
    page = open_page("rep")
    show(page, "s-mori-task")
    failures = {"left": 2}

    def fail_twice(route: Any) -> None:
        failures["left"] -= 1
        route.abort() if failures["left"] >= 0 else route.fallback()

    page.route("**/suggestions/s-mori-task", fail_twice)
    page.keyboard.press("a")
    expect(page.locator("#toasts")).to_contain_text("再試行")
    decided(page, "s-mori-task")

    page.clock.install()
    show(page, "s-okafor")
    page.route("**/suggestions/s-okafor", lambda route: route.abort())
    page.keyboard.press("r")
    for _ in range(12):
        page.clock.run_for(1000)
        page.wait_for_timeout(30)
    expect(page.locator(".toast.bad")).to_contain_text("保存できませんでした")
    expect(page.locator('.item[data-id="s-okafor"]')).to_be_visible()
    expect(page.locator('[data-queue] li[data-id="s-okafor"]')).to_be_visible()


def test_a_conflict_is_told_plainly(site: Any, open_page: Any) -> None:
    page, second = open_page("rep"), open_page("rep")
    show(page, "s-mori-task")
    show(second, "s-mori-task")
    second.keyboard.press("r")
    decided(second, "s-mori-task")
    page.keyboard.press("a")
    expect(page.locator(".toast.bad")).to_contain_text("ほかの人がすでに処理")
    expect(page.locator('[data-queue] li[data-id="s-mori-task"]')).to_be_hidden()
    expect(page.locator('.item[data-id="s-mori-task"]')).to_have_count(0)


def test_muting_clears_the_queue_of_a_person_and_undo_fills_it_again(open_page: Any) -> None:
    page = open_page("rep")
    show(page, "s-takahashi")
    page.keyboard.press("m")
    theirs = page.locator('[data-queue] li[data-person="m.takahashi@kita-seiki.example"]')
    expect(page.locator("[data-count]")).to_have_text("5")
    expect(theirs.first).to_be_hidden()
    page.keyboard.press("u")
    expect(page.locator("[data-count]")).to_have_text("8")
    expect(theirs).to_have_count(3)
    expect(theirs.first).to_be_visible()


def test_a_second_key_never_decides_what_was_not_seen(open_page: Any) -> None:
    page = open_page("rep")
    page.wait_for_load_state("networkidle")
    ids = page.locator("[data-queue] li").evaluate_all("all => all.map((one) => one.dataset.id)")
    answers: list[int] = []
    page.on("response", lambda answer: answers.append(answer.status) if "/suggestions/" in answer.url else None)
    page.evaluate(
        """() => ["a", "r", "m"].forEach((key) =>
            document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })))"""
    )
    decided(page, ids[0])
    expect(page.locator("[data-count]")).to_have_text(str(len(ids) - 1))
    page.wait_for_timeout(500)  # long enough for a second decision, if one had been sent
    assert answers == [200]
    expect(page.locator(f'.item[data-id="{ids[1]}"]')).to_be_visible()


def test_several_undos_take_back_in_turn(open_page: Any) -> None:
    page = open_page("rep")
    ids = page.locator("[data-queue] li").evaluate_all("all => all.map((one) => one.dataset.id)")
    for key, id_ in zip("ara", ids, strict=False):
        expect(page.locator(f'.item[data-id="{id_}"]')).to_be_visible()
        page.keyboard.press(key)
    for id_ in reversed(ids[:3]):
        page.keyboard.press("u")
        expect(page.locator(f'.item[data-id="{id_}"]')).to_be_visible()
    expect(page.locator("[data-count]")).to_have_text("8")
    page.reload()
    assert page.locator("[data-queue] li").count() == 8


def test_phone_has_a_sheet_with_big_buttons(open_page: Any, watched: Any) -> None:
    page = open_page("rep", "/?suggestion=s-takahashi", width=390, height=844, has_touch=True)
    accept = page.get_by_role("button", name="承認", exact=True)
    box = accept.bounding_box()
    assert box["height"] >= 44
    assert box["width"] > 300
    assert box["y"] + box["height"] <= 844
    accept.tap()
    expect(page.locator("#toasts")).to_contain_text("承認しました")
    decided(page, "s-takahashi")
    assert watched.complaints == []


def test_hostile_mail_runs_and_loads_nothing(site: Any, open_page: Any, watched: Any) -> None:
    mail = site.made.mails["hostile"]
    page = open_page("rep", f"/mails/{mail}")
    title = page.title()
    for path in (f"/mails/{mail}?look=original", "/?suggestion=s-hostile", "/inbox"):
        page.goto(site.address + path)
        page.wait_for_load_state("networkidle")
        assert page.title() != "run"
    assert "run" not in title.split("·")[-1]
    page.goto(f"{site.address}/mails/{mail}?look=original")
    frame = page.frame_locator("iframe")
    expect(frame.locator("b")).to_have_text("overdue")
    assert frame.locator("body").evaluate("body => getComputedStyle(body).color") == "rgb(27, 28, 30)"
    assert watched.elsewhere == []
    assert watched.complaints == []


def test_works_for_reading_and_deciding_without_scripts(site: Any, open_page: Any) -> None:
    page = open_page(None, "/sign-in", java_script_enabled=False)
    page.get_by_label("メールアドレス").fill("sasaki@aoba-system.example")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインイン").click()
    page.goto(f"{site.address}/?suggestion=s-takahashi")
    expect(page.locator(".mail .subject")).to_have_text("検査ソフトのお見積りとお打ち合わせのお願い")
    page.get_by_role("link", name="編集").click()
    page.locator('input[name="f0"]').fill("高橋 美咲")
    page.get_by_role("button", name="保存して承認").click()
    page.goto(f"{site.address}/contacts")
    expect(page.locator("table.contacts")).to_contain_text("高橋 美咲")


def test_theme_switch_is_remembered(open_page: Any) -> None:
    page = open_page("rep", color_scheme="light")
    light = page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor")
    with page.expect_response("**/api/v1/me"):
        page.locator("[data-action=theme]").click()
    dark = page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor")
    assert dark != light
    page.reload()
    assert page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor") == dark
