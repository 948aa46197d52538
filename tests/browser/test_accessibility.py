"""Every screen passes axe-core at WCAG 2.2 AA: in both languages, both themes, wide and narrow, all eight of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.screens import SCREENS, speak

AXE = Path(__file__).parents[2] / "build" / "axe" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOKS = (("light", 1440), ("dark", 1440), ("dark", 390), ("light", 390))
"""Of each language: a page is loaded once and then looked at in all of them."""


@pytest.fixture(scope="session")
def axe() -> str:
    """The checker's script, as ``.ci/axe`` fetched it."""
    if not AXE.exists():
        pytest.fail("axe-core is not there. `.ci/axe` fetches it with npm (`make test` does so); it needs the network.")
    return AXE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SCREENS)
def test_no_violation(name: str, server: Any, seats: Any, axe: str) -> None:
    page, found = seats[SCREENS[name].who], []
    for language in ("ja", "en"):
        speak(page, language)
        page.goto(SCREENS[name].address(server))
        assert page.locator("html").get_attribute("lang") == language
        page.evaluate(axe)
        for theme, width in LOOKS:
            page.evaluate("theme => (document.documentElement.dataset.theme = theme)", theme)
            page.set_viewport_size({"width": width, "height": 900})
            found += [f"{language} {theme} {width} {line}" for line in violations(page)]
    assert found == []


def test_the_check_finds_what_is_wrong(server: Any, seats: Any, axe: str) -> None:
    page = seats[None]
    page.goto(f"{server.address}/sign-in")
    page.evaluate(axe)
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x><a href=x></a>')")
    assert {line.split(":")[0] for line in violations(page)} == {"image-alt", "link-name"}


def violations(page: Page) -> list[str]:
    """What axe-core finds on a page that has its script: rule and element."""
    found: list[str] = page.evaluate(
        """async (rules) => (await axe.run({ runOnly: rules, resultTypes: ["violations"] })).violations
            .flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)}`))""",
        RULES,
    )
    return found
