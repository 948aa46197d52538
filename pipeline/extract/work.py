"""The firm, department and title that a signature block names, judged piece by piece."""

from __future__ import annotations

import re

from pipeline.extract.lines import Block, is_empty
from pipeline.extract.located import Hints, Located, Part
from pipeline.extract.words import Piece, fold, is_japanese, piece
from pipeline.extract.work_en import SMALL, western_parts
from pipeline.extract.work_ja import japanese_parts
from pipeline.records import ContactField, FieldName

_SAYING = ('"', "“", "「", "『")  # a motto, perhaps with its source behind it


def field(name: FieldName, value: str, p: Piece, score: float, rule: str) -> ContactField:
    """A contact field with its span."""
    return ContactField(name, value, score, p.start, p.end, rule)


def find(block: Block, found: Located | None, hints: Hints) -> list[ContactField]:
    """The one firm, the department levels and the titles among what is left of the block."""
    parts: list[Part] = []
    for line in block.lines:
        if line.text.startswith(_SAYING):
            continue
        for p in block.pieces(line):
            parts += _judge(block, p, hints, parts)
    return _chosen(block.text, _resolve(block.text, parts, found))


def _judge(block: Block, p: Piece, hints: Hints, before: list[Part]) -> list[Part]:
    domain = hints.address.partition("@")[2]
    if not is_japanese(p.text):
        return western_parts(block.text, p, domain)
    out: list[Part] = []
    for chunk in _by_script(block.text, p):
        out += (
            japanese_parts(block.text, chunk, before + out)
            if is_japanese(chunk.text)
            else western_parts(block.text, chunk, domain)
        )
    return out


def _by_script(text: str, p: Piece) -> list[Piece]:
    """A mixed piece cut at commas and brackets so that its Western and Japanese parts are judged apart."""
    found, at = [], 0
    for m in re.finditer(r"\s*[,、]\s*|\s*[()\[\]]\s*", fold(p.text)):
        if "(" in m.group() and re.match(
            r"[株有同資名合社財医学福]\)|一社|一財|公社|公財|特非", fold(p.text)[m.end() : m.end() + 3]
        ):
            continue
        if ")" in m.group() and re.search(
            r"\((?:[株有同資名合社財医学福]|一社|一財|公社|公財|特非)$", fold(p.text)[: m.start()]
        ):
            continue
        found.append(piece(text, p.start + at, p.start + m.start()))
        at = m.end()
    found.append(piece(text, p.start + at, p.end))
    return [f for f in found if f.text and not is_empty(f.text)]


def _resolve(text: str, parts: list[Part], found: Located | None) -> list[Part]:
    """Unknown pieces find their kind by place: a title under the name, a department above the firm, a firm at last."""
    out = list(parts)
    for i, part in enumerate(out):
        have = {p.kind for p in out}
        if part.kind not in ("unknown", "function") or not _nameable(part.piece.text):
            continue
        if is_japanese(part.piece.text):
            if "company" not in have and _is_firm_place(text, part.piece, found):
                out[i] = Part("company", part.piece, 0.8, "signature.company_place")
        elif part.kind == "function":
            out[i] = Part("department", part.piece, 0.75, "signature.department_place")
        elif "job_title" not in have and found is not None and _follows(found, part, out, i):
            out[i] = Part("job_title", part.piece, 0.7, "signature.title_place")
        elif "department" not in have and i > 0 and out[i - 1].kind == "job_title" and _firm_next(out, i):
            out[i] = Part("department", part.piece, 0.7, "signature.department_place")
        elif "company" not in have and found is not None and _is_western_firm_place(text, out, i, found):
            out[i] = Part("company", part.piece, 0.7, "signature.company_place")
    return _centre_as_firm(out)


def _is_western_firm_place(text: str, parts: list[Part], i: int, found: Located) -> bool:
    """Capitalised words right under the name or what follows it, that no dash marks as the source of a motto."""
    p = parts[i].piece
    above = max([found.name.end, *(q.piece.end for q in parts[:i])])
    capitalised = all(w[0].isupper() or w.casefold() in SMALL for w in re.findall(r"[^\W\d_]+(?:'\w+)?", p.text))
    motto = re.search(r"(?:^|\n)[ \t]*[-–—\"“~*]+[ \t]*$", text[max(0, p.start - 8) : p.start]) is not None
    return p.start > found.name.start and text.count("\n", above, p.start) <= 1 and capitalised and not motto


