"""A Western piece of a signature cut into firm, department and title."""

from __future__ import annotations

import re

from pipeline.extract import organisations
from pipeline.extract.lines import soft_parts
from pipeline.extract.located import Part
from pipeline.extract.words import Piece, fold, piece, words

SMALL = frozenset(
    ("and", "of", "the", "for", "in", "at", "de", "la", "le", "du", "des", "di", "da", "do", "y", "und", "e")
)
_REGISTER = re.compile(
    r"\s*[,(-]*\s*\b(?:RC|ABN|ACN|NZBN|CIN|UEN|KvK|HRB|VAT|Reg(?:istered|istration)?|Charity|Company|Co)\b"
    r"\.?[^\d]{0,16}\d[\d /-]{3,}.*$"
    r"|:\s+(?=[a-z]).*$|\s+(?:dal|since|est\.?|seit|depuis|gegr\.?)\s+\d{4}.*$",
    re.IGNORECASE,
)
_AT = re.compile(r"\s+(?:at|@)\s+(?=(?:the )?[A-Z])")
_FOR = re.compile(r"(?:for(?: and on behalf of)?|on behalf of|c/o)\s+(?=[A-Z])", re.IGNORECASE)


def western_parts(text: str, p: Piece, domain: str) -> list[Part]:
    """A Western piece as firm, department, title or unknown parts; commas inside a title or firm stay in it."""
    out: list[Part] = []
    if m := _FOR.match(p.text):
        p = piece(text, p.start + m.end(), p.end)
    if (m := _AT.search(p.text)) and organisations.title_western(p.text[: m.start()]):
        ahead, behind = piece(text, p.start, p.start + m.start()), piece(text, p.start + m.end(), p.end)
        if "," not in ahead.text and "," not in behind.text:
            return [
                Part("job_title", ahead, 0.92, "signature.job_title"),
                Part("company", behind, 0.85, "signature.company"),
            ]
    for s in _with_legal_forms(text, soft_parts(text, p)):
        kind, sure = kind_western(s.text, domain)
        last = out[-1] if out else None
        between = text[last.piece.end : s.start] if last else ""
        if last and last.kind == "job_title" and between.strip() == "(" and text[s.end : s.end + 1] == ")":
            # "General Manager (Projects)": the bracket is a part of the title
            out[-1] = Part(
                "job_title",
                Piece(last.piece.start, s.end + 1, text[last.piece.start : s.end + 1]),
                last.sure,
                last.rule,
            )
        elif last and _belongs(last, kind, sure, s.text, between):
            out[-1] = Part(
                last.kind, Piece(last.piece.start, s.end, text[last.piece.start : s.end]), last.sure, last.rule
            )
        elif kind == "unknown" and last and last.kind == "company":
            continue
        elif kind == "unknown" and last and last.kind == "job_title" and _may_be_department(s.text, between):
            out.append(Part("department", s, 0.75, "signature.department_place"))
        elif kind == "company":
            out += _firm_parts(text, s, sure)
        else:
            out.append(Part(kind, s, sure, f"signature.{kind}"))
    return out


def _firm_parts(text: str, p: Piece, sure: float) -> list[Part]:
    """A firm, and the department or title that may follow its legal form ("Acme Ltd. Export Team")."""
    if register := _REGISTER.search(fold(p.text)):
        p = piece(text, p.start, p.start + register.start(), ",;(")
    m = organisations.legal_form_western(p.text)
    if m is None:
        return [Part("company", p, sure, "signature.company")]
    firm, rest = piece(text, p.start, p.start + m.end()), piece(text, p.start + m.end(), p.end, ",;(-–")
    kind = "department" if organisations.department_western(rest.text) else "job_title"
    if rest.text and (kind == "department" or organisations.title_western(rest.text) >= 0.9):
        return [Part("company", firm, sure, "signature.company"), Part(kind, rest, 0.85, f"signature.{kind}")]
    whole = bool(rest.text) and not re.match(r"\s*[,(–-]", p.text[m.end() :])
    return [Part("company", p if whole else firm, sure, "signature.company")]


