"""Third persons of a mail: introduced, copied with details, successors, stand-ins.

Sentences tell who (``introductions_en``, ``introductions_ja``); e-mail addresses and telephone numbers that follow a
name, in the sentence or in one that goes on about the person, are that person's. A list of details in the body is
read like a signature (``cards``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.extract import (
    cards,
    copies,
    identity,
    introductions_en,
    introductions_ja,
    links,
    names,
    phones,
    signature,
    work,
)
from pipeline.extract.introductions_en import Introduced, SelfIntroduction
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
_MINE = re.compile(r"私の|わたしの|小職|当方|\bmy\b|\bme\b", re.IGNORECASE)
_DESK = re.compile(
    r"(?:代表|フロント|受付|事務局|窓口|コールセンター|サポート|総合案内|予約センター)(?:電話|番号|直通)?(?:番号)?[\s:(は]{0,4}$"
    r"|\b(?:reception|switchboard|front desk|help ?desk|hotline|(?:main|office|support) (?:line|number|office))"
    r"(?: is| on| at)?[\s:(]{0,3}$",
    re.IGNORECASE,
)
_JOINT = re.compile(
    r"(?:[\s,、;/|)]|or|and|または|もしくは|tel|mobile|cell|phone|e-?mail|mail|電話|携帯|直通|メール|[:.])*",
    re.IGNORECASE,
)
_GOES_ON_JA = re.compile(r"(?:連絡先|電話|携帯|メール|直通|内線|番号)(?:番号|アドレス)?(?:は|:)")


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


def own_phones(text: str, sentences: Sequence[Sentence], hints: Hints) -> list[ContactField]:
    """Numbers in the body that the sender calls his own."""
    out: list[ContactField] = []
    for s in sentences:
        if len(s.text) > _LONGEST or digit_count(s.text) < 7:
            continue
        pattern = introductions_ja.own_phone() if is_japanese(s.text) else introductions_en.own_phone()
        for phone in phones.find(text, s.start, s.end, hints.regions):
            before = text[max(0, s.start - 120) : phone.start].rpartition("\n\n")[2]
            if _is_told_of_other(before + text[phone.start : s.end]) or _goes_on_about_other(before, hints):
                continue
            if pattern.search(fold(before).replace("\n", " ")):
                out += signature.phone_fields(phone, "body.own_phone")
    return out


def _is_told_of_other(passage: str) -> bool:
    """Does the passage before a number, not calling it the writer's, name somebody else or fill in a form?"""
    folded = fold(passage)
    return _OTHER.search(folded) is not None and _MINE.search(folded) is None


def _goes_on_about_other(before: str, hints: Hints) -> bool:
    """Does the sentence before, or the one with the number, say who somebody else is (ドライバーは佐渡です)?"""
    told = introductions_ja.TOLD.finditer(fold(before)) if is_japanese(before) else ()
    others = [m[1] for m in told if (m[2] or names.is_family_japanese(m[1])) and m[1] != hints.family]
    return bool(others) and _MINE.search(before) is None and identity.is_another(others[-1], hints)


def find(
    text: str,
    segments: Iterable[Segment],
    sentences: Sequence[Sentence],
    hints: Hints,
    known: Sequence[str],
    written_down: Sequence[cards.Card],
) -> list[Contact]:
    """The third persons of the newest text. ``known`` are names and addresses of sender and recipients."""
    bodies = [s for s in segments if s.zone == "body"]
    text = _only(text, bodies)
    taken = [(start, end) for start, end, _ in written_down]
    taken += [(copies.copied_from(text, s.start, s.end), s.end) for s in bodies]
    people = [c for _, _, c in written_down]
    loose = [s for s in sentences if not any(a <= s.start < b for a, b in taken)]
    people += [_contact(text, d, hints) for d in _drafts(text, loose, hints, known)]
    return distinct([p for p in people if not is_known(p, known)])


def of_note(text: str, start: int, end: int, hints: Hints, known: Sequence[str]) -> list[Contact]:
    """The persons with details whom a note beside a signature names (※お急ぎの方は事務局 木暮（…）まで)."""
    note = Sentence(start, end, text[start:end], "und")
    return [_contact(text, d, hints) for d in _drafts(text, [note], hints, known) if d.details]