def _firm_next(parts: list[Part], i: int) -> bool:
    return i + 1 < len(parts) and parts[i + 1].kind == "company" and parts[i + 1].sure >= 0.94


def _is_firm_place(text: str, p: Piece, found: Located | None) -> bool:
    """A Japanese word that can be a firm only by its place: on the name's line, or on a line next to it."""
    if (
        len(p.text) < 2
        or re.match(r"\s*[:：]", text[p.end : p.end + 3])
        or re.search(r"[のをがにはで]$|[をがにはで].*[るうくすたいだ]$", p.text)
        or not re.search(r"\w{2}", p.text)
    ):
        return False
    if found is None:
        return True
    low, high = sorted((p.start, found.name.start))
    return text.count("\n", low, high) <= 1


def _centre_as_firm(parts: list[Part]) -> list[Part]:
    """With no firm named, a centre, shop or committee at the head is the firm itself."""
    first = next((i for i, p in enumerate(parts) if p.kind == "department"), None)
    if first is None or any(p.kind == "company" for p in parts):
        return parts
    part = parts[first]
    own = re.search(r"(?:センター|委員会|工場|店|研究室|デザイン室|教室|病院|図書館)$", part.piece.text)
    if own is None or len(part.piece.text) < 5:
        return parts
    return [*parts[:first], Part("company", part.piece, 0.75, "signature.company_place"), *parts[first + 1 :]]


def _nameable(text: str) -> bool:
    """Could the piece name a firm or title: some words, no sentence, no code?"""
    folded = fold(text)
    return (
        len(folded) <= 60
        and not re.search(
            r"[.!?。！？…]$|\d{3,}|[\"“”「」]|^(?:no|nr|reg|vat|charity|registered|part of|member of)\b",
            folded,
            re.IGNORECASE,
        )
        and len(folded.split()) <= 7
    )


def _follows(found: Located, part: Part, parts: list[Part], i: int) -> bool:
    """Right after the name, with a firm still to come."""
    if part.piece.start < found.name.end or any(p.piece.start > found.name.end for p in parts[:i]):
        return False
    return any(p.kind == "company" for p in parts[i + 1 :]) or part.piece.text[:1].islower()


def _chosen(text: str, parts: list[Part]) -> list[ContactField]:
    """One firm, the department levels joined, the titles joined where they stand together."""
    out: list[ContactField] = []
    kinds: tuple[FieldName, ...] = ("company", "department", "job_title")
    for kind in kinds:
        mine = [p for i, p in enumerate(parts) if p.kind == kind and not _is_group_of_firms(text, parts, i)]
        if not mine:
            continue
        if kind == "company":
            best = max(mine, key=lambda p: (p.sure >= 0.9, -p.piece.start))
            out.append(field(kind, best.piece.text, best.piece, best.sure, best.rule))
            continue
        run = _run(text, parts, mine)
        value = (
            " ".join(re.sub(r"[\s\u3000]+", " ", p.piece.text) for p in run)
            if kind == "department"
            else text[run[0].piece.start : run[-1].piece.end]
        )
        start, end = run[0].piece.start, run[-1].piece.end
        value = value if "\n" not in value else " ".join(p.piece.text for p in run)
        out.append(ContactField(kind, value, min(p.sure for p in run), start, end, run[0].rule))
    return out


def _is_group_of_firms(text: str, parts: list[Part], i: int) -> bool:
    """Is it a group that a firm belongs to, in brackets behind its name or right before it?"""
    p = parts[i].piece
    if not p.text.endswith("グループ"):
        return False
    in_brackets = (
        i > 0 and parts[i - 1].kind == "company" and text[parts[i - 1].piece.end : p.start].strip() in ("(", "（")
    )
    before = (
        i + 1 < len(parts) and parts[i + 1].kind == "company" and "\n" not in text[p.end : parts[i + 1].piece.start]
    )
    return in_brackets or before


def _run(text: str, parts: list[Part], mine: list[Part]) -> list[Part]:
    """The first part of a kind and those that follow it at once, with nothing but blanks or one line break between."""
    run = [mine[0]]
    if not is_japanese(mine[0].piece.text):
        return run
    for part in mine[1:]:
        between = text[run[-1].piece.end : part.piece.start]
        if (
            between.strip(" \u3000\n／/・")
            or not is_japanese(part.piece.text)
            or (mine[0].kind == "job_title" and "\n" in between)
        ):
            break
        run.append(part)
    return run
