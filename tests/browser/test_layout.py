"""No screen scrolls sideways or cuts words off, down to 320 pixels, and each speaks one language."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.screens import SCREENS, speak

WIDTHS = (320, 390, 768, 1000)
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
CUT_OFF = """() => [...document.querySelectorAll(
        "button, .button, .label, h1, h2, p, dt, .chip, .hint, .tabs a, .notice, label, legend")]
    .filter((one) => one.offsetParent && !one.closest(".hush") && one.scrollWidth > one.clientWidth + 1)
    .map((one) => one.outerHTML.slice(0, 120))"""
# What the interface itself says: texts without those of mails, records and people, which have a language of their own.
SPOKEN = """() => [...document.querySelectorAll(
        "h1, h2, button, .button, .label, .hint, legend, .tabs a, .filters a, .bar nav a, dt, th, summary")]
    .filter((one) => one.offsetParent && !one.closest(
        "[lang]:not(html), [data-title], [data-name], .rows, .list, .contacts tbody, .strip"))
    .map((one) => one.innerText.trim()).filter((text) => text)"""


@pytest.mark.parametrize("name", SCREENS)
def test_fits_and_speaks_one_language(name: str, server: Any, seats: Any) -> None:
    page = seats[SCREENS[name].who]
    for language in ("ja", "en"):
        speak(page, language)
        page.goto(SCREENS[name].address(server))
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            inner, scrolled = page.evaluate("[innerWidth, document.documentElement.scrollWidth]")
            assert scrolled <= inner, (language, width)
            assert page.evaluate(CUT_OFF) == [], (language, width)
        assert foreign(page, language) == []


def foreign(page: Page, language: str) -> list[str]:
    """What is said in the other language: Japanese in English; in Japanese, words without any Japanese letter."""
    spoken: list[str] = page.evaluate(SPOKEN)
    assert spoken
    if language == "en":
        return [text for text in spoken if JAPANESE.search(text) and text not in KEPT]
    return [
        text for text in spoken if re.search(r"[A-Za-z]{3}", text) and not JAPANESE.search(text) and text not in KEPT
    ]


KEPT = {"Mail Insight", "English", "日本語"}
