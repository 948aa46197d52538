"""A signature block to the fields of one person.

Links, telephone numbers, the name and the address are recognised first and masked; what is left is cut into pieces,
and each piece is judged as firm, department or title by small tables.
"""

from __future__ import annotations

import re

from pipeline.extract import (
    addresses,
    addresses_ja,
    links,
    names,
    offices,
    organisations,
    people,
    phones,
    work,
    work_en,
)
from pipeline.extract.lines import Block
from pipeline.extract.located import Hints, Located
from pipeline.extract.words import Piece, fold, is_japanese
from pipeline.records import ContactField, FieldName, PhoneType

_LONGEST_BLOCK, _LONGEST_LINE = 5000, 500
_INTERNAL = re.compile(r"(?:内線|PHS|\bext(?:ension|n)?\.?)\s*[:番号]*\s*\d[\d-]{1,7}(?!\d)", re.IGNORECASE)
_CHAT = re.compile(
    r"(?:skype|wechat|whatsapp|teams|slack|telegram|viber|kakao|line id|zoom)\s*(?:id|name)?\s*[::]?\s*$", re.IGNORECASE
)
_JOIN: dict[str, str] = {"department": " ", "job_title": " "}


def read(text: str, start: int, end: int, hints: Hints) -> list[ContactField]:
    """The fields that ``text[start:end]`` gives about its one person, in the text's order within each kind."""
    block = Block(text, start, _end(text, start, end))
    offices.leave_out_others(block)
    out = _links(block) + _phones(block, hints)
    found = people.locate(block, hints)
    if found is not None:
        out += name_fields(text, found, hints)
        for p in (found.name, found.kana, found.latin):
            if p is not None:
                block.take(p.start, p.end)
        block.take(*_credentials(block, found.name))
        block.take(*_honorific(block, found.name))
    out += _address(block, hints)
    return out + work.find(block, found, hints)


_DOCTOR = re.compile(r"\bM\.?D\b")
_CREDENTIALS = re.compile(
    r"(?:[ ,]+\(?(?:[A-Z][\w/.]*[A-Z][\w/.]*|Ph\.?D\.?|(?:Mr|Mrs|Ms|Miss|Mx|Jr|Sr)\.?|(?:s?he|they)/\w+)\)?(?![\w]))+"
)


def _credentials(block: Block, name: Piece) -> tuple[int, int]:
    """The stretch after a name that holds degrees and forms of address only."""
    line_end = block.text.find("\n", name.end, block.end)
    line = block.folded[name.end - block.start : (line_end if line_end >= 0 else block.end) - block.start]
    m = _CREDENTIALS.match(line)
    if m is None or not re.match(r"\s*(?:$|[,|/(·~-])", line[m.end() :]):
        return name.end, name.end
    doctor = _DOCTOR.search(m.group()) is not None and _says_more(block, name.end + m.end())
    if organisations.title_western(m.group()) and not doctor:
        return name.end, name.end
    return name.end, name.end + m.end()


def _says_more(block: Block, at: int) -> bool:
    """Does a line below name a title, so that "MD" behind the name is a degree?"""
    return any(line.start > at and organisations.title_western(line.text) >= 0.9 for line in block.lines)


def _honorific(block: Block, name: Piece) -> tuple[int, int]:
    """The form of address right before a name."""
    line_start = max(block.text.rfind("\n", block.start, name.start) + 1, block.start)
    left = block.folded[line_start - block.start : name.start - block.start]
    m = re.search(r"(?:^|\s)([^\W\d_][\w.]{0,10}\s*)$", left)
    known = m is not None and names.clean(f"{m.group(1).strip()} Xxxx Yyyy") == "Xxxx Yyyy"
    return (line_start + m.start(1), name.start) if m and known else (name.start, name.start)


# ---- links and telephone numbers


