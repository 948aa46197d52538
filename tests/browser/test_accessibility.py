"""Every screen passes axe-core at WCAG 2.2 AA: both languages, both themes, wide and narrow, in all pairs of two."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.screens import SCREENS, speak

AXE = Path(__file__).parents[2] / "build" / "axe" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOKS = {"ja": (("light", 1440), ("dark", 390)), "en": (("dark", 1440), ("light", 390))}
"""Theme and width by language: every pair of language, theme and width comes once, at half the cost of all eight."""


@pytest.fixture(scope="session")
def axe() -> str:
    """The checker's script, as ``.ci/axe`` fetched it."""
    if not AXE.exists():
        pytest.fail("axe-core is not there. `.ci/axe` fetches it with npm (`make test` does so); it needs the network.")
    return AXE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SCREENS)
def test_no_violation(name: str, site: Any, open_page: Any, axe: str) -> None:
    screen = SCREENS[name]
    page = open_page(screen.who, "/sign-in" if screen.who is None else "/", bypass_csp=True)
    found = []
    for language, looks in LOOKS.items():
        speak(page, language)
        page.goto(screen.address(site))
        assert page.locator("html").get_attribute("lang") == language
        page.evaluate(axe)
        for theme, width in looks:
            page.evaluate("theme => (document.documentElement.dataset.theme = theme)", theme)
            page.set_viewport_size({"width": width, "height": 900})
            found += [f"{language} {theme} {width} {line}" for line in violations(page)]
    assert found == []


def test_the_check_finds_what_is_wrong(open_page: Any, axe: str) -> None:
    page = open_page(None, "/sign-in", bypass_csp=True)
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
