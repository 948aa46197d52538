"""Documents whose tags are a tangle: found before a tree is built of them, and read without one.

Tree builders need time that grows with the square of the depth, and of the attributes of one tag.
"""

from __future__ import annotations

import html as entities
import re

MAX_DEPTH = 300
MAX_ATTRIBUTES = 300
_UNNESTED = frozenset({
    "p", "li", "td", "th", "tr", "option", "dd", "dt", "br", "img", "hr", "input", "meta", "link", "col", "area",
    "base", "wbr", "source", "tbody", "thead",
})  # fmt: skip
_ATTRIBUTE = r"(?:[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))?+)"
_TAG = re.compile(rf"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^\s/>]*+{_ATTRIBUTE}{{0,{MAX_ATTRIBUTES}}}+({_ATTRIBUTE})?+")
_ANY_TAG = re.compile(rf"</?[a-zA-Z][^\s/>]*+{_ATTRIBUTE}*+[\s/]*+>?|<[^<>]*>")
INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad\u034f\u200c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def is_tangled(html: str) -> bool:
    """Whether elements are nested deeper than ``MAX_DEPTH``, or a tag has more than ``MAX_ATTRIBUTES``."""
    depth = 0
    for match in _TAG.finditer(html):
        if match[3]:
            return True
        if match[2].lower() not in _UNNESTED:
            depth = max(0, depth - 1) if match[1] else depth + 1
            if depth > MAX_DEPTH:
                return True
    return False


def strip_tags(html: str) -> str:
    """The text between the tags, with a line end for the commonest blocks."""
    html = re.sub(r"<(?:br|/p|/div|/tr|/li)\b[^<>]*>", "\n", html, flags=re.IGNORECASE)
    return INVISIBLE.sub("", entities.unescape(_ANY_TAG.sub("", html))).replace("\xa0", " ")
