"""A web-form notice: the enquirer's fields from its "label: value" lines."""

from __future__ import annotations

import re
from functools import cache
from typing import get_args

from pipeline.extract import addresses, addresses_ja, links, names, organisations, phones, signature, work
from pipeline.extract.words import Piece, fold, is_japanese, piece, rows
from pipeline.records import Contact, ContactField, FieldName, Segment

_LINE = re.compile(r"^[\s>*・■◆●□○【\[-]*([^:：\n】\]]{1,24}?)\s*(?:[】\]]\s*[:：]?|[:：]|\t|\s{3,})\s*(\S.*?)\s*$")


@cache
def _labels() -> dict[str, str]:
    return {row[0].casefold(): row[1] for row in rows("form_labels.tsv")}


def find(text: str, segments: tuple[Segment, ...], regions: phones.Regions) -> Contact | None:
    """The person who filled in the form, None where the notice is of another kind."""
    # a notice quotes nobody: what looks like a mail's header there is the form
    return _contact(text, [pair for s in segments for pair in _pairs(text, s.start, s.end)], regions)


def read(text: str, start: int, end: int, regions: phones.Regions) -> Contact | None:
    """The person of a form that somebody filled in or copied into a mail: a name and at least two more lines of it."""
    pairs = _pairs(text, start, end)
    return _contact(text, pairs, regions) if len(pairs) >= 3 else None


def _contact(text: str, pairs: list[tuple[str, Piece]], regions: phones.Regions) -> Contact | None:
    found: dict[str, Piece] = {}
    for kind, value in pairs:
        found.setdefault(kind, value)
    if not ({"full_name", "family_name"} & found.keys() and {"email", "phone", "mobile"} & found.keys()):
        return None
    found |= _firm_and_department(text, found)
    whole = dict(found)
    out = _names(text, found)
    if "company" not in found and "full_name" in whole and (firm := _firm_before(text, whole["full_name"])):
        out.append(work.field("company", firm.text, firm, 0.9, "form.company"))
    for kind, p in found.items():
        out += _field(text, kind, p, (addresses.regions_of("\n".join(v.text for v in found.values())), *regions))
    return Contact("third_party", tuple(out))


def _firm_and_department(text: str, found: dict[str, Piece]) -> dict[str, Piece]:
    """Firm and department where a form has both in one place (所属：株式会社ルリカ 開発部)."""
    place = found.get("company") or found.get("department")
    m = (
        re.match(r"(\S+)[ \u3000]+(\S.*)", place.text)
        if place and not {"company", "department"} <= found.keys()
        else None
    )
    if place is None or m is None or not organisations.names_firm_japanese(m[1]):
        return {}
    if not all(map(organisations.department_japanese, m[2].split())):
        return {}
    at = place.start
    return {"company": piece(text, at, at + m.end(1)), "department": piece(text, at + m.start(2), at + m.end(2))}


def _pairs(text: str, start: int, end: int) -> list[tuple[str, Piece]]:
    out, at = [], start
    for line in text[start:end].split("\n"):
        m = _LINE.match(line)
        kind = _labels().get(re.sub(r"[\s*※()（）必須]+$", "", fold(m.group(1))).strip().casefold()) if m else None
        if m and kind:
            out.append((kind, piece(text, at + m.start(2), at + m.end(2))))
        at += len(line) + 1
    return out


def _names(text: str, found: dict[str, Piece]) -> list[ContactField]:
    rule = "form.name"
    whole = found.pop("full_name", None)
    family, given = found.pop("family_name", None), found.pop("given_name", None)
    if whole is not None:
        firm = _firm_before(text, whole)
        whole = piece(text, firm.end, whole.end) if firm else whole
        cleaned = names.clean(whole.text)
        at = whole.start + max(whole.text.find(cleaned), 0)
        p = Piece(at, at + len(cleaned), cleaned)
        return [
            work.field("full_name", cleaned, p, 0.97, rule),
            *signature.part_fields(
                p, names.split(cleaned, found["email"].text if "email" in found else ""), 0.95, rule
            ),
        ]
    parts: tuple[tuple[FieldName, Piece | None], ...] = (("family_name", family), ("given_name", given))
    out = [work.field(kind, p.text, p, 0.97, rule) for kind, p in parts if p]
    if family and given:
        order = (family, given) if is_japanese(family.text) else (given, family)
        out.insert(
            0,
            ContactField(
                "full_name",
                " ".join(p.text for p in order),
                0.96,
                min(p.start for p in order),
                max(p.end for p in order),
                rule,
            ),
        )
    return out


def _firm_before(text: str, name: Piece) -> Piece | None:
    """The firm that stands before a Japanese name in its place (オリオン測量　鹿野 様)."""
    m = re.match(r"(\S{3,30})[ \u3000]+(?=\S)", name.text)
    if m is None or organisations.company_japanese(m[1]) < 0.5 or names.is_family_japanese(m[1]):
        return None
    return Piece(name.start, name.start + m.end(1), m[1])


def _field(text: str, kind: str, p: Piece, regions: phones.Regions) -> list[ContactField]:
    if kind in ("phone", "mobile", "fax"):
        out = [
            f
            for phone in phones.find(text, p.start, p.end, regions)[:1]
            for f in signature.phone_fields(phone, "form.phone")
        ]
        return [
            ContactField(
                f.name, f.value, f.score, f.start, f.end, f.rule, "fax" if kind == "fax" else f.type, f.extension
            )
            for f in out
        ]
    if kind == "email":
        return [
            work.field("email", e.text.lower(), Piece(p.start + e.start, p.start + e.end, e.text), 0.98, "form.email")
            for e in links.emails(p.text)[:1]
        ]
    if kind == "website":
        return [
            work.field(
                "website", u.text.rstrip("/"), Piece(p.start + u.start, p.start + u.end, u.text), 0.95, "form.website"
            )
            for u in links.urls(p.text)[:1]
        ]
    if kind == "address":
        place = addresses_ja.find(text, p) if is_japanese(p.text) else addresses.find(text, [p])
        out = (
            [work.field("postal_code", place.postal.text, place.postal, 0.95, "form.postal_code")]
            if place and place.postal
            else []
        )
        value = place.value if place else p.text
        return [*out, ContactField("address", value, 0.93, p.start, p.end, "form.address")] if value else out
    if kind == "postal_code" and (m := re.fullmatch(r"〒?\s*(\d{3})-?(\d{4})", fold(p.text))):
        return [work.field("postal_code", f"{m.group(1)}-{m.group(2)}", p, 0.96, "form.postal_code")]
    return [work.field(name, p.text, p, 0.96, f"form.{name}") for name in get_args(FieldName) if name == kind]
