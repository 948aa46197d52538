"""Who a mail is from, and whom it introduces: the contacts of one mail.

The sender's fields come from the newest text's signature zone, from his own introduction and from the From header,
never from quoted text. Third persons come from the newest body. Where several places give one field, the signature
counts first, the self-introduction next, the header last.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import get_args

from pipeline.extract import (
    apart,
    authorship,
    blocks,
    cards,
    copies,
    forms,
    headers,
    identity,
    introductions,
    names,
    organisations,
    signature,
    work,
)
from pipeline.extract.introductions_en import SelfIntroduction
from pipeline.extract.lines import paragraphs
from pipeline.extract.located import Hints, Located
from pipeline.extract.phones import Regions
from pipeline.extract.words import Piece, is_japanese, plain, rows
from pipeline.records import Address, Contact, ContactField, FieldName, Message, Noise, Segment, Sentence

_ORDER: dict[str, int] = {name: i for i, name in enumerate(get_args(FieldName))}
_NAMES = ("full_name", "family_name", "given_name")


def find(
    message: Message, segments: tuple[Segment, ...], sentences: tuple[Sentence, ...], noise: Noise | None
) -> tuple[Contact, ...]:
    """The sender first, then third persons in the order of the text.

    A newsletter or bounce has none, a web-form notice its enquirer, a calendar mail its sender from the header alone.
    """
    kind = noise.kind if noise else None
    if kind in ("newsletter", "bounce"):
        return ()
    hints = _hints(message, segments, sentences)
    if kind == "notification":
        enquirer = forms.find(message.text, segments, hints.regions)
        return (_sorted(enquirer),) if enquirer else ()
    if kind == "calendar":
        fields = _from_header(message, hints, [])
        return (_sorted(Contact("sender", tuple(fields))),) if fields else ()
    sender, of_others = _sender(message, segments, sentences, hints, kind == "auto_reply")
    written_down = cards.find(message.text, segments, hints)
    sender = _with_own_cards(sender, written_down)
    third = introductions.find(message.text, segments, sentences, hints, _known(message, sender), written_down)
    third = introductions.distinct([*third, *_beside(message, of_others, hints, kind == "auto_reply", sender)])
    third = _with_blocks(message.text, of_others, hints, third)
    return tuple(_sorted(c) for c in ([sender] if sender.fields else []) + third)


def _with_own_cards(sender: Contact, written_down: Sequence[cards.Card]) -> Contact:
    """The sender with what a form that he filled in about himself tells beside the signature."""
    name = sender.value("full_name") or ""
    for _, _, card in written_down:
        if identity.is_surely_name(name) and names.same_name(name, card.value("full_name") or ""):
            sender = Contact("sender", (*sender.fields, *_missing(list(sender.fields), list(card.fields))))
    return sender


def _beside(
    message: Message, of_others: Sequence[tuple[int, int]], hints: Hints, stand_in: bool, sender: Contact
) -> list[Contact]:
    """Persons of stretches in the signature's place that are not the sender's; none where a letter is copied."""
    text = message.text
    if not stand_in and message.in_reply_to:
        return []
    known = _known(message, sender)
    found: list[Contact] = []
    for a, b in of_others:
        if stand_in or not copies.is_copied(text, a):
            people = cards.of_stretch(text, a, b, hints) or introductions.of_note(text, a, b, hints, known)
            found += [c for c in people if not introductions.is_known(c, known)]
    return found


def _with_blocks(text: str, stretches: Sequence[authorship.Span], hints: Hints, third: list[Contact]) -> list[Contact]:
    """The third persons with the numbers and addresses of a block without a name, where the text above it is of one."""
    out = list(third)
    for a, b in stretches if third else ():
        above = paragraphs(text, max(0, a - 500), a)[-1:]
        told = [i for i, c in enumerate(out) if above and _last_name(c) in above[0].text]
        if len(told) != 1 or not authorship.points(above[0].text):
            continue
        fields = signature.read(text, a, b, Hints(None, None, "", hints.regions))
        if not any(f.name == "full_name" for f in fields):
            reached = tuple(f for f in fields if f.name in ("phone", "email"))
            out[told[0]] = Contact(out[told[0]].role, (*out[told[0]].fields, *reached))
    return out


def _last_name(contact: Contact) -> str:
    return contact.value("family_name") or contact.value("full_name") or ""


def _sorted(contact: Contact) -> Contact:
    """Fields in the order of the field list, each value once."""
    seen: dict[tuple[str, str, str | None], ContactField] = {}
    for f in contact.fields:
        seen.setdefault((f.name, plain(f.value), f.type), f)
    return Contact(
        contact.role,
        tuple(sorted(seen.values(), key=lambda f: (_ORDER[f.name], f.start if f.start is not None else 10**9))),
    )


def _known(message: Message, sender: Contact) -> list[str]:
    """Names and addresses that are no third persons: the sender's and the recipients'."""
    mailboxes = [a for a in (message.from_, *message.to, *message.reply_to) if a is not None]
    values = [a.address for a in mailboxes] + [a.name for a in mailboxes if a.name]
    values += [f.value for f in sender.fields if f.name in ("full_name", "email", "name_latin")]
    own = message.from_.address.partition("@")[2] if message.from_ else ""
    outsiders = [a for a in message.cc if a.address.partition("@")[2] != own]
    return values + [n for a in outsiders for n in (a.address, a.name) if n]


# ---- hints


def _hints(message: Message, segments: tuple[Segment, ...], sentences: tuple[Sentence, ...]) -> Hints:
    author = _author(message)
    full = headers.header_name(author)
    family = None
    if full and is_japanese(full):
        family = names.split(full).family
    language = next((s.language for s in segments if s.zone == "body"), "und")
    address = author.address if author else ""
    firm = author.name if author and not full else None
    others = tuple(n for a in (*message.to, *message.cc) if a.address != address and (n := headers.header_name(a)))
    return Hints(full, family, address, _regions(message, address, language), firm, others)


def _author(message: Message) -> Address | None:
    """The From mailbox; where a list rewrote it ("Jane via Sales <sales@list>"), the Reply-To of the same person."""
    shown = message.from_
    if shown is None or not shown.name or not re.search(r"\s(?:via|through|経由)\s", shown.name):
        return shown
    others = [a for a in message.reply_to if a.address != shown.address]
    return Address(shown.name, others[0].address) if others else shown


def _regions(message: Message, address: str, language: str) -> Regions:
    """Tiers of ISO codes for telephone numbers without a country code: top-level domain or language, UTC offset."""
    tld = address.rpartition(".")[2].upper()
    found = [{"UK": "GB"}.get(tld, tld)] if len(tld) == 2 and tld not in ("IO", "AI", "CO", "TV", "ME") else []
    if language == "ja":
        found.append("JP")
    nearby = "US | GB" if language == "en" else ""
    if message.date is not None and (offset := message.date.isoformat()[19:]):
        key = offset[-6:]
        nearby = next((r[1] for r in rows("offset_regions.tsv") if r[0] == key), nearby)
    return (tuple(found), *(tuple(tier.split()) for tier in nearby.split("|")))


# ---- the sender


def _sender(
    message: Message, segments: tuple[Segment, ...], sentences: tuple[Sentence, ...], hints: Hints, stand_in: bool
) -> tuple[Contact, list[authorship.Span]]:
    """The sender, and the stretches of the signatures that are about somebody else."""
    intro = _own_introduction(message.text, introductions.self_introduction(message.text, sentences), hints)
    hints = _with_introduction(hints, intro)
    fields: list[ContactField] = []
    of_others: list[authorship.Span] = []
    for start, end in blocks.find(message.text, segments, hints):
        text, places = apart.joined(message.text, start, end)
        spans = authorship.foreign(text, start, end, hints, stand_in)
        of_others += spans
        told = [_placed(f, places) for f in signature.read(authorship.without(text, spans), start, end, hints)]
        if hints.full or not _names_recipient(told, message):
            fields += _missing(fields, told)
    fields += _missing(fields, _from_introduction(intro, hints, fields))
    fields = _from_header(message, hints, fields)
    fields += introductions.own_phones(message.text, sentences, hints)
    return Contact("sender", tuple(fields)), of_others


def _placed(f: ContactField, places: Mapping[int, int]) -> ContactField:
    """The field with its place in the text as written."""
    if f.start is None or f.end is None or not places:
        return f
    return replace(f, start=places.get(f.start, f.start), end=places.get(f.end - 1, f.end - 1) + 1)


def _names_recipient(fields: list[ContactField], message: Message) -> bool:
    """Is the person of a block one whom the mail is to, as in an answer that repeats a mail without marks?"""
    name = next((f.value for f in fields if f.name == "full_name"), None)
    known = [a.name for a in (*message.to, *message.cc) if a.name and a != message.from_]
    return name is not None and any(names.same_name(name, k) or names.is_family_of(name, k) for k in known)


def _own_introduction(text: str, intro: SelfIntroduction | None, hints: Hints) -> SelfIntroduction | None:
    """The introduction, unless it stands in a copied letter or names another than the header."""
    if intro is None or intro.name is None:
        return intro
    another = identity.is_another(intro.name.text, hints)
    return None if another or copies.is_copied(text, intro.name.start) else intro


def _with_introduction(hints: Hints, intro: SelfIntroduction | None) -> Hints:
    """The hints with the firm and, where the header has none, the Japanese family name of the self-introduction."""
    if intro is None:
        return hints
    hints = replace(hints, firm=intro.company.text) if intro.company else hints
    if hints.family or intro.name is None or not is_japanese(intro.name.text):
        return hints
    return replace(hints, family=names.split(intro.name.text).family)


def _missing(have: list[ContactField], more: list[ContactField]) -> list[ContactField]:
    """Those of ``more`` whose field is still open; lists of links and numbers may always grow."""
    closed = {f.name for f in have} - {"phone", "email", "website", "social"}
    return [f for f in more if f.name not in closed]


def _from_introduction(intro: SelfIntroduction | None, hints: Hints, have: list[ContactField]) -> list[ContactField]:
    if intro is None or not _is_sender(intro, hints, have):
        return []
    out: list[ContactField] = []
    kinds: tuple[tuple[FieldName, Piece | None], ...] = (
        ("company", intro.company), ("department", intro.department), ("job_title", intro.job_title),
    )  # fmt: skip
    out += [work.field(kind, " ".join(p.text.split()), p, 0.85, "intro.self") for kind, p in kinds if p is not None]
    if intro.name is not None and not hints.full and not any(f.name == "full_name" for f in have):
        found = Located(intro.name, None, "intro.self")
        out += signature.name_fields("", found, hints)
    return out


def _is_sender(intro: SelfIntroduction, hints: Hints, have: list[ContactField]) -> bool:
    """The introduced name must be a part of the sender's name, as far as that is known."""
    if intro.name is None:
        return True
    own = hints.full or next((f.value for f in have if f.name == "full_name"), None)
    if own is None or is_japanese(own) != is_japanese(intro.name.text):
        return True
    left, right = plain(names.clean(intro.name.text)), plain(own)
    return left in right or right in left or names.same_name(intro.name.text, own)