def _only(text: str, bodies: Sequence[Segment]) -> str:
    """The text with all but the bodies blanked, every offset as before: a quoted mail completes no name."""
    out, at = [], 0
    for s in bodies:
        out += [" " * (s.start - at), text[s.start : s.end]]
        at = s.end
    return "".join(out)


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
        current = _attach(text, drafts, mine, details, current, s, known)
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
    return bool(person.department or (person.job_title and person.rule != "intro.apposition"))


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
    whole = re.search(r"\s", person.name.text) or names.split(person.name.text).given
    return person.rule in ("intro.contact", "intro.successor") and whole is not None


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
    known: Sequence[str],
) -> Draft | None:
    """Give each detail to whom it stands beside, to whose name it holds, or to the last person named before it."""
    here = [d for p in mine for d in drafts if _same(d.person.name.text, p.name.text)]
    going_on = current if not here and (introductions_en.continues(s.text) or _goes_on_japanese(s.text)) else None
    owner, at = None, s.start
    for detail in details:
        start = detail.start or s.start
        if _DESK.search(fold(text[max(s.start, start - 30) : start])):
            owner = None
        elif owner is None or not _JOINT.fullmatch(fold(text[at:start])):
            owner = _by_address(drafts, detail) or _beside(text, drafts, s, start, known)
            if owner is None and not _is_own(text, s, detail):
                before = [d for p, d in zip(mine, here, strict=False) if p.name.start < start]
                owner = before[-1] if before else going_on
        if owner is not None:
            owner.details.append(detail)
        at = max(at, detail.end or at)
    return here[-1] if here else going_on


def _beside(text: str, drafts: list[Draft], s: Sentence, at: int, known: Sequence[str]) -> Draft | None:
    """The draft of the person whose name stands right before a place, a new one where he is not met yet."""
    room = introductions_ja if is_japanese(s.text) else introductions_en
    person = room.named_before(text, s.start, at)
    if person is None or _names_known(person.name.text, known):
        return None
    same = next((d for d in drafts if _same(d.person.name.text, person.name.text)), None)
    if same is None:
        drafts.append(same := Draft(person))
    return same


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
    whole = introductions_ja.in_full(text, person.name) if alone and is_japanese(cleaned) else None
    if whole is not None:
        person = Introduced(whole, person.rule, person.job_title, person.department, person.company)
        cleaned, parts = whole.text, names.split(whole.text)
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


# ---- who is who


def _same(a: str, b: str) -> bool:
    if names.same_name(a, b):
        return True
    if is_japanese(a) and is_japanese(b) and names.is_family_of(*sorted((a, b), key=len)):
        return True
    left, right = ({plain(t) for t in re.split(r"[\s\u3000]+", n)} for n in (a, b))
    return left <= right or right <= left


def _names_known(name: str, known: Sequence[str]) -> bool:
    bare = names.clean(name)
    return any(
        "@" not in k and (_same(bare, k) or (is_japanese(bare) and plain(k).startswith(plain(bare)))) for k in known
    )


def is_known(contact: Contact, known: Sequence[str]) -> bool:
    """Is the person the sender or a recipient?"""
    name = contact.value("full_name") or ""
    mail = contact.value("email")
    return _names_known(name, known) or (mail is not None and mail in known)


def distinct(people: list[Contact]) -> list[Contact]:
    """Each person once, with what every place tells of him, in the order of the text."""
    out: list[Contact] = []
    for person in people:
        i = next((i for i, p in enumerate(out) if _same(_name(person), _name(p))), None)
        if i is None:
            out.append(person)
        else:
            out[i] = _together(out[i], person)
    return sorted(out, key=lambda c: c.fields[0].start or 0)


def _name(person: Contact) -> str:
    return person.value("full_name") or ""


def _together(a: Contact, b: Contact) -> Contact:
    """Two finds of one person: the fuller name goes first, the other adds what is missing."""
    first, other = (b, a) if len(plain(_name(b))) > len(plain(_name(a))) else (a, b)
    have = {f.name for f in first.fields} | {"full_name", "family_name", "given_name"}
    more = [f for f in other.fields if f.name not in have or f.name in ("phone", "email")]
    known = {(f.name, f.value) for f in first.fields}
    return Contact(first.role, (*first.fields, *(f for f in more if (f.name, f.value) not in known)))