def _end(text: str, start: int, end: int) -> int:
    """Where the block ends at the latest: nobody signs with thousands of characters, or with one endless line."""
    at = start
    for line in text[start : min(end, start + _LONGEST_BLOCK)].split("\n"):
        if len(line) > _LONGEST_LINE:
            break
        at += len(line) + 1
    return min(at, end)


def _links(block: Block) -> list[ContactField]:
    text = block.text[block.start : block.end]
    out = []
    for p in links.emails(text):
        out.append(work.field("email", p.text.lower(), _at(block, p), 0.97, "signature.email"))
        _take(block, p)
    for p in links.urls(text):
        kind: FieldName = "social" if links.is_social(p.text) else "website"
        if not links.is_service(p.text):
            out.append(work.field(kind, p.text.rstrip("/"), _at(block, p), 0.96, f"signature.{kind}"))
        _take(block, p)
    for p in links.handles(text):
        line_start = text.rfind("\n", 0, p.start) + 1
        if not _CHAT.search(fold(text[line_start : p.start])):
            out.append(work.field("social", p.text, _at(block, p), 0.9, "signature.handle"))
        _take(block, p)
    return out


def _at(block: Block, p: Piece) -> Piece:
    return Piece(block.start + p.start, block.start + p.end, p.text)


def _take(block: Block, p: Piece) -> None:
    block.take(block.start + p.start, block.start + p.end)


def _phones(block: Block, hints: Hints) -> list[ContactField]:
    regions = _regions(block.text[block.start : block.end], hints.regions)
    out: list[ContactField] = []
    for m in _INTERNAL.finditer(block.folded):
        block.take(block.start + m.start(), block.start + m.end())
    for phone in phones.find(block.text, block.start, block.end, regions):
        if all(block.taken(i, i + 1) for i in range(phone.start, phone.end)):
            continue
        out += phone_fields(phone, "signature.phone")
        line_start = max(block.text.rfind("\n", 0, phone.start) + 1, block.start)
        label = phones.label_start(fold(block.text[line_start : phone.start]))
        remark = re.match(r"\s*\([^()\n]{1,40}\)", block.folded[phone.end - block.start :])
        end = phone.end + (remark.end() if remark else 0)
        block.take(phone.start if label is None else line_start + label, end)
    return out


def _regions(text: str, tiers: phones.Regions) -> phones.Regions:
    """The mail's tiers, and before them what the block says: its country and address, then its firm's legal form.

    Many countries share a legal form; of these the ones count whose clock the mail shows.
    """
    forms = [region for line in text.splitlines() for region in organisations.regions_of_form(line)]
    strong, *weak = tiers or ((),)
    awake = tuple(r for r in forms if any(r in tier for tier in tiers))
    likely = tuple(dict.fromkeys((*awake, *forms[:1])))
    return (tuple(dict.fromkeys((*addresses.regions_of(text), *strong))), likely, *weak)


def phone_fields(phone: phones.Phone, rule: str) -> list[ContactField]:
    """One field for each type of a number."""
    score = 0.97 if phone.labelled else 0.94
    return [_phone(phone, kind, score, rule) for kind in phone.types]


def _phone(phone: phones.Phone, kind: PhoneType, score: float, rule: str) -> ContactField:
    return ContactField("phone", phone.e164, score, phone.start, phone.end, rule, type=kind, extension=phone.extension)


# ---- the name


def name_fields(text: str, found: Located, hints: Hints) -> list[ContactField]:
    """Full name, its two parts, reading and Latin form with their spans."""
    score = {"signature.name": 0.98, "signature.family_name": 0.96, "signature.name_form": 0.88}.get(found.rule, 0.9)
    out = [work.field("full_name", found.name.text, found.name, score, found.rule)]
    family = None
    if hints.full and is_japanese(hints.full):
        family = names.split(hints.full, family=hints.family).family
    parts = names.split(found.name.text, hints.address, family or found.family)
    out += part_fields(found.name, parts, score - 0.01, found.rule)
    if found.kana:
        out.append(work.field("name_kana", found.kana.text, found.kana, 0.97, "signature.reading"))
    if found.latin:
        out.append(work.field("name_latin", found.latin.text, found.latin, 0.95, "signature.latin"))
    return out


