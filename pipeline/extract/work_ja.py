"""A Japanese piece of a signature cut into firm, department and title."""

from __future__ import annotations

import re

from pipeline.extract import organisations
from pipeline.extract.lines import tokens_japanese
from pipeline.extract.located import Part
from pipeline.extract.words import Piece, fold, is_japanese, words
from pipeline.extract.work_en import western_parts


def japanese_parts(text: str, p: Piece, before: list[Part]) -> list[Part]:
    """Firm, department and title words of one Japanese stretch."""
    out: list[Part] = []
    for t in _with_forms(text, tokens_japanese(text, p)):
        if not is_japanese(t.text):
            out += (
                western_parts(text, t, "")
                if not organisations.title_japanese(t.text)
                else [Part("job_title", t, 0.95, "signature.job_title")]
            )
            continue
        if _is_label(text, t):
            continue
        kind, sure = _kind_japanese(t.text, before + out)
        cut = organisations.split_glued(t.text)
        if cut[1] and (kind == "company" or organisations.names_firm_japanese(cut[0])):
            head = Piece(t.start, t.start + len(cut[0]), cut[0])
            tail = Piece(head.end, t.end, cut[1])
            out += [
                Part("company", head, sure, "signature.company"),
                Part("department", tail, 0.85, "signature.department"),
            ]
            continue
        out.append(Part(kind, t, sure, f"signature.{kind}"))
    return _merged(text, out)


def _with_forms(text: str, tokens: list[Piece]) -> list[Piece]:
    """Tokens with a legal form standing alone joined to its neighbour (公益財団法人 海辺美術館, SEA CLUB 株式会社)."""
    out: list[Piece] = []
    for t in tokens:
        alone = organisations.is_bare_form(t.text) and out and not organisations.company_japanese(out[-1].text)
        if out and (organisations.is_bare_form(out[-1].text) or alone or _is_one_latin_name(out[-1].text, t.text)):
            t = Piece(out[-1].start, t.end, text[out.pop().start : t.end])
        out.append(t)
    return out


def _is_label(text: str, t: Piece) -> bool:
    """Is a word the label of the name behind it (営業担当：, 候補者：), and no post?"""
    if not re.match(r"\s?[:：]", text[t.end : t.end + 2]):
        return False
    word = fold(t.text).casefold()
    return word.endswith(("担当", "担当者", "相手")) or word in words("labels_of_others.txt")


def _is_one_latin_name(left: str, right: str) -> bool:
    """Are two words a Latin name of a firm with its Japanese legal form (Acme | Works株式会社, 株式会社ACME | LAB)?"""
    firm, word = (right, left) if is_japanese(right) else (left, right)
    bare = organisations.without_form_japanese(firm)
    mixed = is_japanese(firm) and bool(bare) and not is_japanese(bare) and organisations.names_firm_japanese(firm)
    inside = firm.endswith(bare) if firm is left else firm.startswith(bare)
    return mixed and inside and not is_japanese(word)


def _kind_japanese(token: str, before: list[Part]) -> tuple[str, float]:
    company = organisations.company_japanese(token)
    department = organisations.department_japanese(token)
    title = organisations.title_japanese(token)
    has_company = any(b.kind == "company" for b in before)
    if company >= 1.0:
        return "company", 0.98
    if title >= 1.0 or (title and title > company):
        return "job_title", 0.95
    if department and (has_company or not company):
        return "department", 0.93
    if company:
        return "company", 0.9
    return "unknown", 0.2


def _merged(text: str, parts: list[Part]) -> list[Part]:
    """Neighbouring firm words: one firm (医療法人社団 海辺病院), or a firm and its house (海辺市 図書館)."""
    out: list[Part] = []
    for part in parts:
        last = out[-1] if out else None
        if last is None or not last.kind == part.kind == "company" or text[last.piece.end : part.piece.start].strip():
            out.append(part)
        elif "法人" in last.piece.text or part.sure >= 0.98:
            joined = Piece(last.piece.start, part.piece.end, text[last.piece.start : part.piece.end])
            out[-1] = Part("company", joined, max(last.sure, part.sure), last.rule)
        else:
            out.append(Part("department", part.piece, 0.75, "signature.department"))
    return out
