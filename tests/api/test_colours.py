"""Every text colour stands out from every ground it is used on, in both themes (WCAG 2.2, contrast 4.5 : 1)."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

STYLE = files("api.web").joinpath("static", "style.css").read_text(encoding="utf-8")
COLOURS = {
    name: pair for name, *pair in re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", STYLE)
} | {"on-fill": ["#ffffff", "#ffffff"]}
GROUNDS = ("ground", "surface", "sunken", "hover")
PAIRS = [
    *((ink, ground) for ink in ("text", "soft", "accent", "good", "warn", "bad") for ground in GROUNDS),
    *((ink, "accent-tint") for ink in ("text", "accent-strong", "soft")),
    *(("text", tint) for tint in ("warn-tint", "bad-tint", "person", "firm", "number", "time", "intent")),
    ("intent-ink", "intent"),
    ("on-fill", "fill"),
    ("on-fill", "fill-strong"),
    ("toast-text", "toast"),
    ("toast-text", "toast-button"),
    ("alarm-text", "alarm"),
    ("alarm-text", "alarm-button"),
]
INKS = ("line-strong", "accent", "person-ink", "firm-ink", "number-ink", "time-ink", "intent-ink")
LINES = [(ink, ground) for ink in INKS for ground in GROUNDS]


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_is_readable(ink: str, ground: str, theme: int) -> None:
    assert contrast(COLOURS[ink][theme], COLOURS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), LINES)
def test_lines_that_mean_something_are_seen(ink: str, ground: str, theme: int) -> None:
    assert contrast(COLOURS[ink][theme], COLOURS[ground][theme]) >= 3


def test_colours_live_in_one_place() -> None:
    rules = STYLE.split("--font:", 1)[1]
    stray = re.findall(r"#[0-9a-f]{3,8}\b", rules)
    assert stray == []
    assert "rgb(" not in rules
