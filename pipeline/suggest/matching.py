"""Is the person of a mail one that the CRM knows? By address; else by name, in any script, plus firm.

The answer is same, new or ambiguous, with a reason for each candidate. Nothing is ever merged here: what may be a
duplicate is listed for a person to decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pipeline.extract.kana import family_readings, given_readings, is_kana, latin, sound, unify
from pipeline.extract.names import split
from pipeline.extract.words import is_japanese
from pipeline.parse.senders import is_short_form
from pipeline.records import Contact, Record
from pipeline.suggest.directory import Directory
from pipeline.suggest.values import LONGEST_NAME, compare, domain, is_free_mail, normalise, same_person_name

__all__ = ["Candidate", "Match", "Person", "match", "normalise", "person"]

Kind = Literal["same", "new", "ambiguous"]
Reason = Literal[
    "address", "address_other_name", "name_and_company", "name_and_phone", "name_only", "local_part", "name_like"
]  # fmt: skip
_SURE: frozenset[Reason] = frozenset({"address", "name_and_company", "name_and_phone", "local_part"})
_ORDER: tuple[Reason, ...] = (
    "address", "name_and_phone", "name_and_company", "local_part", "address_other_name", "name_like", "name_only",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a mail speaks of: name in every spelling given, addresses, firm, phones (E.164)."""

    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    company: str | None = None
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that may be the person, and why."""

    record_id: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Match:
    """The verdict; ``record`` is set for ``same`` only. ``candidates`` are likeliest first."""

    kind: Kind
    record: Record | None = None
    candidates: tuple[Candidate, ...] = ()


def person(contact: Contact, address: str | None = None) -> Person:
    """The person of a contact; ``address`` is known from elsewhere, as the sender's from the header."""
    emails = [field.value.lower() for field in contact.fields if field.name == "email"]
    names = [contact.value(name) for name in ("full_name", "name_kana", "name_latin")]
    parts = [contact.value(name) for name in ("family_name", "given_name")]
    return Person(
        tuple(dict.fromkeys(name[:LONGEST_NAME] for name in (*names, *(() if any(names) else parts)) if name)),
        tuple(dict.fromkeys([*([address.lower()] if address else []), *emails])),
        contact.value("company"),
        tuple(field.value for field in contact.fields if field.name == "phone"),
    )


def match(who: Person, directory: Directory) -> Match:
    """Decide whether a person is one of the directory's contacts and leads.

    One sure candidate is the same; several, or only unsure ones, are ambiguous.
    """
    found = [
        Candidate(record.id, reason)
        for record in directory.people
        if (reason := _reason(who, record, directory)) is not None
    ]
    if not found:
        return Match("new")
    found.sort(key=lambda c: (_ORDER.index(c.reason), c.record_id))
    best = [candidate for candidate in found if candidate.reason == found[0].reason]
    if len(best) == 1 and best[0].reason in _SURE:
        return Match("same", directory.record(best[0].record_id), tuple(found))
    return Match("ambiguous", None, tuple(found))


def _reason(who: Person, record: Record, directory: Directory) -> Reason | None:
    named = _names_agree(who.names, _names(record))
    if any(address in record.addresses for address in who.addresses):
        return "address_other_name" if named is False else "address"
    if named is None and _may_be(who.names, _names(record)) and _local_part_fits(who.addresses, record):
        return "local_part"
    if named is None:
        like = _like(who.names, _names(record)) and _same_firm(who, record, directory)
        return "name_like" if like else None
    if not named:
        return None
    if set(who.phones) & {record.fields.get("phone", "")}:
        return "name_and_phone"
    return "name_and_company" if _same_firm(who, record, directory) else "name_only"


def _names(record: Record) -> tuple[str, ...]:
    fields = (record.fields.get(name) for name in ("full_name", "name_kana", "name_latin"))
    return tuple(dict.fromkeys(name[:LONGEST_NAME] for name in (record.name, *fields) if name and "@" not in name))


def _names_agree(ours: Iterable[str], theirs: Iterable[str]) -> bool | None:
    """True where any two spellings name one person, False where all are known to differ, None where unclear."""
    pairs = [(a, b) for a in ours for b in theirs]
    if any(same_person_name(a, b) or _sound_alike(a, b) for a, b in pairs):
        return True
    comparable = any(_is_full(a) and _is_full(b) and is_japanese(a) == is_japanese(b) for a, b in pairs)
    return False if comparable and not any(_overlap(a, b) for a, b in pairs) else None


