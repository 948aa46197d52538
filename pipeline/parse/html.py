"""HTML mail to the text a reader sees: blocks, lists, tables and quotes as lines, hidden text left out.

Block quotes become ``> `` lines, so the zone rules read HTML and plain mail alike.
"""

from __future__ import annotations

import html as entities
import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.parse import styles

MAX_DEPTH = 300
MAX_ATTRIBUTES = 300
MAX_CHARS = 2_000_000
_SKIPPED = frozenset({
    "head", "style", "script", "title", "template", "svg", "math", "object", "embed", "select", "textarea",
    "iframe", "map", "audio", "video", "canvas", "noframes",
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
_UNNESTED = frozenset({
    "p", "li", "td", "th", "tr", "option", "dd", "dt", "br", "img", "hr", "input", "meta", "link", "col", "area",
    "base", "wbr", "source", "tbody", "thead",
})  # fmt: skip
_ATTRIBUTE = r"(?:[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))?+)"
_TAG = re.compile(rf"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^\s/>]*+{_ATTRIBUTE}{{0,{MAX_ATTRIBUTES}}}+({_ATTRIBUTE})?+")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_CJK_BREAK = re.compile(
    r"(?<=[\u3001-\u30ff\u3400-\u9fff\uff00-\uffef])[ \t\r]*\n[ \t\r\n]*(?=[\u3001-\u30ff\u3400-\u9fff\uff00-\uffef])"
)
_NO_MARGIN = re.compile(r"margin(?:-bottom|-top)?\s*:\s*0", re.IGNORECASE)
_CITED = re.compile(r"quote|cite|moz-|replied|forward", re.IGNORECASE)
_BORDER = re.compile(r"border-left|\.8ex", re.IGNORECASE)
_NO_BORDER = re.compile(r"border\s*:\s*(?:none|0)", re.IGNORECASE)
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad\u034f\u200c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MAX_PREFIXES = 10
RULE = "_" * 32


def to_text(html: str) -> str:
    """The readable text of an HTML document, lines ended by ``\\n``.

    A document nested deeper than ``MAX_DEPTH``, or with a tag of more than ``MAX_ATTRIBUTES``, is read without its
    structure: tree builders need time that grows with the square of either.
    """
    html = html[:MAX_CHARS].replace("\x00", "")
    if _is_tangled(html):
        return _strip_tags(html)
    tree = LexborHTMLParser(html)
    root = tree.body or tree.root
    if root is None:
        return ""
    sheets = "\n".join(node.text() for node in tree.css("style"))
    return _Renderer(styles.hidden_selectors(sheets), _last_quote(tree)).render(root)


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


def _is_tangled(html: str) -> bool:
    depth = 0
    for match in _TAG.finditer(html):
        if match[3]:
            return True
        if match[2].lower() not in _UNNESTED:
            depth = max(0, depth - 1) if match[1] else depth + 1
            if depth > MAX_DEPTH:
                return True
    return False


def _strip_tags(html: str) -> str:
    html = re.sub(r"<(?:br|/p|/div|/tr|/li)\b[^<>]*>", "\n", html, flags=re.IGNORECASE)
    return _INVISIBLE.sub("", entities.unescape(re.sub(r"<[^<>]*>", "", html))).replace("\xa0", " ")


class _Renderer:
    """Walks a tree once and writes lines."""

    def __init__(self, hidden: styles.Hidden, last_quote: int | None) -> None:
        self._hidden = hidden
        self._last_quote = last_quote
        self._lines: list[str] = []
        self._line: list[str] = []
        self._marker = ""
        self._prefixes: list[str] = []
        self._lists: list[int | None] = []
        self._gap = False
        self._pre = 0
        self._cells = 0

    def render(self, root: LexborNode) -> str:
        """All visible text below the root."""
        node: LexborNode | None = root
        while node is not None:
            entered = self._enter(node)
            child = node.first_child if entered else None
            if child is not None:
                node = child
                continue
            while True:
                if entered:
                    self._leave(node)
                if node.mem_id == root.mem_id:
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
            return True
        if tag.startswith("-") or tag in _SKIPPED:
            return tag.startswith("-doc")
        attributes = node.attributes
        if attributes and self._hidden.hides(tag, attributes):
            return False
        if tag == "br":
            self._break()
        elif tag == "hr":
            self._block()
            self._write(RULE)
            self._flush()
        elif tag in ("td", "th"):
            self._cell()
        elif tag in _BLOCKS:
            self._open_block(node, tag, attributes)
        return True

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
            self._item()
        elif tag == "blockquote":
            cited = self._cited(node, attributes)
            if cited:
                self._gap = False
            self._prefixes.append("> " if cited else "  ")

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
        if tag in ("td", "th"):
            self._cells += 1
            return
        if tag not in _BLOCKS:
            return
        self._block()
        if tag == "pre":
            self._pre = max(0, self._pre - 1)
        elif tag in ("ul", "ol", "menu") and self._lists:
            self._lists.pop()
        elif tag == "blockquote" and self._prefixes:
            self._prefixes.pop()
        if tag in _SPACED and not self._lists and not _tight(node.attributes):
            self._gap = True

    def _item(self) -> None:
        depth = min(max(0, len(self._lists) - 1), _MAX_PREFIXES)
        number = self._lists[-1] if self._lists else None
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
        data = _INVISIBLE.sub("", data)
        if self._pre:
            first, *rest = data.replace("\r\n", "\n").split("\n")
            self._write(first)
            for line in rest:
                self._break()
                self._write(line)
            return
        data = _SPACE.sub(" ", _CJK_BREAK.sub("", data))
        if not self._line or self._line[-1].endswith(" "):
            data = data.lstrip(" ")
        if data:
            self._write(data)

    def _write(self, data: str) -> None:
        if not self._line and data:
            if self._gap and self._lines and self._lines[-1].strip(" >"):
                self._lines.append("".join(self._prefixes[:_MAX_PREFIXES]).rstrip())
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
        line = "".join(self._line).replace("\xa0", " ")
        line = line if line == "-- " else line.rstrip()
        prefix = "".join(self._prefixes[:_MAX_PREFIXES])
        self._lines.append(prefix + line if line else prefix.rstrip())
        self._line.clear()


def _tight(attributes: dict[str, str | None]) -> bool:
    """Whether a paragraph has no margin, as in mail composed with Outlook."""
    return "MsoNormal" in (attributes.get("class") or "") or bool(_NO_MARGIN.search(attributes.get("style") or ""))
