"""Details of a third person written down in the body: a list of lines, a filled-in form, or a card on one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.extract import authorship, copies, forms, links, signature
from pipeline.extract.lines import paragraphs
from pipeline.extract.located import Hints
from pipeline.extract.words import Piece, digit_count, fold
from pipeline.records import Contact, Segment

Card = tuple[int, int, Contact]

_ADDRESSED = re.compile(r"(?:様|御中|殿|先生)(?:\s*$|\s*\n)", re.MULTILINE)
_LABELLED = re.compile(
    r"(?:tel|phone|mobile|cell|e-?mail|mail|電話|携帯|メール|直通|内線|☎)(?:\s*[::.]|\s+\(?[+\d])", re.IGNORECASE
)
_PROSE = re.compile(r"[。?？!！]|[a-z]{2,}[.]\s*$")
_BULLET = re.compile(r"\s*(?:[-*•・■◆●○▪–]|\(?\d{1,2}[.)])\s*")
_LONGEST_LINE = 160  # characters


def find(text: str, segments: Iterable[Segment], hints: Hints) -> list[Card]:
    """The cards of the new body, each with its place; what stands in a letter copied there is left alone."""
    out: list[Card] = []
    for segment in segments:
        if segment.zone != "body":
            continue
        end = copies.copied_from(text, segment.start, segment.end)
        for p in paragraphs(text, segment.start, end):
            if not text[: p.start].strip() and _ADDRESSED.search(p.text):
                continue  # the recipient, as a letter has him at its head
            out += _of_paragraph(text, p, hints)
    return out


def _of_paragraph(text: str, p: Piece, hints: Hints) -> list[Card]:
    filled_in = forms.read(text, p.start, p.end, hints.regions)
    if filled_in is not None:
        return [(p.start, p.end, filled_in)]
    contact = read(text, p.start, p.end, hints) if _is_list(p.text) else None
    return [(p.start, p.end, contact)] if contact else list(_of_lines(text, p, hints))


def _of_lines(text: str, p: Piece, hints: Hints) -> Iterator[Card]:
    """A line that is a person's card: the name first, then post or firm, then what reaches him."""
    at = p.start
    for line in p.text.splitlines(keepends=True):
        start, end = at, at + len(line.rstrip())
        at += len(line)
        bullet = _BULLET.match(line)
        start += bullet.end() if bullet else 0
        if end - start > _LONGEST_LINE or _PROSE.search(text[start:end]) or not _is_reachable(text[start:end]):
            continue
        contact = read(text, start, end, hints)
        if contact is not None and _opens_with_name(contact, start) and _is_placed(contact):
            yield start, end, contact


def _is_reachable(line: str) -> bool:
    return bool(links.emails(line)) or digit_count(line) >= 9


def _opens_with_name(contact: Contact, start: int) -> bool:
    return any(f.name == "full_name" and f.start == start for f in contact.fields)


def _is_placed(contact: Contact) -> bool:
    return any(f.name in ("company", "department", "job_title") for f in contact.fields)


def _is_list(paragraph: str) -> bool:
    lines = [line for line in paragraph.split("\n") if line.strip()]
    if not 2 <= len(lines) <= 9 or any(len(line) > 70 for line in lines):
        return False
    prose = any(_PROSE.search(line.strip()) and not links.emails(line) for line in lines)
    labelled = _LABELLED.search(fold(paragraph)) is not None
    return not prose and (labelled or (bool(links.emails(paragraph)) and len(lines) >= 3))


def read(text: str, start: int, end: int, hints: Hints) -> Contact | None:
    """The one person of a stretch, None where it has no name or nothing to reach him by."""
    fields = signature.read(text, start, end, Hints(None, None, "", hints.regions))
    kinds = {f.name for f in fields}
    if "full_name" not in kinds or not kinds & {"phone", "email"} or authorship.names_several(text, start, end):
        return None
    lowered = [
        replace(f, score=round(f.score * 0.96, 4), rule=f.rule.replace("signature", "intro.list")) for f in fields
    ]
    return Contact("third_party", tuple(lowered))
