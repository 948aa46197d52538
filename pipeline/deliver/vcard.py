"""A person of the CRM as a vCard.

Source: RFC 6350 (vCard 4.0), RFC 3966 (tel URIs), RFC 9554 section 3.5 (SOCIALPROFILE).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import vobject  # type: ignore[import-untyped]
from vobject.vcard import Address, Name  # type: ignore[import-untyped]

from pipeline import errors
from pipeline.store.crm.records import RecordDetail, StoredField

_NO_PERSON = "Only contacts and leads can be had as a vCard."
_PHONE_TYPES = {"mobile": ("cell",), "fax": ("fax",)}


def to_vcard(detail: RecordDetail) -> bytes:
    """The card, in UTF-8, with the values of ``detail`` and no others.

    Raises:
        errors.Conflict: the record is no person.
    """
    if detail.record.kind not in ("contact", "lead"):
        raise errors.Conflict(_NO_PERSON)
    card = vobject.vCard()
    _add(card, "version", "4.0")
    _add(card, "uid", f"urn:uuid:{detail.record.id}" if len(detail.record.id) == 36 else detail.record.id)
    one = {field.name: field.value for field in reversed(detail.fields)}
    _add_names(card, detail, one)
    _add_work(card, detail, one)
    for n, address in enumerate(dict.fromkeys((*detail.record.addresses, *_all(detail, "email")))):
        _add(card, "email", address, {} if n else {"PREF": ("1",)})
    for field in detail.fields:
        if field.name == "phone":
            kinds = _PHONE_TYPES.get(field.type or "", ("work", "voice"))
            _add(card, "tel", *_number(field, kinds))
    for site in _all(detail, "website"):
        _add(card, "url", site)
    for profile in _all(detail, "social"):
        _add(card, "socialprofile", profile, {"VALUE": ("text",)})
    return str(card.serialize(validate=False)).encode()


def _add_names(card: vobject.base.Component, detail: RecordDetail, one: dict[str, str]) -> None:
    full = one.get("full_name", detail.record.name)
    _add(card, "fn", full)
    if latin := one.get("name_latin"):
        _add(card, "fn", latin, {"LANGUAGE": ("ja-Latn",)})
    family, given = one.get("family_name", ""), one.get("given_name", "")
    if family or given:
        reading = {"SORT-AS": (one["name_kana"],)} if "name_kana" in one else {}
        _add(card, "n", Name(family=family, given=given), reading)


def _add_work(card: vobject.base.Component, detail: RecordDetail, one: dict[str, str]) -> None:
    company = one.get("company") or (detail.account.name if detail.account else "")
    if company:
        _add(card, "org", [company, *([one["department"]] if "department" in one else [])])
    if "job_title" in one:
        _add(card, "title", one["job_title"])
    if {"address", "postal_code", "country"} & one.keys():
        where = Address(one.get("address", ""), code=one.get("postal_code", ""), country=one.get("country", ""))
        _add(card, "adr", where, {"TYPE": ("work",)})


def _add(
    card: vobject.base.Component, name: str, value: object, params: Mapping[str, tuple[str, ...]] = MappingProxyType({})
) -> None:
    line = card.add(name)
    line.value = value
    line.encoded = params.get("VALUE") == ("uri",)  # what is escaped in a text stays as it is in a URI
    for key, told in params.items():
        line.params[key] = [re.sub(r'["\x00-\x1f]', " ", one) for one in told]


def _all(detail: RecordDetail, name: str) -> list[str]:
    return list(dict.fromkeys(field.value for field in detail.fields if field.name == name))


def _number(field: StoredField, kinds: tuple[str, ...]) -> tuple[str, dict[str, tuple[str, ...]]]:
    """A number in E.164 form as a tel URI, another as it is written; with its parameters."""
    if not re.fullmatch(r"\+\d+", field.value):
        return field.value, {"TYPE": kinds, "VALUE": ("text",)}
    extension = re.sub(r"[^\d-]", "", field.extension or "")
    return f"tel:{field.value}" + (f";ext={extension}" if extension else ""), {"TYPE": kinds, "VALUE": ("uri",)}
