"""Which parts of a mail are its text, its HTML, its attachments and its calendars.

Source: RFC 8621 section 4.1.4, the algorithm that JMAP servers use.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.parse.mime import Part

_INLINE_MEDIA = ("image/", "audio/", "video/")


@dataclass(slots=True)
class Body:
    """Parts by their role, in reading order. ``text`` may hold HTML parts that have no plain alternative."""

    text: list[Part] = field(default_factory=list)
    html: list[Part] = field(default_factory=list)
    attachments: list[Part] = field(default_factory=list)


def select(root: Part) -> Body:
    """The roles of all parts below the root."""
    body = Body()
    _sort([root], "mixed", False, body.html, body.text, [])
    body.text = [part for part in body.text if part.content_type.startswith("text/")]
    body.html = [part for part in body.html if part.content_type.startswith("text/")]
    shown = {id(part) for part in body.text + body.html}
    body.attachments = [part for part in _leaves(root) if id(part) not in shown]
    return body


def _leaves(part: Part) -> Iterator[Part]:
    """All parts with content of their own; an embedded message is one of them."""
    if not part.content_type.startswith("multipart/") or not part.parts:
        yield part
        return
    for below in part.parts:
        yield from _leaves(below)


def _sort(
    parts: list[Part],
    around: str,
    in_alternative: bool,
    html: list[Part] | None,
    text: list[Part] | None,
    attachments: list[Part],
) -> None:
    text_before = -1 if text is None else len(text)
    html_before = -1 if html is None else len(html)
    for position, part in enumerate(parts):
        kind = part.content_type
        if kind.startswith("multipart/") and part.parts:
            below = kind.partition("/")[2]
            _sort(
                _root_first(part) if below == "related" else part.parts,
                below,
                in_alternative or below == "alternative",
                html,
                text,
                attachments,
            )
        elif _is_inline(part, position, around):
            if around == "alternative" and kind in ("text/plain", "text/html"):
                chosen = text if kind == "text/plain" else html
                (attachments if chosen is None else chosen).append(part)
                continue
            if around == "alternative":
                attachments.append(part)
                continue
            if in_alternative:
                html = None if kind == "text/plain" else html
                text = None if kind == "text/html" else text
            for chosen in (text, html):
                if chosen is not None:
                    chosen.append(part)
            if (text is None or html is None) and kind.startswith(_INLINE_MEDIA):
                attachments.append(part)
        else:
            attachments.append(part)
    if around == "alternative" and text is not None and html is not None:
        if text_before == len(text) and html_before != len(html):
            text.extend(html[max(0, html_before) :])
        elif html_before == len(html) and text_before != len(text):
            html.extend(text[max(0, text_before) :])


def _root_first(part: Part) -> list[Part]:
    """The parts of a multipart/related, the one that ``start`` names first. Source: RFC 2387 section 3.2."""
    start = part.parameters.get("start", "").strip("<> ")
    return sorted(part.parts, key=lambda below: not start or below.get("content-id").strip("<> ") != start)


def _is_inline(part: Part, position: int, around: str) -> bool:
    kind = part.content_type
    media = kind.startswith(_INLINE_MEDIA)
    if part.disposition[0] == "attachment" or not (kind in ("text/plain", "text/html") or media):
        return False
    return position == 0 or (around != "related" and (media or part.file_name is None))