def _may_be(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether nothing speaks against two people being one: no name, a part shared, or only other scripts."""
    pairs = [(a, b) for a in ours for b in theirs if is_japanese(a) == is_japanese(b)]
    return not pairs or any(_overlap(a, b) for a, b in pairs)


def _sound_alike(a: str, b: str) -> bool:
    """Whether kana written without a space sounds like a name in Latin letters."""
    kana, other = (a, b) if is_kana(a) else (b, a)
    if not is_kana(kana) or is_japanese(other):
        return False
    return any(latin(kana) in (family + given, given + family) for family, given in _sounds(other))


def _is_full(name: str) -> bool:
    return split(name).given is not None and split(name).family is not None


def _overlap(a: str, b: str) -> bool:
    """Whether nothing speaks against two names being one person's: the given name is shared or may be (a changed
    surname, a short form, an initial), or one of them has no given name. Relatives share the surname alone."""
    left, right = split(a), split(b)
    if _shares(left.given, right.given):
        return True
    if not (left.given and right.given and left.family and right.family):
        parts = {normalise("full_name", part) for part in (left.family, left.given) if part}
        return any(normalise("full_name", part) in parts for part in (right.family, right.given) if part)
    return _shares(left.family, right.family) and _given_alike(left.given, right.given)


def _like(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether two spellings have the surname in common and given names that may be one, or one of them none."""
    for a, b in ((split(a), split(b)) for a in ours for b in theirs):
        given = not (a.given and b.given) or _given_alike(a.given, b.given)
        if a.family and b.family and given and (_shares(a.family, b.family) or _one_sound(a.family, b.family)):
            return True
    return False


def _shares(a: str | None, b: str | None) -> bool:
    return bool(a and b) and normalise("full_name", a or "") == normalise("full_name", b or "")


def _one_sound(a: str, b: str) -> bool:
    sounds = [set(_readings(n, family_readings())) if is_japanese(n) else {sound(n)} for n in (a, b)]
    return bool(sounds[0] & sounds[1])


def _given_alike(a: str, b: str) -> bool:
    """Whether two given names may be one: an initial, a middle name more, a short form (Bob, Robert)?"""
    if is_japanese(a) or is_japanese(b):
        return False
    first, second = (given.casefold().split()[0].strip(".") for given in (a, b))
    if min(len(first), len(second)) == 1:
        return first[0] == second[0]
    return first == second or is_short_form(first, frozenset({second})) or is_short_form(second, frozenset({first}))


def _same_firm(who: Person, record: Record, directory: Directory) -> bool:
    company = directory.company_of(record)
    if who.company and company and compare("company", who.company, company) == "same":
        return True
    ours = {domain(address) for address in who.addresses}
    theirs = {domain(address) for address in record.addresses}
    return any(_one_house(a, b) and not is_free_mail(a) for a in ours for b in theirs)


def _one_house(a: str, b: str) -> bool:
    """Whether two domains are one or one is below the other (mail.acme.example)."""
    return bool(a and b) and (a == b or a.endswith(f".{b}") or b.endswith(f".{a}"))


def _local_part_fits(addresses: Iterable[str], record: Record) -> bool:
    """Whether an address without a name spells the record's name (t-yamada@) at the record's own domain."""
    domains = {domain(address) for address in record.addresses} - {""}
    spelled = [a.partition("@")[0] for a in addresses if domain(a) in domains and not is_free_mail(domain(a))]
    return any(_spells(local, name) for local in spelled for name in _names(record))


def _spells(local: str, name: str) -> bool:
    parts = [sound(part) for part in re.split(r"[._\-+]", local.lower().rstrip("0123456789")) if part]
    for family, given in _sounds(name):
        full = [[given, family], [family, given]]
        short = [[given[:1], family], [family, given[:1]]]
        if parts in full or parts in short or "".join(parts) in {"".join(pair) for pair in full + short[:1]}:
            return True
    return False


def _sounds(name: str) -> Iterable[tuple[str, str]]:
    """The ways a name may sound, as (family, given) in folded Latin letters."""
    parts = split(name)
    if not parts.family or not parts.given:
        return ()
    if not is_japanese(name):
        return ((sound(parts.family), sound(parts.given)),)
    families = _readings(parts.family, family_readings())
    return [(family, given) for family in families for given in _readings(parts.given, given_readings())]


def _readings(part: str, known: dict[str, tuple[str, ...]]) -> list[str]:
    return [latin(part)] if is_kana(part) else [latin(reading) for reading in known.get(unify(part), ())]
