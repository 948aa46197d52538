"""Japanese number words."""

from __future__ import annotations

_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "元": 1,
    "両": 2,
    "数": 3,
    "壱": 1,
    "弐": 2,
    "参": 3,
}
KANJI = "[〇零一二三四五六七八九十百]"


def number(text: str) -> int:
    """The value of digits or kanji numerals (二十五, 二五, 十, 数)."""
    text = text.strip()
    if text.isascii():
        return int(float(text))
    if not any(c in text for c in "十百"):
        return int("".join(str(_DIGITS[c]) for c in text))
    total, current = 0, 0
    for c in text:
        if c in "十百":
            total, current = total + (current or 1) * (10 if c == "十" else 100), 0
        else:
            current = current * 10 + _DIGITS[c]
    return total + current
