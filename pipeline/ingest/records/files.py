"""Contacts from a file: CSV of any common export, and vCard (RFC 6350, and its older versions)."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, cast, get_args

import phonenumbers
import vobject  # type: ignore[import-untyped]

from pipeline.errors import SourceError
from pipeline.records import RecordKind
from pipeline.store.crm.record_import import RecordDraft
from pipeline.store.crm.record_writing import FieldValue

MAX_BYTES = 20_000_000
_TRUE = frozenset({"true", "yes", "1", "はい", "○", "y"})
_KINDS: Mapping[str, RecordKind] = {
    "contact": "contact", "連絡先": "contact", "取引先責任者": "contact",
    "lead": "lead", "見込み客": "lead", "リード": "lead",
    "account": "account", "取引先": "account",
    "deal": "deal", "opportunity": "deal", "商談": "deal",
}  # fmt: skip
_PHONE_TYPES = {"cell": "mobile", "fax": "fax", "work": "work", "voice": "work", "pref": "work", "home": "work"}


def read_csv(raw: bytes, kind: RecordKind = "contact", region: str = "JP") -> tuple[list[RecordDraft], tuple[str, ...]]:
    """The records of a CSV file, and the names of the columns that were not understood.

    UTF-8, UTF-16 with a mark, or Windows-31J; comma, semicolon or tab. ``region`` reads phones without a country.

    Raises: SourceError where it has no line of column names that says anything.
    """
    text = _decode(raw)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = next(reader, [])
    fields = [_columns().get(_folded(name)) for name in header]
    if not any(fields):
        raise SourceError(
            "No column of this file is known; its first line must name them, such as name, email, 会社名."
        )
    unknown = tuple(name for name, known in zip(header, fields, strict=True) if known is None and name.strip())
    return [_csv_draft(line, row, fields, kind, region) for line, row in _rows(reader)], unknown


def read_vcards(raw: bytes, kind: RecordKind = "contact", region: str = "JP") -> list[RecordDraft]:
    """The people of a vCard file; a card that cannot be read becomes a draft with its problem."""
    drafts = []
    for n, card in enumerate(_cards(_decode(raw)), start=1):
        try:
            drafts.append(_vcard_draft(vobject.readOne(card, ignoreUnreadable=True), f"card {n}", kind, region))
        except Exception:  # the library raises many kinds, and one card must not stop the others
            drafts.append(RecordDraft(kind, "", place=f"card {n}", problem="this card cannot be read"))
    return drafts


def phone(value: str, region: str) -> str:
    """A phone number in E.164 form; as written where it is none that can be dialled."""
    try:
        parsed = phonenumbers.parse(unicodedata.normalize("NFKC", value), region)
    except phonenumbers.NumberParseException:
        return value.strip()
    if not phonenumbers.is_possible_number(parsed):
        return value.strip()
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _rows(reader: Any) -> Iterator[tuple[int, list[str]]]:
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            yield reader.line_num, []
            continue
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield reader.line_num, row


def _csv_draft(
    line: int, row: Sequence[str], fields: Sequence[str | None], kind: RecordKind, region: str
) -> RecordDraft:
    cells = [(name, cell.strip()) for name, cell in zip(fields, row, strict=False) if name and cell.strip()]
    if len(row) != len(fields):
        return RecordDraft(kind, "", place=f"line {line}", problem="this line has not as many cells as the first")
    one = dict(reversed(cells))
    kind = _KINDS.get(one.get("kind", "").casefold(), kind)
    addresses = [part for name, cell in cells if name == "email" for part in cell.replace(";", ",").split(",")]
    values = [value for name, cell in cells if (value := _value(name, cell, region)) is not None]
    is_open = one.get("open", "true").casefold() in _TRUE and "won" not in one
    return _draft(
        kind, values, addresses, f"line {line}", external_id=one.get("external_id"), account=one.get("account"),
        open=is_open, won=None if "won" not in one else one["won"].casefold() in _TRUE,
    )  # fmt: skip


def _value(name: str, cell: str, region: str) -> FieldValue | None:
    if name in ("email", "external_id", "kind", "account", "open", "won"):
        return None
    field, _, type_ = name.partition(":")
    return FieldValue(field, phone(cell, region), type_) if field == "phone" else FieldValue(field, cell)


def _draft(
    kind: RecordKind, values: Sequence[FieldValue], addresses: Sequence[str], place: str, **known: Any
) -> RecordDraft:
    """A draft with the name made of what there is: the whole name, its parts, the firm, the address."""
    found = {value.name: value.value for value in reversed(values)}
    clean = [address.strip().lower() for address in addresses if address.strip()]
    parts = [found[part] for part in ("family_name", "given_name") if part in found]
    if all(part.isascii() for part in parts):
        parts.reverse()
    name = found.get("full_name") or " ".join(parts) or found.get("company") or next(iter(clean), "")
    if kind in ("contact", "lead"):
        kept = list(values)
        if "full_name" not in found and parts:
            kept.insert(0, FieldValue("full_name", name))
        known["account"] = known.get("account") or found.get("company")
    else:
        kept = [value for value in values if value.name not in ("full_name", "company")]
        name = found.get("company", name) if kind == "account" and "full_name" not in found else name
    return RecordDraft(kind, name, tuple(kept), tuple(dict.fromkeys(clean)), place=place, **known)


def _vcard_draft(card: Any, place: str, kind: RecordKind, region: str) -> RecordDraft:
    values = []
    parts = card.contents
    if "n" in parts:
        values += [
            FieldValue("family_name", _text(card.n.value.family)),
            FieldValue("given_name", _text(card.n.value.given)),
        ]
    if "fn" in parts:
        values.insert(0, FieldValue("full_name", _text(card.fn.value)))
    if "org" in parts:
        company, *units = [_text(unit) for unit in card.org.value]
        values += [FieldValue("company", company), FieldValue("department", " ".join(filter(None, units)))]
    for source, name in (("title", "job_title"), ("url", "website")):
        values += [FieldValue(name, _text(line.value)) for line in parts.get(source, ())]
    for line in parts.get("tel", ()):
        types = [kind_.lower() for kind_ in line.params.get("TYPE", [])] + [key.lower() for key in line.params]
        type_ = next((_PHONE_TYPES[one] for one in ("cell", "fax", "work") if one in types), "work")
        values.append(FieldValue("phone", phone(_text(line.value).removeprefix("tel:"), region), type_))
    if "adr" in parts:
        values += _address(card.adr.value)
    addresses = [_text(line.value) for line in parts.get("email", ())]
    external_id = _text(card.uid.value) if "uid" in parts else None
    return _draft(kind, [value for value in values if value.value], addresses, place, external_id=external_id)


def _address(where: Any) -> list[FieldValue]:
    whole = [_text(part) for part in (where.region, where.city, where.street, where.extended)]
    if all(part.isascii() for part in whole):
        whole = [_text(part) for part in (where.street, where.extended, where.city, where.region)]
    joined = ("" if not all(part.isascii() for part in whole) else ", ").join(filter(None, whole))
    return [
        FieldValue("address", joined), FieldValue("postal_code", _text(where.code)),
        FieldValue("country", _text(where.country)),
    ]  # fmt: skip


def _text(value: Any) -> str:
    return " ".join(value).strip() if isinstance(value, list) else str(value or "").strip()


def _cards(text: str) -> Iterator[str]:
    """Each card by itself, so that a broken one spoils no other."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.strip().upper() == "BEGIN:VCARD":
            lines = []
        lines.append(line)
        if line.strip().upper() == "END:VCARD":
            yield "\r\n".join(lines)
            lines = []
    if any(line.strip() for line in lines):
        yield "\r\n".join(lines)


def _decode(raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise SourceError(f"This file is larger than {MAX_BYTES // 1_000_000} MB; split it.")
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    for charset in ("utf-8-sig", "cp932"):
        try:
            return raw.decode(charset)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp932", "replace")


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().replace("_", " ").replace("*", "").split())


@cache
def _columns() -> Mapping[str, str]:
    """The field that each column name stands for."""
    text = (resources.files("pipeline.ingest.records") / "columns.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {_folded(name): field for field, *names in rows for name in names}


def kind_named(name: str) -> RecordKind:
    """A kind of record by its name.

    Raises: SourceError.
    """
    if name not in get_args(RecordKind):
        raise SourceError(f"The kind is one of {', '.join(get_args(RecordKind))}.")
    return cast(RecordKind, name)
