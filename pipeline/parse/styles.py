"""Which elements of an HTML mail nobody sees: inline styles and the simple rules of style sheets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_HIDING = re.compile(
    r"(?<![\w-])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|font-size\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:!important\s*)?(?:;|$)"
    r"|opacity\s*:\s*0(?:\.0*)?\s*(?:!important\s*)?(?:;|$)"
    r"|max-height\s*:\s*0(?:px|pt|em)?\s*(?:!important\s*)?(?:;|$))",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_RULE = re.compile(r"([^{}@;]{1,300})\{([^{}]{0,2000})\}")
_AT_BLOCK = re.compile(r"@[^{};]{0,300}\{(?:[^{}]{0,2000}\{[^{}]{0,2000}\}){0,200}[^{}]{0,2000}\}")
_SELECTOR = re.compile(r"^([a-zA-Z][\w-]*)?([.#])([\w-]+)$")
_MAX_SHEET_CHARS = 100_000


@dataclass(frozen=True, slots=True)
class Hidden:
    """Selectors ``(tag or "", "." or "#", name)`` of elements that are not shown."""

    selectors: frozenset[tuple[str, str, str]] = frozenset()

    def hides(self, tag: str, attributes: Mapping[str, str | None]) -> bool:
        """Whether an element with these attributes is invisible."""
        if "hidden" in attributes:
            return True
        style = attributes.get("style")
        if style and _HIDING.search(style):
            return True
        if not self.selectors:
            return False
        names = [(".", name) for name in (attributes.get("class") or "").split()]
        names += [("#", attributes.get("id") or "")]
        return any(("", kind, name) in self.selectors or (tag, kind, name) in self.selectors for kind, name in names)


def hidden_selectors(sheet: str) -> Hidden:
    """The hiding rules of a style sheet; those for other media (``@media``) do not count."""
    if "none" not in sheet and "hidden" not in sheet and "mso-hide" not in sheet:
        return Hidden()
    sheet = _AT_BLOCK.sub("", _COMMENT.sub("", sheet[:_MAX_SHEET_CHARS]))
    found = set()
    for rule in _RULE.finditer(sheet):
        if _HIDING.search(rule[2]):
            for selector in rule[1].split(","):
                if match := _SELECTOR.match(selector.strip()):
                    found.add(((match[1] or "").lower(), match[2], match[3]))
    return Hidden(frozenset(found))
