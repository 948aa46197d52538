"""Pictures of every screen, light and dark, in both languages, wide and narrow; into docs/screenshots where asked.

``MAIL_INSIGHT_SCREENSHOTS=docs/screenshots pytest tests/browser/test_screenshots.py`` renews those of the docs.
"""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

SCREENS = {
    "review-ja": ("/?suggestion=s-takahashi", "ja", "light", 1440, 900),
    "review-en-light": ("/?suggestion=s-okafor", "en", "light", 1440, 900),
    "review-en-dark": ("/?suggestion=s-okafor", "en", "dark", 1440, 900),
    "meeting-ja": ("/?suggestion=s-takahashi-meeting", "ja", "light", 1440, 900),
    "edit-en": ("/?suggestion=s-okafor-call&edit=1", "en", "light", 1440, 900),
    "phone-ja": ("/?suggestion=s-takahashi", "ja", "light", 390, 844),
    "phone-en-dark": ("/?suggestion=s-okafor-call", "en", "dark", 390, 844),
    "inbox-ja": ("/inbox?language=ja", "ja", "light", 1440, 900),
    "contact-en-dark": ("/records/{okafor}", "en", "dark", 1440, 900),
}


@pytest.mark.parametrize("name", SCREENS)
def test_screen(name: str, site: Any, open_page: Any, tmp_path: Path) -> None:
    path, language, theme, width, height = SCREENS[name]
    folder = Path(os.environ.get("MAIL_INSIGHT_SCREENSHOTS") or tmp_path)
    page = open_page("rep", width=width, height=height, color_scheme=theme)
    page.evaluate(
        """async ([language, csrf]) => {
            const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
            const body = JSON.stringify({ language, theme: "auto" });
            await fetch("/api/v1/me", { method: "PATCH", body, headers });
            await fetch("/api/v1/suggestions/s-hostile/reject", { method: "POST", body: "{}", headers });
        }""",
        [language, page.evaluate("document.body.dataset.csrf")],
    )
    page.goto(site.address + path.format(**site.made.records))
    page.wait_for_load_state("networkidle")
    picture = folder / f"{name}.png"
    page.screenshot(path=picture)
    assert page.locator("html").get_attribute("lang") == language
    assert colours(picture.read_bytes()) > 50


def colours(png: bytes) -> int:
    """How many different values the picture's bytes take: a blank page has few."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    data, place = b"", 8
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            data += png[place + 8 : place + 8 + length]
        place += length + 12
    return len(set(zlib.decompress(data)))
