"""People: new contacts, values a record lacks, changed jobs, successors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.extract.words import words
from pipeline.records import Contact, ContactField, Dossier, Message, ProposedField, Record, Suggestion, SuggestionKind
from pipeline.suggest.directory import OPEN_STATES, Directory, Earlier
from pipeline.suggest.making import evidence, is_ours, suggestion_id
from pipeline.suggest.matching import Match, Person, match, person
from pipeline.suggest.succession import names_successor
from pipeline.suggest.values import compare, domain, is_free_mail, normalise

NAMES = frozenset({"full_name", "family_name", "given_name", "name_kana", "name_latin"})
# What belongs to a position: it is asked about together when somebody changes jobs.
POSITION = frozenset(
    {"company", "department", "job_title", "phone", "email", "website", "postal_code", "address", "country"}
)
# Values that stand beside others; a new one replaces none.
SEVERAL = frozenset({"phone", "email", "website", "social"})
_PARTS = frozenset({"family_name", "given_name"})
_CONFLICT = 0.8  # of a value's score is left where two mails disagree
_KEY_FIELDS = ("full_name", "company", "email")


@dataclass(frozen=True, slots=True)
class _Found:
    """A person of the mail, ready to be judged."""

    contact: Contact
    who: Person
    fields: tuple[ProposedField, ...]
    match: Match

    @property
    def address(self) -> str | None:
        return self.who.addresses[0] if self.who.addresses else None


def propose_people(dossier: Dossier, message: Message, directory: Directory, *, if_different: bool) -> list[Suggestion]:
    """What a mail suggests about people; of an automatic reply only its stand-ins and successors."""
    firm = _sender_firm(dossier, message, directory)
    suggestions = []
    for contact in dossier.contacts:
        found = _find(contact, message, directory, firm)
        if found is None or (dossier.noise is not None and contact.role == "sender"):
            continue
        suggestion = _judge(found, dossier, message, directory, if_different)
        if suggestion is not None:
            suggestions.append(suggestion)
    return suggestions


def _find(contact: Contact, message: Message, directory: Directory, firm: ContactField | None) -> _Found | None:
    """The person with fields in order, or None for one of us."""
    sender = message.from_.address if contact.role == "sender" and message.from_ else None
    who = person(contact, sender)
    if any(is_ours(address, directory.own_addresses) for address in who.addresses):
        return None
    fields = [_proposed(field) for field in _distinct(contact.fields)]
    if sender and sender not in {field.value.lower() for field in fields if field.name == "email"}:
        fields.insert(0, ProposedField("email", sender, None, None, None, None, "header.from"))
    if firm is not None and who.company is None and _same_office(who, message):
        fields.append(_proposed(firm))
        who = replace(who, company=firm.value)
    return _Found(contact, who, tuple(fields), match(who, directory))


def _judge(
    found: _Found, dossier: Dossier, message: Message, directory: Directory, if_different: bool
) -> Suggestion | None:
    record = found.match.record
    if record is not None:
        return _change(found, record, message, directory, if_different)
    is_successor = found.contact.role == "third_party" and names_successor(found.contact, dossier, message)
    if not _is_enough(found, is_successor):
        return None
    return _create(found, "successor" if is_successor else "create_contact", message, directory)


def _is_enough(found: _Found, is_successor: bool) -> bool:
    """The minimum evidence: address, firm and a part of a name; for a successor a name and a way to reach them."""
    names = {field.name for field in found.fields}
    if not names & NAMES:
        return False
    if is_successor:
        return bool(names & {"email", "phone"})
    return {"email", "company"} <= names


def _create(found: _Found, kind: SuggestionKind, message: Message, directory: Directory) -> Suggestion | None:
    fields = found.fields
    earlier = _earlier_about(found, directory)
    if earlier is not None:
        if earlier.state == "rejected" or not _brings_news(fields, earlier):
            return None
        told = earlier.suggestion.fields
        fields = (*(_weighed(field, told) for field in fields), *_carried(fields, earlier))
    title = found.contact.value("full_name") or (found.who.names or found.who.addresses)[0]
    return Suggestion(
        id=suggestion_id(message, kind, (found.address, title if found.address is None else None)),
        kind=kind,
        title=title,
        score=_confidence(fields),
        fields=fields,
        evidence=evidence(message, fields),
        person=found.address,
        record_kind="contact",
        duplicates=tuple(candidate.record_id for candidate in found.match.candidates),
        supersedes=earlier.suggestion.id if earlier and earlier.state in OPEN_STATES else None,
    )


def _earlier_about(found: _Found, directory: Directory) -> Earlier | None:
    """The last suggestion to create this person that is open or was rejected."""
    asked = (
        earlier
        for earlier in reversed(directory.earlier)
        if earlier.suggestion.kind in ("create_contact", "successor")
        and earlier.suggestion.person in found.who.addresses
        and (earlier.state in OPEN_STATES or earlier.state == "rejected")
    )
    return next(asked, None)


def _values(fields: Iterable[ProposedField]) -> set[tuple[str, str]]:
    return {(field.name, normalise(field.name, field.value)) for field in fields}


def _brings_news(fields: Iterable[ProposedField], earlier: Earlier) -> bool:
    return not _values(fields) <= _values(earlier.suggestion.fields)


def _weighed(field: ProposedField, told: Iterable[ProposedField]) -> ProposedField:
    """The field surer where an earlier mail, still to be decided, told the same, less sure where it told otherwise."""
    before = [(compare(field.name, f.value, field.value), f.score) for f in told if f.name == field.name and f.score]
    if field.score is None:
        return field
    if agreeing := [score for verdict, score in before if verdict == "same"]:
        return replace(field, score=round(field.score + (1 - field.score) * max(agreeing) / 2, 4))
    if field.name not in SEVERAL and any(verdict == "different" for verdict, _ in before):
        return replace(field, score=round(field.score * _CONFLICT, 4))
    return field


def _carried(fields: tuple[ProposedField, ...], earlier: Earlier) -> list[ProposedField]:
    """What the earlier mail told and this one does not; its places are in another text."""
    names = {field.name for field in fields}
    told = _values(fields)
    return [
        replace(field, start=None, end=None)
        for field in earlier.suggestion.fields
        if (field.name not in names or field.name in SEVERAL) and not _values([field]) <= told
    ]


def _change(
    found: _Found, record: Record, message: Message, directory: Directory, if_different: bool
) -> Suggestion | None:
    """A changed job where firm, title or mail domain differ; else what the record lacks."""
    moved = _changed_job(found, record, directory)
    fields = [
        _against(field, record, directory)
        for field in found.fields
        if _is_news(field, record, directory, if_different, moved)
    ]
    told = [f for e in directory.earlier if e.state in OPEN_STATES and e.suggestion.record_id == record.id
            for f in e.suggestion.fields]  # fmt: skip
    fields = [_weighed(field, told) for field in _unasked(fields, record, directory)]
    if not fields:
        return None
    kind: SuggestionKind = "changed_job" if moved else "update_contact"
    return Suggestion(
        id=suggestion_id(message, kind, (record.id,)),
        kind=kind,
        title=record.name,
        score=_confidence(fields),
        fields=tuple(fields),
        evidence=evidence(message, fields),
        person=found.address,
        record_kind=record.kind,
        record_id=record.id,
    )


def _changed_job(found: _Found, record: Record, directory: Directory) -> bool:
    company = directory.company_of(record)
    if found.who.company and company and compare("company", found.who.company, company) == "different":
        return True
    title, known = found.contact.value("job_title"), record.fields.get("job_title")
    if title and known and compare("job_title", title, known) == "different":
        return True
    firms = {domain(address) for address in record.addresses if not is_free_mail(domain(address))}
    new = {domain(address) for address in found.who.addresses if not is_free_mail(domain(address))}
    return bool(firms and new) and not firms & new


def _is_news(field: ProposedField, record: Record, directory: Directory, if_different: bool, moved: bool) -> bool:
    """Whether a value is worth asking about: the record lacks it, or it differs and that is asked for."""
    if field.name == "email":
        return field.value.lower() not in record.addresses and not _is_role(field.value)
    if field.name in _PARTS and record.name:
        return False
    known = _known(field.name, record, directory)
    if not known:
        return True
    return compare(field.name, known, field.value) == "different" and (
        if_different or (moved and field.name in POSITION)
    )


def _known(name: str, record: Record, directory: Directory) -> str | None:
    if name == "company":
        return directory.company_of(record)
    return record.fields.get(name) or (record.name if name == "full_name" else None)


def _against(field: ProposedField, record: Record, directory: Directory) -> ProposedField:
    """The field with the value it would replace, marked where a person typed that."""
    if field.name in SEVERAL:
        return field
    return replace(field, old=_known(field.name, record, directory), old_edited=field.name in record.edited_fields)


def _unasked(fields: list[ProposedField], record: Record, directory: Directory) -> list[ProposedField]:
    """Without values that an earlier suggestion for the record holds, open or rejected."""
    asked: set[tuple[str, str]] = set()
    for earlier in directory.earlier:
        if earlier.suggestion.record_id == record.id and earlier.state in OPEN_STATES | {"rejected"}:
            asked |= _values(earlier.suggestion.fields)
    return [field for field in fields if not _values([field]) <= asked]


def _sender_firm(dossier: Dossier, message: Message, directory: Directory) -> ContactField | None:
    """The sender's firm, from the mail or from their record: a colleague they introduce most likely shares it."""
    sender = next((contact for contact in dossier.contacts if contact.role == "sender"), None)
    written = next((field for field in sender.fields if field.name == "company"), None) if sender else None
    if written is not None:
        return replace(written, rule="sender.company")
    records = directory.at(message.from_.address) if message.from_ else ()
    company = directory.company_of(records[0]) if len(records) == 1 else None
    return ContactField("company", company, 0.9, None, None, "sender.record") if company else None


def _same_office(who: Person, message: Message) -> bool:
    """Whether a person's address is at the sender's domain, and that is a firm's."""
    firm = domain(message.from_.address) if message.from_ else ""
    return not is_free_mail(firm) and any(domain(address) == firm for address in who.addresses)


def _distinct(fields: Iterable[ContactField]) -> list[ContactField]:
    """Each value once, in order."""
    seen: dict[tuple[str, str], ContactField] = {}
    for field in fields:
        seen.setdefault((field.name, normalise(field.name, field.value)), field)
    return list(seen.values())


def _proposed(field: ContactField) -> ProposedField:
    return ProposedField(
        field.name, field.value, None, field.score, field.start, field.end, field.rule, field.type, field.extension
    )


def _confidence(fields: Iterable[ProposedField]) -> float:
    """How sure the suggestion is: as its least sure key value, or its best one where it has none of these."""
    scores = {field.name: field.score for field in fields if field.score is not None}
    keys = [scores[name] for name in _KEY_FIELDS if name in scores]
    return round(min(keys) if keys else max(scores.values(), default=0.9), 4)


def _is_role(address: str) -> bool:
    return address.partition("@")[0].lower() in words("role_mailboxes.txt")
