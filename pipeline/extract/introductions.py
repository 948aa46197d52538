"""Third persons of a mail: introduced, copied with details, successors, stand-ins.

Sentences tell who (``introductions_en``, ``introductions_ja``); e-mail addresses and telephone numbers that follow a
name, in the sentence or in one that goes on about the person, are that person's. A list of details in the body is
read like a signature.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.extract import authorship, introductions_en, introductions_ja, links, names, phones, signature, work
from pipeline.extract.introductions_en import Introduced, SelfIntroduction
from pipeline.extract.lines import paragraphs
from pipeline.extract.located import Hints
from pipeline.extract.words import Piece, digit_count, fold, is_japanese, piece, plain
from pipeline.records import Contact, ContactField, FieldName, Segment, Sentence

_READING = re.compile(
    r"\s*[(（]\s*([\u3041-\u3096\u30a1-\u30faー]{1,12}[ \u3000]?[\u3041-\u3096\u30a1-\u30faー]{0,12})\s*[)）、,]"
)
_LONGEST = 2000  # characters; a longer sentence is no prose
_HONORIFIC = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Capt)\.?\s$")
_OTHER = re.compile(
    r"様|さん|氏(?![名])|殿|先方|御社|貴社|業者|(?:名|名前|氏名|社名|フリガナ|ふりがな|部署|納品先|請求先|届け先)\s*[::\]】]"
)
_ADDRESSED = re.compile(r"(?:様|御中|殿|先生)(?:\s*$|\s*\n)", re.MULTILINE)
_MINE = re.compile(r"私の|わたしの|小職|当方|\bmy\b|\bme\b", re.IGNORECASE)
_GOES_ON_JA = re.compile(r"(?:連絡先|電話|携帯|メール|直通|内線|番号)(?:番号|アドレス)?(?:は|:)")
_LABELLED = re.compile(r"(?:tel|phone|mobile|cell|e-?mail|mail|電話|携帯|メール|直通|内線|☎)\s*[::.]", re.IGNORECASE)


@dataclass(slots=True)
class Draft:
    """A third person while its details are gathered."""

    person: Introduced
    details: list[ContactField] = field(default_factory=list)


def self_introduction(text: str, sentences: Sequence[Sentence]) -> SelfIntroduction | None:
    """How the sender introduces himself in the first sentences."""
    for s in (s for s in sentences[:6] if len(s.text) <= _LONGEST):
        room = introductions_ja if is_japanese(s.text) else introductions_en
        found: SelfIntroduction | None = room.self_introduction(text, s.start, s.end)
        if found is not None:
            return found
    return None


def own_phones(text: str, sentences: Sequence[Sentence], regions: phones.Regions) -> list[ContactField]:
    """Numbers in the body that the sender calls his own."""
    out: list[ContactField] = []
    for s in sentences:
        if len(s.text) > _LONGEST or digit_count(s.text) < 7:
            continue
        pattern = introductions_ja.own_phone() if is_japanese(s.text) else introductions_en.own_phone()
        for phone in phones.find(text, s.start, s.end, regions):
            before = text[max(0, s.start - 120) : phone.start].rpartition("\n\n")[2]
            if _is_told_of_other(before + text[phone.start : s.end]):
                continue
            if pattern.search(fold(before).replace("\n", " ")):
                out += signature.phone_fields(phone, "body.own_phone")
    return out


def _is_told_of_other(passage: str) -> bool:
    """Does the passage before a number, not calling it the writer's, name somebody else or fill in a form?"""
    folded = fold(passage)
    return _OTHER.search(folded) is not None and _MINE.search(folded) is None


def find(
    text: str, segments: Iterable[Segment], sentences: Sequence[Sentence], hints: Hints, known: Sequence[str]
) -> list[Contact]:
    """The third persons of the newest text. ``known`` are names and addresses of sender and recipients."""
    blocks = _blocks(text, segments, hints)
    inside = [(start, end) for start, end, _ in blocks]
    people = [c for _, _, c in blocks]
    loose = [s for s in sentences if not any(a <= s.start < b for a, b in inside)]
    people += [_contact(text, d, hints) for d in _drafts(text, loose, hints, known)]
    return _distinct([p for p in people if not _is_known(p, known)])


# ---- sentences


