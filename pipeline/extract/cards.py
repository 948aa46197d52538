"""Details of third persons written down: a list of lines, a filled-in form, or cards of one line each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.extract import authorship, copies, forms, identity, links, names, signature
from pipeline.extract.lines import paragraphs
from pipeline.extract.located import Hints
from pipeline.extract.words import Piece, digit_count, fold, is_japanese
from pipeline.records import Contact, Segment

Card = tuple[int, int, Contact]

_ADDRESSED = re.compile(r"(?:様|御中|殿|先生)(?:\s*$|\s*\n)", re.MULTILINE)
_LABELLED = re.compile(
    r"(?:tel|phone|mobile|cell|e-?mail|mail|電話|携帯|メール|直通|内線|☎|℡)(?:\s*[::.]|\s+\(?[+\d])"
    r"|\b(?:ddi|did|direct|[tmpdf])\b[:.]?\s+\(?[+\d]",
    re.IGNORECASE,
)
_PROSE = re.compile(r"[。?？!！]|[a-z]{2,}[.]\s*$")
_BULLET = re.compile(r"\s*(?:[-*•・■◆●○▪–]|\(?\d{1,2}[.)])\s*")
# what opens a section about a person among the lines of a paragraph (新担当：, 【旧】)
_SECTION = re.compile(
    r"[\s■◆●○・*-]*(?:[【\[]\s*)?(?:新|旧|前|現|後任)?(?:担当者?|窓口|後任者?|連絡先|[新旧])\s*[:】\]]"
)
_LABEL = re.compile(r"(?:[^\s:【】\[\]]{1,14}\s*:|[【\[][^】\]\n]{1,12}[】\]])?\s*(?:ご?担当者?\s*:?)?")
_LONGEST_LINE = 160  # characters
_MOST_LINES = 14


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


def of_stretch(text: str, start: int, end: int, hints: Hints) -> list[Contact]:
    """The one person of a stretch, else those whose lines are cards."""
    contact = None if authorship.is_directory(text[start:end]) else read(text, start, end, hints)
    return [contact] if contact else [c for _, _, c in _of_lines(text, Piece(start, end, text[start:end]), hints)]


def _of_paragraph(text: str, p: Piece, hints: Hints) -> list[Card]:
    filled_in = forms.read(text, p.start, p.end, hints.regions)
    if filled_in is not None:
        return [(p.start, p.end, filled_in)]
    contact = read(text, p.start, p.end, hints) if _is_list(p.text) else None
    if contact:
        return [(p.start, p.end, contact)]
    sections = list(_sections(text, p))
    return [card for s in sections for card in _of_section(text, s, hints)]


def _of_section(text: str, p: Piece, hints: Hints) -> Iterator[Card]:
    lines = p.text.rstrip("\n").count("\n") + 1
    contact = read(text, p.start, p.end, hints) if lines > 1 and _SECTION.match(fold(p.text)) else None
    if contact:
        yield p.start, p.end, contact
    else:
        yield from _of_lines(text, p, hints)


def _sections(text: str, p: Piece) -> Iterator[Piece]:
    """A paragraph cut before each line that says about whom it is."""
    begin = at = p.start
    for line in p.text.splitlines(keepends=True):
        if at > begin and _SECTION.match(fold(line)):
            yield Piece(begin, at, text[begin:at])
            begin = at
        at += len(line)
    yield Piece(begin, at, text[begin:at])


def _of_lines(text: str, p: Piece, hints: Hints) -> Iterator[Card]:
    """A line that is a person's card: what leads up to the name, the name, then what reaches him."""
    at = p.start
    for line in p.text.splitlines(keepends=True):
        start, end = at, at + len(line.rstrip())
        at += len(line)
        bullet = _BULLET.match(line)
        start += bullet.end() if bullet else 0
        if end - start > _LONGEST_LINE or _PROSE.search(text[start:end]) or not _is_reachable(text[start:end]):
            continue
        if not identity.known(hints) and identity.is_labelled_sender(text[start:end]):
            continue  # who else should sign a firm's mail
        contact = read(text, start, end, hints)
        if contact is not None and _leads_to_name(text, start, contact) and _is_placed(text, contact):
            yield start, end, contact


def _is_reachable(line: str) -> bool:
    return bool(links.emails(line)) or digit_count(line) >= 9


def _leads_to_name(text: str, start: int, contact: Contact) -> bool:
    """Does nothing stand before the name but a label and where the person works?"""
    name = next(f for f in contact.fields if f.name == "full_name")
    place = name.start if name.start is not None else start
    before = list(text[start:place])
    for f in contact.fields:
        if f.name in ("company", "department", "job_title") and f.start is not None and f.end is not None:
            for i in range(max(f.start, start), min(f.end, place)):
                before[i - start] = " "
    return _LABEL.fullmatch(fold("".join(before)).strip()) is not None


def _is_placed(text: str, contact: Contact) -> bool:
    """Is it said where somebody works, or is the name surely a full one?"""
    name = next(f for f in contact.fields if f.name == "full_name")
    works = any(f.name in ("company", "department", "job_title") for f in contact.fields)
    return works or identity.is_surely_name(name.value)


def _is_list(paragraph: str) -> bool:
    lines = [line for line in paragraph.split("\n") if line.strip()]
    if not 2 <= len(lines) <= _MOST_LINES or any(len(line) > 70 for line in lines):
        return False
    if sum(_BULLET.match(line) is not None and _is_reachable(line) for line in lines) > 1:
        return False  # one person a line
    prose = any(_PROSE.search(line.strip()) and not links.emails(line) for line in lines)
    labelled = _LABELLED.search(fold(paragraph)) is not None
    return not prose and (labelled or (bool(links.emails(paragraph)) and len(lines) >= 3))


def read(text: str, start: int, end: int, hints: Hints) -> Contact | None:
    """The one person of a stretch, None where it has no name or nothing to reach him by."""
    fields = signature.read(text, start, end, Hints(None, None, "", hints.regions))
    kinds = {f.name for f in fields}
    if "full_name" not in kinds or not kinds & {"phone", "email"} or authorship.names_several(text, start, end):
        return None
    name = next(f.value for f in fields if f.name == "full_name")
    himself = Hints(name, names.split(name).family if is_japanese(name) else None, "", hints.regions)
    if any(identity.honours_another(line, himself) for line in text[start:end].splitlines()):
        return None
    lowered = [
        replace(f, score=round(f.score * 0.96, 4), rule=f.rule.replace("signature", "intro.list")) for f in fields
    ]
    return Contact("third_party", tuple(lowered))
