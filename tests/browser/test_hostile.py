"""Hostile mail in a real browser with the policies on: no script runs, nothing is asked for outside, words stay."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import expect

from pipeline.store.engine import sessions
from pipeline.store.sync.mailboxes import mailboxes_of
from tests.browser.conftest import seed
from tests.browser.hostile import TRICKS

WORDS = "These words are for people."


def test_no_trick_runs_or_asks_outside(site: Any, open_page: Any, watched: Any) -> None:
    mails = _store(site)
    page = open_page("rep")
    page.on("dialog", lambda dialog: (watched.complaints.append(dialog.message), dialog.dismiss()))
    page.context.on("page", lambda other: watched.complaints.append(f"opened {other.url}"))
    for name, mail in mails.items():
        page.goto(f"{site.address}/mails/{mail}")
        expect(page.locator(".mail .zone").first).to_contain_text(WORDS)
        assert page.locator(".mail script, .mail img, .mail iframe, .mail form").count() == 0, name
        page.goto(f"{site.address}/mails/{mail}?look=original")
        frame = page.frame_locator("iframe.frame")
        expect(frame.locator("body")).to_contain_text(WORDS)
        page.frames[-1].wait_for_load_state()
        assert "run" not in (page.title().split(" · ")[0], page.frames[-1].title()), name
        assert page.url.startswith(f"{site.address}/mails/{mail}"), name
        links = frame.locator("a[href]").evaluate_all("all => all.map((one) => [one.protocol, one.target, one.rel])")
        assert all(protocol in ("http:", "https:", "mailto:") for protocol, _, _ in links), name
        assert all(target == "_blank" and "noopener" in rel for _, target, rel in links), name
        assert frame.locator("script, img, svg, iframe, form, input, style, base, meta[http-equiv]").count() == 0, name
        assert (watched.elsewhere, watched.complaints) == ([], []), name


def test_the_watch_sees_a_trick_that_is_let_through(site: Any, open_page: Any, watched: Any) -> None:
    page = open_page("rep")
    page.evaluate("html => (document.querySelector('main').innerHTML = html)", TRICKS["image-error"] + TRICKS["pixel"])
    page.wait_for_timeout(500)
    assert any("Content Security Policy" in line for line in watched.complaints)


def _store(site: Any) -> dict[str, str]:
    """One mail for each trick, as text and as HTML."""
    found = {}
    with sessions(site.engine).begin() as session:
        mailbox = mailboxes_of(session, site.made.users["rep"])[0]
        for name, trick in TRICKS.items():
            text = f"{WORDS}\n{trick}\n".replace("\x00", "")
            letter = seed.Letter(
                f"trick-{name}", ("Trick", "trick@evil.example"), f"Trick {name}", (("body", text),), "en", 50,
                html=f"<html><body><p>{WORDS}</p>{trick}<p>{WORDS}</p></body></html>".replace("\x00", ""),
            )  # fmt: skip
            found[name] = seed._store(session, mailbox.id, letter, datetime.now(UTC))
    return found