def _drafts(text: str, sentences: Sequence[Sentence], hints: Hints, known: Sequence[str]) -> list[Draft]:
    drafts: list[Draft] = []
    current: Draft | None = None
    for s in sentences:
        if len(s.text) > _LONGEST:
            continue
        mine = _people(text, s, known)
        for person in mine:
            same = next((d for d in drafts if _same(d.person.name.text, person.name.text)), None)
            if same is None:
                drafts.append(Draft(person))
            else:
                same.person = _richer(same.person, person)
        details = _details(text, s, hints, known)
        current = _attach(text, drafts, mine, details, current, s)
    return [d for d in drafts if d.details or _is_placed(d.person) or _is_introduced(d.person)]


def _people(text: str, s: Sentence, known: Sequence[str]) -> list[Introduced]:
    room = introductions_ja if is_japanese(s.text) else introductions_en
    found: list[Introduced] = []
    for person in room.others(text, s.start, s.end):
        if _names_known(person.name.text, known):
            continue
        clash = next((f for f in found if f.name.start < person.name.end and person.name.start < f.name.end), None)
        if clash is None:
            found.append(person)
        else:
            found[found.index(clash)] = _richer(clash, person)
    return sorted(found, key=lambda f: f.name.start)


def _is_placed(person: Introduced) -> bool:
    """Does the text say whose colleague somebody is? "NAME, Role" alone is told of anybody in the news."""
    return bool(person.job_title or person.department) and person.rule != "intro.apposition"


def _richer(a: Introduced, b: Introduced) -> Introduced:
    """What two rules say of one person, taken together."""
    name = a.name if len(a.name.text) >= len(b.name.text) else b.name
    rule = b.rule if a.rule in ("intro.apposition", "intro.named") else a.rule
    return Introduced(name, rule, a.job_title or b.job_title, a.department or b.department, a.company or b.company)


def _is_introduced(person: Introduced) -> bool:
    """Was somebody said to be contacted, by a name that is surely one?"""
    tokens = person.name.text.split()
    if not is_japanese(tokens[0]) and not (names.is_given(tokens[0]) or names.is_family(tokens[-1])):
        return False
    return person.rule in ("intro.contact", "intro.successor") and (
        " " in person.name.text or "\u3000" in person.name.text
    )


def _details(text: str, s: Sentence, hints: Hints, known: Sequence[str]) -> list[ContactField]:
    chunk = text[s.start : s.end]
    out: list[ContactField] = []
    for p in links.emails(chunk):
        if p.text.lower() not in known:
            out.append(ContactField("email", p.text.lower(), 0.95, s.start + p.start, s.start + p.end, "intro.email"))
    if digit_count(chunk) >= 7:
        for phone in phones.find(text, s.start, s.end, hints.regions):
            out += signature.phone_fields(phone, "intro.phone")
    return sorted(out, key=lambda f: f.start or 0)


def _attach(
    text: str,
    drafts: list[Draft],
    mine: list[Introduced],
    details: list[ContactField],
    current: Draft | None,
    s: Sentence,
) -> Draft | None:
    """Give each detail to the last person named before it, or to the one whose name the address holds."""
    here = [d for p in mine for d in drafts if _same(d.person.name.text, p.name.text)]
    going_on = current if not here and (introductions_en.continues(s.text) or _goes_on_japanese(s.text)) else None
    for detail in details:
        owner = _by_address(drafts, detail)
        if owner is None and here:
            before = [d for p, d in zip(mine, here, strict=False) if p.name.start < (detail.start or 0)]
            owner = before[-1] if before else None
            if owner is not None and _is_own(text, s, detail):
                owner = None
        owner = owner or going_on
        if owner is not None:
            owner.details.append(detail)
    return here[-1] if here else going_on


def _is_own(text: str, s: Sentence, detail: ContactField) -> bool:
    pattern = introductions_ja.own_phone() if is_japanese(s.text) else introductions_en.own_phone()
    return pattern.search(fold(text[s.start : detail.start or s.start]).replace("\n", " ")) is not None


def _goes_on_japanese(sentence: str) -> bool:
    return _GOES_ON_JA.match(fold(sentence.lstrip()[:20])) is not None


def _by_address(drafts: list[Draft], detail: ContactField) -> Draft | None:
    if detail.name != "email":
        return None
    local = re.sub(r"[^a-z]", "", detail.value.partition("@")[0])
    for d in drafts:
        tokens = [re.sub(r"[^a-z]", "", plain(t)) for t in d.person.name.text.split()]
        if any(len(t) > 2 and t in local for t in tokens):
            return d
    return None