def _from_header(message: Message, hints: Hints, fields: list[ContactField]) -> list[ContactField]:
    """The fields with what only the From header tells: the address, and the name where the text has less of it."""
    out = list(fields)
    if hints.full and not _names_fully(out, hints.full):
        out = [f for f in out if f.name not in _NAMES]
        parts = names.split(hints.full, hints.address)
        values: tuple[tuple[FieldName, str | None], ...] = (
            ("full_name", parts.full), ("family_name", parts.family), ("given_name", parts.given),
        )  # fmt: skip
        out += [ContactField(kind, value, 0.95, None, None, "header.from") for kind, value in values if value]
    if hints.address and not any(f.name == "email" and f.value == hints.address for f in out):
        out.append(ContactField("email", hints.address, 0.98, None, None, "header.from"))
    return out + _missing(out, _header_work(message.from_))


def _names_fully(fields: list[ContactField], header: str) -> bool:
    """Does the text's name say at least as much as the header's?"""
    value = {f.name: f.value for f in fields}
    if "full_name" not in value:
        return False
    parts = names.split(header)
    return "family_name" in value and ("given_name" in value or not parts.given or not parts.family)


def _header_work(author: Address | None) -> list[ContactField]:
    """Firm, department and title in a Japanese display name (「海辺動物病院 院長 船越」)."""
    if author is None or not author.name or not is_japanese(author.name):
        return []
    tokens = [t for t in re.split(r"[\s\u3000/|｜()（）]+", names.without_list(author.name)) if t]
    out: list[ContactField] = []
    for token in tokens if len(tokens) > 1 else []:
        kind: FieldName | None = None
        if organisations.title_japanese(token):
            kind = "job_title"
        elif organisations.department_japanese(token) and not organisations.company_japanese(token):
            kind = "department"
        elif organisations.company_japanese(token) > 0.6 and not names.is_family_japanese(token):
            kind = "company"
        if kind and not any(f.name == kind for f in out):
            out.append(ContactField(kind, token, 0.8, None, None, "header.from"))
    return out
