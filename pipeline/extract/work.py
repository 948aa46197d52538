"""The firm, department and title that a signature block names, judged piece by piece."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.extract import organisations
from pipeline.extract.lines import Block, is_empty, soft_parts, tokens_japanese
from pipeline.extract.located import Hints, Located
from pipeline.extract.words import Piece, fold, is_japanese, piece, words
from pipeline.records import ContactField, FieldName

_SMALL = frozenset(
    ("and", "of", "the", "for", "in", "at", "de", "la", "le", "du", "des", "di", "da", "do", "y", "und", "e")
)
_SAYING = ('"', "“", "「", "『")  # a motto, perhaps with its source behind it
_REGISTER = re.compile(
    r"\s*[,(-]*\s*\b(?:RC|ABN|ACN|NZBN|CIN|UEN|KvK|HRB|VAT|Reg(?:istered|istration)?|Charity|Company|Co)\b"
    r"\.?[^\d]{0,16}\d[\d /-]{3,}.*$"
    r"|:\s+(?=[a-z]).*$|\s+(?:dal|since|est\.?|seit|depuis|gegr\.?)\s+\d{4}.*$",
    re.IGNORECASE,
)
_AT = re.compile(r"\s+(?:at|@)\s+(?=(?:the )?[A-Z])")
_FOR = re.compile(r"(?:for(?: and on behalf of)?|on behalf of|c/o)\s+(?=[A-Z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the block and what it was judged to be; ``sure`` is 0 to 1."""

    kind: str
    piece: Piece
    sure: float
    rule: str


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
        if out and (organisations.is_bare_form(out[-1].text) or alone):
            t = Piece(out[-1].start, t.end, text[out.pop().start : t.end])
        out.append(t)
    return out


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
    capitalised = all(w[0].isupper() or w in _SMALL for w in re.findall(r"[^\W\d_]+", part))
    few = 1 <= len(part.split()) <= 4 and not re.search(r"\d", part)
    return between.strip() in (",", ":") and capitalised and few


def _is_open_title(title: str) -> bool:
    """Does a title ask for what somebody is responsible for ("Director, Credit", unlike "Partner, Disputes")?"""
    return title.split()[-1].casefold().strip(".") in words("open_titles_en.txt")


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
    capitalised = all(w[0].isupper() or w.casefold() in _SMALL for w in re.findall(r"[^\W\d_]+(?:'\w+)?", p.text))
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
        mine = [p for p in parts if p.kind == kind]
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
