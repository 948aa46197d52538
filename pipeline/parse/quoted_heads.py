"""What the words above a quoted mail tell of it: an attribution line ("On … wrote:") or a header block."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from pipeline.parse import addresses, quoted_dates, quotes
from pipeline.parse.lines import phrases
from pipeline.records import Address

_MAX_LENGTH = 1000
_MAX_VALUE = 20_000
_MAX_NAME = 100
_CUT = "\x00"
_BOX = r"[^\s<>＜＞()（）\[\]\"',;:：、\x00]{1,64}@[^\s<>＜＞()（）\[\]\"',;:：、\x00]{1,255}"
_ADDRESS = re.compile(
    rf"[<＜\[(（]{{0,2}}\s?(?:mailto:)?\s?(?P<box>{_BOX})(?:\s?[<＜\[(（]\s?mailto:[^<>\[\]()\s]{{1,320}}[>＞\])）])?\s?[>＞\])）]{{0,2}}"
)
_MAILTO = re.compile(r"\[\s?mailto:\s?([^\]\s]{1,320})\s?\]")
_BARE_MAILTO = re.compile(r"[<\[]?\s?mailto:", re.IGNORECASE)
_NO_ADDRESS = re.compile(r"<[^<>@]{0,300}>")
_EDGE = " \t\u3000\xa0,;:：、，。.\"'“”„«»「」『』*_|・–—-<>＜＞[]【】"
_PARTICLE = re.compile(
    r"(?:(?:さん|様|さま|氏|殿)(?:は|が|の|より|から)?|(?<=[\u4e00-\u9fff\s])(?:は|が|の|より|から))$"
)
_INLINE = re.compile(r"(?<=[\s>\]])[^\W\d_]{2,12}[:：]\s")


@dataclass(frozen=True, slots=True)
class Head:
    """What is told of a quoted mail above its text; ``date`` and ``zone_told`` as in ``QuotedMessage``."""

    sender: Address | None = None
    date: datetime | date | None = None
    zone_told: bool = False
    subject: str | None = None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()


def of_attribution(words: str, sent: datetime | None) -> Head:
    """What an attribution tells; its lines are joined by spaces. ``sent`` is when the mail that quotes was sent."""
    words = " ".join(words.split())[:_MAX_LENGTH]
    boxes = list(_ADDRESS.finditer(words))
    bare = _ADDRESS.sub(lambda m: " " * len(m[0]), words)
    when = quoted_dates.find(bare, sent)
    spans = [*(m.span() for m in boxes), *(when.spans if when else ())]
    pieces = _pieces(words, spans)
    beside = _piece_before(pieces, boxes[0].start()) if boxes else None
    name = beside or next((piece for _, piece in pieces if piece), None)
    sender = _sender(name, boxes[0]["box"].lower() if boxes else "")
    return Head(sender, when.value if when else None, when.zone_told if when else False)


def of_header(lines: Iterable[str], sent: datetime | None) -> Head:
    """What a header block tells; ``lines`` without quote marks."""
    values = _values(list(lines))
    when = quoted_dates.find(values["sent"], sent) if "sent" in values else None
    return Head(
        _person(values["from"]) if "from" in values else None,
        when.value if when else None,
        when.zone_told if when else False,
        values.get("subject", "").strip(" *") or None,
        _people(values.get("to", "")),
        _people(values.get("cc", "")),
    )


def _values(lines: list[str]) -> dict[str, str]:
    """The first value of each kind of field; a line without a label goes on with the value above."""
    values: dict[str, str] = {}
    kind = ""
    for line in lines:
        if found := quotes.header_field(line):
            kind = found[0] if found[0] not in values else ""
            values.setdefault(*found)
        elif kind and line.strip() and len(values[kind]) < _MAX_VALUE:
            values[kind] += " " + line.strip()
    if "from" in values and not {"sent", "subject"} & values.keys():
        _split_inline(values)
    return {kind: value.strip().strip("*").strip() for kind, value in values.items()}


def _split_inline(values: dict[str, str]) -> None:
    """Part "A <a@x> Date: … Subject: …", all fields in one line, as flattened HTML has them."""
    whole = values["from"][:_MAX_LENGTH]
    starts = [m.start() for m in _INLINE.finditer(whole) if quotes.header_field(whole[m.start() :])]
    if starts:
        values["from"] = whole[: starts[0]]
        for start, stop in zip(starts, [*starts[1:], len(whole)], strict=True):
            if found := quotes.header_field(whole[start:stop]):
                values.setdefault(*found)


def _person(value: str) -> Address | None:
    """The one mailbox of a From value; a comma in the name parts nothing."""
    value = value[:_MAX_LENGTH]
    box = _ADDRESS.search(value)
    name = value[: box.start()] if box else value
    if box and not name.strip(_EDGE):
        name = _ADDRESS.sub(" ", value[box.end() :])
    return _sender(_without_lead(_tidy(_NO_ADDRESS.sub(" ", name))), box["box"].lower() if box else "")


def _people(value: str) -> tuple[Address, ...]:
    value = _MAILTO.sub(r"<\1>", value[:_MAX_VALUE])
    if ";" in value:
        return tuple(person for part in value.split(";") if (person := _person(part)))
    return addresses.parse(value)


def _sender(name: str | None, address: str) -> Address | None:
    name = None if not name or len(name) > _MAX_NAME or name.lower() == address else name
    return Address(name, address) if name or address else None


def _pieces(words: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, str]]:
    """What is left between date, address and verb, each piece with where it ends; words of the language taken off."""
    for start, end in spans:
        words = words[:start] + _CUT * (end - start) + words[end:]
    for verb in _verbs():
        words = verb.sub(lambda m: _CUT * len(m[0]), words)
    out, at = [], 0
    for piece in words.split(_CUT):
        at += len(piece)
        if piece.strip():
            out.append((at, _without_glue(_tidy(piece))))
        at += 1
    return out


def _piece_before(pieces: list[tuple[int, str]], at: int) -> str | None:
    """The piece that ends where an address begins."""
    return next((piece or None for end, piece in pieces if end == at), None)


def _tidy(piece: str) -> str:
    piece = " ".join(_BARE_MAILTO.sub(" ", piece).split()).strip(_EDGE)
    if piece[:1] in ("(", "（") and piece[-1:] in (")", "）"):
        piece = piece[1:-1].strip(_EDGE)
    if piece.count("(") + piece.count("（") != piece.count(")") + piece.count("）"):
        piece = piece.strip("()（）" + _EDGE)
    return piece


def _without_glue(piece: str) -> str:
    """The piece without the words that join date, name and verb; "" where it held nothing else."""
    words = _without_lead(piece).split(" ")
    while words and _is_glue(words):
        words = []
    while len(words) > 1 and words[0].islower() and words[0] in _glue():
        words = words[1:]
    while len(words) > 1 and words[-1].islower() and words[-1] in _glue():
        words = words[:-1]
    piece = _PARTICLE.sub("", " ".join(words).strip(_EDGE)).strip(_EDGE)
    return piece if any(c.isalpha() for c in piece) and not (len(piece) == 1 and piece.isascii()) else ""


def _without_lead(name: str) -> str:
    for lead in _leads():
        if name.casefold().startswith(lead) and not name[len(lead) :][:1].isalpha():
            name = name[len(lead) :].strip(_EDGE)
    return name


def _is_glue(words: list[str]) -> bool:
    """Whether a piece is made of such phrases only."""
    rest = [word.casefold().strip(_EDGE) for word in words]
    while rest:
        size = next((n for n in range(min(4, len(rest)), 0, -1) if " ".join(rest[:n]) in _glue()), 0)
        if not size and rest[0] and not quoted_dates.is_weekday(rest[0]):
            return False
        rest = rest[max(size, 1) :]
    return True


@cache
def _glue() -> frozenset[str]:
    return frozenset(row.casefold() for row in phrases("quoted_glue.txt") if not row.startswith("^"))


@cache
def _leads() -> tuple[str, ...]:
    return tuple(row[1:].casefold() for row in phrases("quoted_glue.txt") if row.startswith("^"))


@cache
def _verbs() -> tuple[re.Pattern[str], ...]:
    """The verbs of attributions: as whole words, and those of scripts without spaces at the end of the line."""
    rows = phrases("quote_verbs.txt")
    words = "|".join(row for row in rows if row[0] < "\u2e80")
    signs = "|".join(row for row in rows if row[0] >= "\u2e80")
    return (
        re.compile(rf"(?<![^\W\d_])(?:{words})(?![^\W\d_])", re.IGNORECASE),
        re.compile(rf"(?:{signs})(?=[\s:：*_」()（）\x00]*$)"),
    )
