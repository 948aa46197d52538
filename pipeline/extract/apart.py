"""Japanese words written with their letters set apart (北 見　洋 平), as some signatures have them, put together."""

from __future__ import annotations

import itertools
import re

_LETTER = r"[\u3041-\u30ff\u3400-\u9fff々]"
_APART = re.compile(rf"^[ \t\u3000]*{_LETTER}(?:[ \u3000]{{1,4}}{_LETTER}){{3,30}}[ \u3000]*$", re.MULTILINE)


def joined(text: str, start: int, end: int) -> tuple[str, dict[int, int]]:
    """The text, its length kept, with such lines of ``text[start:end]`` put together and blanks behind them.

    The second value gives the old places of the letters that moved.
    """
    places: dict[int, int] = {}
    for m in list(_APART.finditer(text, start, end)):
        kept = _kept(text, m.start(), m.end())
        line = "".join(text[old] for old in kept)
        places |= {m.start() + new: old for new, old in enumerate(kept)}
        text = text[: m.start()] + line.ljust(m.end() - m.start()) + text[m.end() :]
    return text, places


def _kept(text: str, start: int, end: int) -> list[int]:
    """The places of the letters, and of one blank wherever the gap is wider than the narrowest."""
    letters = [i for i in range(start, end) if not text[i].isspace()]
    gaps = [b - a for a, b in itertools.pairwise(letters)]
    out = letters[:1]
    for at, gap in zip(letters[1:], gaps, strict=True):
        out += [at - 1, at] if gap > min(gaps) else [at]
    return out