def _contact(text: str, d: Draft, hints: Hints) -> Contact:
    person = d.person
    email = next((f.value for f in d.details if f.name == "email"), "")
    cleaned = names.clean(person.name.text)
    before = text[max(0, person.name.start - 8) : person.name.start]
    alone = len(cleaned) <= 3 if is_japanese(cleaned) else " " not in cleaned and _HONORIFIC.search(before) is not None
    parts = names.split(cleaned, email, cleaned if alone else None)
    out = [work.field("full_name", cleaned, person.name, 0.9, person.rule)]
    out += signature.part_fields(
        Piece(person.name.start, person.name.end, text[person.name.start : person.name.end]), parts, 0.88, person.rule
    )
    if is_japanese(cleaned) and (m := _READING.match(text[person.name.end : person.name.end + 40])):
        kana = piece(text, person.name.end + m.start(1), person.name.end + m.end(1))
        out.append(work.field("name_kana", kana.text, kana, 0.93, "intro.reading"))
    kinds: tuple[tuple[FieldName, Piece | None], ...] = (
        ("company", person.company), ("department", person.department), ("job_title", person.job_title),
    )  # fmt: skip
    out += [work.field(kind, " ".join(p.text.split()), p, 0.86, person.rule) for kind, p in kinds if p is not None]
    return Contact("third_party", tuple(out + d.details))


# ---- lists of details in the body


def _blocks(text: str, segments: Iterable[Segment], hints: Hints) -> list[tuple[int, int, Contact]]:
    """Paragraphs of short lines with a name and a labelled telephone number or address."""
    out = []
    for segment in segments:
        if segment.zone != "body":
            continue
        for p in paragraphs(text, segment.start, segment.end):
            if not text[: p.start].strip() and _ADDRESSED.search(p.text):
                continue  # the recipient, as a letter has him at its head
            contact = _read_block(text, p.start, p.end, hints) if _is_block(p.text) else None
            if contact is not None:
                out.append((p.start, p.end, contact))
    return out


def read_block(text: str, start: int, end: int, hints: Hints, known: Sequence[str]) -> Contact | None:
    """The person of a block of details, None where it has no name or nothing to reach him by, or is known."""
    contact = _read_block(text, start, end, hints)
    return None if contact is None or _is_known(contact, known) else contact


def _is_block(paragraph: str) -> bool:
    lines = [line for line in paragraph.split("\n") if line.strip()]
    if not 2 <= len(lines) <= 9 or any(len(line) > 70 for line in lines):
        return False
    prose = sum(
        bool(re.search(r"[。?？!！]|[a-z]{2,}[.]\s*$", line.strip())) and not links.emails(line) for line in lines
    )
    reachable = links.emails(paragraph) or _LABELLED.search(fold(paragraph))
    return prose == 0 and bool(reachable) and (bool(_LABELLED.search(fold(paragraph))) or len(lines) >= 3)


def _read_block(text: str, start: int, end: int, hints: Hints) -> Contact | None:
    fields = signature.read(text, start, end, Hints(None, None, "", hints.regions))
    kinds = {f.name for f in fields}
    if "full_name" not in kinds or not kinds & {"phone", "email"} or authorship.names_several(text, start, end):
        return None
    lowered = [
        ContactField(
            f.name,
            f.value,
            round(f.score * 0.96, 4),
            f.start,
            f.end,
            f.rule.replace("signature", "intro.list"),
            f.type,
            f.extension,
        )
        for f in fields
    ]
    return Contact("third_party", tuple(lowered))


# ---- who is who


def _same(a: str, b: str) -> bool:
    if names.same_name(a, b):
        return True
    left, right = ({plain(t) for t in re.split(r"[\s\u3000]+", n)} for n in (a, b))
    return left <= right or right <= left


def _names_known(name: str, known: Sequence[str]) -> bool:
    bare = names.clean(name)
    return any(
        "@" not in k and (_same(bare, k) or (is_japanese(bare) and plain(k).startswith(plain(bare)))) for k in known
    )


def _is_known(contact: Contact, known: Sequence[str]) -> bool:
    name = contact.value("full_name") or ""
    mail = contact.value("email")
    return _names_known(name, known) or (mail is not None and mail in known)


def _distinct(people: list[Contact]) -> list[Contact]:
    out: list[Contact] = []
    for person in people:
        if not any(_same(person.value("full_name") or "", p.value("full_name") or "") for p in out):
            out.append(person)
    return sorted(out, key=lambda c: c.fields[0].start or 0)
