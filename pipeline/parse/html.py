"""HTML mail to the text a reader sees: blocks, lists, tables and quotes as lines, hidden text left out.

Block quotes become ``> `` lines, so the zone rules read HTML and plain mail alike.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Iterable

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from pipeline.parse import styles, tangles

MAX_CHARS = 2_000_000
_SKIPPED = frozenset({
    "head", "style", "script", "title", "template", "svg", "math", "object", "embed", "select", "textarea",
    "iframe", "map", "audio", "video", "canvas", "noframes", "rp",
})  # fmt: skip
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hgroup", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table",
    "tbody", "tfoot", "thead", "tr", "ul",
})  # fmt: skip
_SPACED = frozenset({
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "figure",
})  # fmt: skip
_SPACE = re.compile(r"[ \t\r\n\f]+")
_CJK_BREAK = re.compile(
    r"(?<=[\u3001-\u30ff\u3400-\u9fff\uff00-\uffef])[ \t\r]*\n[ \t\r\n]*(?=[\u3001-\u30ff\u3400-\u9fff\uff00-\uffef])"
)
_NO_MARGIN = re.compile(r"margin(?:-bottom|-top)?\s*:\s*0", re.IGNORECASE)
_CITED = re.compile(r"quote|cite|moz-|replied|forward", re.IGNORECASE)
_BORDER = re.compile(r"border-left|\.8ex", re.IGNORECASE)
_NO_BORDER = re.compile(r"border\s*:\s*(?:none|0)", re.IGNORECASE)
_MAX_PREFIXES = 10
_EMOJI = ("So", "Sk", "Mn", "Cf", "Me")  # symbols, and what joins, colours and frames them
_MAX_EMOJI_CHARS = 12
RULE = "_" * 32


def to_text(html: str) -> str:
    """The readable text of an HTML document, lines ended by ``\\n``.

    A document whose tags are a tangle (tangles.py) is read without its structure.
    """
    html = html[:MAX_CHARS].replace("\x00", "")
    if tangles.is_tangled(html):
        return tangles.strip_tags(html)
    tree = LexborHTMLParser(html)
    root = tree.body or tree.root
    if root is None:
        return ""
    sheets = "\n".join(node.text() for node in tree.css("style"))
    hidden = styles.hidden_selectors(sheets)
    return _Renderer(hidden, _matched(tree, hidden.complex), _last_quote(tree)).render(root)


def _matched(tree: LexborHTMLParser, selectors: Iterable[str]) -> frozenset[int]:
    """The elements that any of the selectors finds; one that is no selector finds none."""
    found: set[int] = set()
    for selector in selectors:
        with contextlib.suppress(SelectolaxError):
            found.update(node.mem_id for node in tree.css(selector))
    return frozenset(found)


def _last_quote(tree: LexborHTMLParser) -> int | None:
    """The outermost last block quote: old mail even without a sign of it, unless the mail begins with it."""
    quotes = tree.css("blockquote")
    if not quotes or len(quotes) > 500:
        return None
    last = node = quotes[-1]
    while (parent := node.parent) is not None:
        node = parent
        if node.tag == "blockquote":
            last = node
    return last.mem_id


class _Renderer:
    """Walks a tree once and writes lines."""

    def __init__(self, hidden: styles.Hidden, unseen: frozenset[int], last_quote: int | None) -> None:
        self._hidden = hidden
        self._unseen = unseen
        self._styled: list[tuple[int, bool, int]] = []  # element, and what held before its style
        self._tiny = False
        self._last_quote = last_quote
        self._lines: list[str] = []
        self._line: list[str] = []
        self._marker = ""
        self._prefixes: list[str] = []
        self._prefix = ""
        self._lists: list[int | None] = []
        self._gap = False
        self._pre = 0
        self._cells = 0

    def render(self, root: LexborNode) -> str:
        """All visible text below the root."""
        node: LexborNode | None = root
        last = root.mem_id
        while node is not None:
            entered = self._enter(node)
            child = node.first_child if entered else None
            if child is not None:
                node = child
                continue
            while True:
                if entered:
                    self._leave(node)
                if node.mem_id == last:
                    node = None
                    break
                if (sibling := node.next) is not None:
                    node = sibling
                    break
                parent = node.parent
                if parent is None:
                    node = None
                    break
                node, entered = parent, True
        self._flush()
        return "\n".join(self._lines)

    def _enter(self, node: LexborNode) -> bool:
        """Start an element or write a text; whether its children are to be seen."""
        tag = node.tag or ""
        if tag == "-text":
            self._text(node.text_content or "")
            return False
        if tag.startswith("-") or tag in _SKIPPED:
            return tag.startswith("-doc")
        attributes = node.attributes
        if (attributes and self._hidden.hides(tag, attributes)) or (self._unseen and node.mem_id in self._unseen):
            return False
        if style := attributes.get("style"):
            self._style(node.mem_id, style)
        if tag == "br":
            self._break()
        elif tag == "img":
            if _is_emoji(attributes.get("alt") or ""):
                self._text(attributes["alt"] or "")
        elif tag == "hr":
            self._block()
            self._write(RULE)
            self._flush()
        elif tag in ("td", "th"):
            self._cell()
        elif tag == "rt":
            self._write("(")
        elif tag in _BLOCKS:
            self._open_block(node, tag, attributes)
        return True

    def _style(self, element: int, style: str) -> None:
        """What a style says of the text below an element, until it ends."""
        tiny, kept = styles.is_tiny(style), styles.keeps_lines(style)
        if tiny is not None or kept is not None:
            self._styled.append((element, self._tiny, self._pre))
            self._tiny = self._tiny if tiny is None else tiny
            self._pre = self._pre if kept is None else int(kept)

    def _open_block(self, node: LexborNode, tag: str, attributes: dict[str, str | None]) -> None:
        self._block()
        if tag in _SPACED and not self._lists and not _tight(attributes):
            self._gap = True
        if tag == "pre":
            self._pre += 1
        elif tag == "tr":
            self._cells = 0
        elif tag in ("ul", "menu"):
            self._lists.append(None)
        elif tag == "ol":
            start = attributes.get("start") or "1"
            self._lists.append(int(start) if start.isdecimal() and len(start) < 7 else 1)
        elif tag == "li":
            self._item(attributes.get("value") or "")
        elif tag == "blockquote":
            cited = self._cited(node, attributes)
            if cited:
                self._gap = False
            self._prefixes.append("> " if cited else "  ")
            self._prefix = "".join(self._prefixes[:_MAX_PREFIXES])

    def _cited(self, node: LexborNode, attributes: dict[str, str | None]) -> bool:
        """Whether a block quote repeats an earlier mail; without a sign of that it is an indented paragraph."""
        if (attributes.get("type") or "").lower() == "cite" or "cite" in attributes:
            return True
        if _CITED.search(attributes.get("class") or "") or _BORDER.search(attributes.get("style") or ""):
            return True
        if node.mem_id == self._last_quote and self._lines and not _NO_BORDER.search(attributes.get("style") or ""):
            return True
        last = next((line for line in reversed(self._lines) if line.strip()), "")
        return last.startswith(">") or last.rstrip().endswith((":", "："))

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if self._styled and self._styled[-1][0] == node.mem_id:
            _, self._tiny, self._pre = self._styled.pop()
        if tag in ("td", "th"):
            self._cells += 1
            return
        if tag == "rt":
            self._write(")")
        if tag not in _BLOCKS:
            return
        self._block()
        if tag == "pre":
            self._pre = max(0, self._pre - 1)
        elif tag in ("ul", "ol", "menu") and self._lists:
            self._lists.pop()
        elif tag == "blockquote" and self._prefixes:
            self._prefixes.pop()
            self._prefix = "".join(self._prefixes[:_MAX_PREFIXES])
        if tag in _SPACED and not self._lists and not _tight(node.attributes):
            self._gap = True

    def _item(self, value: str) -> None:
        depth = min(max(0, len(self._lists) - 1), _MAX_PREFIXES)
        number = self._lists[-1] if self._lists else None
        if number is not None and value.isdecimal() and len(value) < 7:
            number = int(value)
        if number is None:
            self._marker = "  " * depth + "- "
        else:
            self._marker = "  " * depth + f"{number}. "
            self._lists[-1] = number + 1

    def _cell(self) -> None:
        while self._line and not self._line[-1].strip():
            self._line.pop()
        if self._line:
            self._line[-1] = self._line[-1].rstrip()
            self._line.append("  ")

    def _text(self, data: str) -> None:
        if self._tiny:
            return
        plain = data.isascii()
        if not plain:
            data = tangles.INVISIBLE.sub("", data)
        if self._pre and not (self._styled and "\n" in data and data.isspace()):
            first, *rest = data.replace("\r\n", "\n").split("\n")
            self._write(first)
            if len(rest) > 1 and not self._marker:  # a text of many lines: those in the middle are whole
                self._break()
                self._lines += map(self._finished, rest[:-1])
                self._write(rest[-1])
                return
            for line in rest:
                self._break()
                self._write(line)
            return
        data = _SPACE.sub(" ", data if plain else _CJK_BREAK.sub("", data))
        if not self._line or self._line[-1].endswith(" "):
            data = data.lstrip(" ")
        if data:
            self._write(data)

    def _write(self, data: str) -> None:
        if not self._line and data:
            if self._gap and self._lines and self._lines[-1].strip(" >"):
                self._lines.append(self._prefix.rstrip())
            self._gap = False
            if self._marker:
                self._line.append(self._marker)
                self._marker = ""
        if data:
            self._line.append(data)

    def _break(self) -> None:
        """A line end that the writer set, also of an empty line."""
        if not self._line:
            self._gap = False
        self._put()

    def _block(self) -> None:
        if self._line:
            self._put()

    def _flush(self) -> None:
        self._block()

    def _put(self) -> None:
        self._lines.append(self._finished("".join(self._line)))
        self._line.clear()

    def _finished(self, line: str) -> str:
        """A line as it stands in the text."""
        line = line.replace("\xa0", " ")
        line = line if line == "-- " else line.rstrip()
        return self._prefix + line if line else self._prefix.rstrip()


def _is_emoji(alt: str) -> bool:
    """Whether an image stands for an emoji, as mailers write it; other texts of images are no words of the writer."""
    return 0 < len(alt) <= _MAX_EMOJI_CHARS and all(unicodedata.category(c) in _EMOJI for c in alt)


def _tight(attributes: dict[str, str | None]) -> bool:
    """Whether a paragraph has no margin, as in mail composed with Outlook."""
    if not attributes:
        return False
    return "MsoNormal" in (attributes.get("class") or "") or bool(_NO_MARGIN.search(attributes.get("style") or ""))