def _belongs(last: Part, kind: str, sure: float, part: str, between: str) -> bool:
    """Does a part go on with the one before it?"""
    if last.kind == "job_title":
        return _belongs_to_title(last.piece.text, kind, sure, part, between)
    return last.kind == "department" == kind and "," not in between


def _with_legal_forms(text: str, soft: list[Piece]) -> list[Piece]:
    """Parts with a legal form after a comma put back to its firm ("Acme Partners, LLC"), and bracketed forms too."""
    out: list[Piece] = []
    for s in soft:
        if out and _is_form(s.text):
            out[-1] = Piece(out[-1].start, s.end, text[out[-1].start : s.end])
        elif out and text[out[-1].end : s.start].strip() in ("(", "[") and s.text.islower():
            end = s.end + 1 if text[s.end : s.end + 1] in (")", "]") else s.end
            formed = organisations.legal_form_western(text[out[-1].start : end])
            if formed and formed.end() >= end - out[-1].start:
                out[-1] = Piece(out[-1].start, end, text[out[-1].start : end])
        else:
            out.append(s)
    return out


def _is_form(part: str) -> bool:
    """Does the part begin with a legal form, and go on with nothing or a capital ("Ltd. Export Team")?"""
    m = organisations.legal_form_western("X " + part.split(" ")[0]) or organisations.legal_form_western("X " + part)
    return m is not None and m.start() <= 2


def kind_western(part: str, domain: str) -> tuple[str, float]:
    """What a Western part names: company, job_title, department or unknown, and how sure that is."""
    company = organisations.company_western(part, domain)
    title = organisations.title_western(part)
    department = organisations.department_western(part)
    if company >= 0.95 and (title < 0.9 or organisations.legal_form_western(part)):
        return "company", 0.96
    if title >= 0.6 and title >= company and department < 0.8:
        return "job_title", 0.94
    if department >= 0.8 and department >= company:
        return ("job_title", 0.9) if title >= 0.9 and not _begins_department(part) else ("department", 0.88)
    if department == 0.5 and company < 0.9 and part[:1].isupper():
        return "function", 0.6
    if title and company < 0.6:
        return "job_title", 0.85
    if company > 0:
        return "company", 0.6 + 0.3 * company
    return "unknown", 0.3


def _begins_department(part: str) -> bool:
    """Does the part begin as a department does ("Department of …", "Office of …") or end as one ("… Team")?"""
    return re.match(
        r"(?:department|dept|office|division|faculty|school|unit|ministry)\b", part, re.IGNORECASE
    ) is not None or (
        re.search(r"\b(?:department|dept\.?|division|team|unit|desk|section|office)$", part, re.IGNORECASE) is not None
    )


def _belongs_to_title(title: str, kind: str, sure: float, part: str, between: str) -> bool:
    """Does the part after a title go on with it ("AVP, Workplace Technology", "Owner / Head brewer")?"""
    separator = between.strip()
    if kind == "job_title":
        return separator in ("/", ",", "-", "–", "&") and not _begins_department(part)
    if kind in ("unknown", "function"):
        joined = separator in ("/", "-", "–") or (separator == "," and _is_open_title(title))
        return joined and part[:1].isalpha() and len(part.split()) <= 5 and not re.search(r"\d{4,}", part)
    if kind == "company":
        return separator in ("-", "–") and sure < 0.94
    joined = separator in ("-", "–") or (separator == "," and _is_open_title(title))
    return kind == "department" and joined and not _begins_department(part)


def _may_be_department(part: str, between: str) -> bool:
    """Capitalised words behind a title's comma or colon, as in "Senior Buyer, Clinical Consumables"."""
    capitalised = all(w[0].isupper() or w in SMALL for w in re.findall(r"[^\W\d_]+", part))
    few = 1 <= len(part.split()) <= 4 and not re.search(r"\d", part)
    return between.strip() in (",", ":") and capitalised and few


def _is_open_title(title: str) -> bool:
    """Does a title ask for what somebody is responsible for ("Director, Credit", unlike "Partner, Disputes")?"""
    return title.split()[-1].casefold().strip(".") in words("open_titles_en.txt")
