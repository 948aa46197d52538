"""The pictures of README: light and dark, in both languages, wide and narrow. ``make pictures`` renews them."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

SCREENS = {
    "review-ja": ("rep", "/?suggestion=s-takahashi", "ja", "light", 1200, 720),
    "review-en-light": ("rep", "/?suggestion=s-okafor", "en", "light", 1200, 720),
    "meeting-en-dark": ("rep", "/?suggestion=s-okafor-call", "en", "dark", 1200, 720),
    "edit-ja": ("rep", "/?suggestion=s-takahashi&edit=1", "ja", "light", 1200, 720),
    "inbox-ja": ("rep", "/inbox", "ja", "light", 1200, 720),
    "mail-en": ("rep", "/mails/{okafor-mail}", "en", "light", 1200, 720),
    "record-en-dark": ("rep", "/records/{okafor}", "en", "dark", 1200, 720),
    "rules-ja": ("rep", "/settings/rules/{rule}", "ja", "light", 1200, 720),
    "storage-en": ("admin", "/admin/storage?licences=3", "en", "light", 1200, 720),
    "phone-ja": ("rep", "/?suggestion=s-takahashi", "ja", "light", 390, 844),
    "phone-en-dark": ("rep", "/records/{okafor}", "en", "dark", 390, 844),
}
MAX_BYTES = 190_000
"""Of one picture: they lie in the repository."""


@pytest.mark.parametrize("name", SCREENS)
def test_screen(name: str, site: Any, open_page: Any, tmp_path: Path) -> None:
    who, path, language, theme, width, height = SCREENS[name]
    folder = Path(os.environ.get("MAIL_INSIGHT_SCREENSHOTS") or tmp_path)
    page = open_page(who, width=width, height=height, color_scheme=theme)
    page.evaluate(
        """async ([language, csrf]) => {
            const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
            const body = JSON.stringify({ language, theme: "auto" });
            await fetch("/api/v1/me", { method: "PATCH", body, headers });
            await fetch("/api/v1/suggestions/s-hostile/reject", { method: "POST", body: "{}", headers });
        }""",
        [language, page.evaluate("document.body.dataset.csrf")],
    )
    ids = site.made.records | site.made.settings | {"okafor-mail": site.made.mails["okafor"]}
    page.goto(site.address + path.format(**ids))
    page.wait_for_load_state("networkidle")
    picture = folder / f"{name}.png"
    page.screenshot(path=picture)
    assert page.locator("html").get_attribute("lang") == language
    assert colours(picture.read_bytes()) > 50
    assert picture.stat().st_size < MAX_BYTES


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
