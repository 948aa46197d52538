"""What styles and style sheets say of an HTML mail: which elements nobody sees, and whose line ends count."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_END = r"\s*(?:!important\s*)?(?:;|$)"
_HIDING = re.compile(
    r"(?<![\w-])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    rf"|opacity\s*:\s*0(?:\.0*)?{_END}|max-height\s*:\s*0(?:px|pt|em)?{_END}"
    r"|(?:left|top|text-indent)\s*:\s*-\d{4,5}(?:px|pt))",
    re.IGNORECASE,
)
_CLOSED = re.compile(rf"(?<![\w-])height\s*:\s*0(?:px|pt)?{_END}", re.IGNORECASE)
_FONT_SIZE = re.compile(r"(?<![\w-])font-size\s*:\s*(0(?:\.0*)?(?![\d.])|1px)?", re.IGNORECASE)
_COLOUR = re.compile(r"(?<![\w-])(background(?:-color)?|color)\s*:\s*([#\w]{3,20})", re.IGNORECASE)
_WHITE_SPACE = re.compile(r"(?<![\w-])white-space\s*:\s*(pre|normal|nowrap)", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_RULE = re.compile(r"([^{}@;]{1,300})\{([^{}]{0,2000})\}")
_AT_BLOCK = re.compile(r"@[^{};]{0,300}\{(?:[^{}]{0,2000}\{[^{}]{0,2000}\}){0,200}[^{}]{0,2000}\}")
_SELECTOR = re.compile(r"^([a-zA-Z][\w-]*)?([.#])([\w-]+)$")
_COMPLEX = re.compile(r"^[\w\s.#>+~=\"'\[\]-]{1,200}$")  # no pseudo-class, which tells of a state, and no "*"
_MAX_SHEET_CHARS = 100_000
_MAX_COMPLEX = 20


@dataclass(frozen=True, slots=True)
class Hidden:
    """Elements that are not shown.

    ``selectors`` are simple ones as ``(tag or "", "." or "#", name)``, ``complex`` all others, for a CSS engine.
    """

    selectors: frozenset[tuple[str, str, str]] = frozenset()
    complex: tuple[str, ...] = ()

    def hides(self, tag: str, attributes: Mapping[str, str | None]) -> bool:
        """Whether an element with these attributes is invisible."""
        if "hidden" in attributes:
            return True
        style = attributes.get("style")
        if style and _is_hiding(style):
            return True
        if not self.selectors:
            return False
        names = [(".", name) for name in (attributes.get("class") or "").split()]
        names += [("#", attributes.get("id") or "")]
        return any(("", kind, name) in self.selectors or (tag, kind, name) in self.selectors for kind, name in names)


def is_tiny(style: str) -> bool | None:
    """Whether a style makes text too small to see; None if it says nothing of size."""
    size = _FONT_SIZE.search(style) if "font-size" in style.lower() else None
    return bool(size[1]) if size else None


def keeps_lines(style: str) -> bool | None:
    """Whether a style keeps line ends and spaces as ``pre`` does; None if it says nothing of them."""
    said = _WHITE_SPACE.search(style) if "white-space" in style.lower() else None
    return said[1].lower() == "pre" if said else None


def _is_hiding(style: str) -> bool:
    if _HIDING.search(style):
        return True
    lower = style.lower()
    if "overflow" in lower and "hidden" in lower and _CLOSED.search(style):
        return True
    return "background" in lower and _is_uniform(style)


def _is_uniform(style: str) -> bool:
    """Whether text and background have one colour."""
    colours = {name.lower().partition("-")[0]: _long(value.lower()) for name, value in _COLOUR.findall(style)}
    return "color" in colours and colours.get("background") == colours["color"]


def _long(colour: str) -> str:
    if len(colour) == 4 and colour.startswith("#"):
        return "#" + "".join(2 * digit for digit in colour[1:])
    return {"white": "#ffffff", "black": "#000000"}.get(colour, colour)


def hidden_selectors(sheet: str) -> Hidden:
    """The hiding rules of a style sheet; those for other media (``@media``) do not count."""
    if "none" not in sheet and "hidden" not in sheet and "mso-hide" not in sheet:
        return Hidden()
    sheet = _AT_BLOCK.sub("", _COMMENT.sub("", sheet[:_MAX_SHEET_CHARS]))
    simple: set[tuple[str, str, str]] = set()
    others: dict[str, None] = {}
    for rule in _RULE.finditer(sheet):
        if not _HIDING.search(rule[2]):
            continue
        for selector in map(str.strip, rule[1].split(",")):
            if match := _SELECTOR.match(selector):
                simple.add(((match[1] or "").lower(), match[2], match[3]))
            elif _COMPLEX.match(selector) and len(others) < _MAX_COMPLEX:
                others[selector] = None
    return Hidden(frozenset(simple), tuple(others))