def part_fields(whole: Piece, parts: names.Name, score: float, rule: str) -> list[ContactField]:
    """Family and given name as spans of the full name."""
    out = []
    kinds: tuple[tuple[FieldName, str | None], ...] = (("family_name", parts.family), ("given_name", parts.given))
    for kind, value in kinds:
        at = -1
        if value:
            at = (
                whole.text.rfind(value)
                if kind == "family_name" and not is_japanese(value)
                else whole.text.find(value, 0)
            )
            if kind == "given_name" and is_japanese(value):
                at = whole.text.rfind(value)
        if value and at >= 0:
            out.append(ContactField(kind, value, score, whole.start + at, whole.start + at + len(value), rule))
    return out


# ---- the address


def _address(block: Block, hints: Hints) -> list[ContactField]:
    place = _japanese_address(block) or _western_address(block, hints)
    if place is None:
        return []
    out = []
    if place.value:
        out.append(ContactField("address", place.value, 0.95, place.start, place.end, "signature.address"))
    if place.postal:
        out.append(work.field("postal_code", place.postal.text, place.postal, 0.97, "signature.postal_code"))
    if place.country:
        out.append(work.field("country", place.country.text, place.country, 0.96, "signature.country"))
    return out


def _japanese_address(block: Block) -> addresses.Place | None:
    chosen: addresses.Place | None = None
    for i, line in enumerate(block.lines):
        if not is_japanese(line.text) and "〒" not in line.text and not re.search(r"^\d{3}-\d{4}$", fold(line.text)):
            continue
        free = _free_part(block, line)
        place = addresses_ja.find(block.text, free)
        if place is None:
            continue
        block.take(
            min(place.start, place.postal.start if place.postal else place.start),
            max(place.end, place.postal.end if place.postal else 0),
        )
        if chosen is None:
            chosen = _extended(block, place, block.lines[i + 1 : i + 3])
    return chosen


def _free_part(block: Block, line: Piece) -> Piece:
    """The line up to the first thing already recognised, or after it where the line begins with such a thing."""
    runs = list(block._free(line))
    best = max(
        runs,
        key=lambda r: (bool(re.search(r"〒|[都道府県市区町村郡]", block.text[r[0] : r[1]])), r[1] - r[0]),
        default=(line.start, line.start),
    )
    return Piece(best[0], best[1], block.text[best[0] : best[1]])


def _extended(block: Block, place: addresses.Place, below: tuple[Piece, ...]) -> addresses.Place:
    """The address with its town under the postal code, and a building on the next line."""
    value, end, start = place.value, place.end, place.start
    for line in below:
        if block.taken(line.start, line.end):
            break
        folded = fold(line.text)
        town = not value and is_japanese(folded) and re.search(r"[都道府県市区町村郡].*\d", folded)
        if not (
            town or (value and addresses_ja.continues(line.text) and not organisations.legal_form_japanese(line.text))
        ):
            break
        value, end = (f"{value} {line.text}".strip(), line.end)
        start = line.start if not place.value and town else start
        block.take(line.start, line.end)
    return addresses.Place(start, end, value, place.postal, place.country)


def _western_address(block: Block, hints: Hints) -> addresses.Place | None:
    domain = hints.address.partition("@")[2]

    def is_other(part: str) -> bool:
        if organisations.legal_form_western(part):
            return True
        kind, sure = work_en.kind_western(part, domain)
        named = (kind in ("company", "job_title") and sure >= 0.94) or kind == "department"
        return named and not any(c.isdigit() for c in part)

    pieces = [p for line in block.lines for p in block.pieces(line)]
    place = addresses.find(block.text, pieces, is_other)
    if place is None:
        return None
    block.take(place.start, place.end)
    for p in pieces:
        if not block.taken(p.start, p.end) and (more := addresses.find(block.text, [p], is_other)) is not None:
            block.take(more.start, more.end)
    return place
