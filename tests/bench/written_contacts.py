"""How well the contact rules read the signatures of the written training mails, field by field.

Each mail is built from its marked text, read like any other, and the sender's fields are held against the marks of the
signature. A third of the mails, chosen by a hash of the id, is for the table only; ``--errors FIELD`` shows the misread
ones of the rest. A value of the sender that is a recipient's, or a mark of the body alone, is somebody else's.

Usage: python -m tests.bench.written_contacts [--errors FIELD] [--language ja]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.extract.words import fold, plain
from pipeline.journey import journey
from pipeline.records import ContactField, Dossier, RawMail
from pipeline.stage import Journey

FOLDER = Path("training/data/written")
STAGES = ("parse", "thread", "direction", "zones", "quoted", "noise", "sentences", "contacts")
MARK = re.compile(r"\[([^\[\]|]*)\|([a-z]+)\]")
FIELDS = {
    "person": "full_name", "reading": "name_kana", "latin": "name_latin", "org": "company", "department": "department",
    "title": "job_title", "postal": "postal_code", "address": "address", "phone": "phone", "mobile": "phone",
    "fax": "phone", "email": "email", "url": "website", "social": "social",
}  # fmt: skip
_ONE = ("company", "full_name")  # several marks of these are alternatives
_JOINED = ("department", "job_title", "address")  # and of these parts of one value
_WORK = ("company", "department", "job_title")
_REACHED = ("email", "website", "postal_code", "address")  # numbers in the body are mostly the writer's own

Values = dict[str, set[str]]


def mails(language: str) -> Iterator[dict[str, Any]]:
    """The written mails of a language in order of their files."""
    for path in sorted(FOLDER.glob(f"{language}_*.jsonl")):
        yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


def is_held(mail_id: str) -> bool:
    """Is a mail for the table only?"""
    return int(hashlib.sha256(mail_id.encode()).hexdigest(), 16) % 3 == 0


def text_of(mail: dict[str, Any]) -> str:
    """The mail's text without marks: paragraphs apart by an empty line, the signature last."""
    join = "" if mail["language"] == "ja" else " "
    body = [join.join(sentence for sentence, _ in paragraph) for paragraph in mail["body"]]
    return MARK.sub(r"\1", "\n\n".join([*body, *(["\n".join(mail["signature"])] if mail["signature"] else [])]))


def raw(mail: dict[str, Any]) -> bytes:
    """The mail as bytes."""
    built = EmailMessage()
    for header, value in (("From", mail["from"]), ("To", ", ".join(mail["to"])), ("Cc", ", ".join(mail.get("cc", [])))):
        if value:
            built[header] = value
    built["Date"] = format_datetime(datetime.fromisoformat(mail["date"]))
    built["Subject"] = mail["subject"] or "-"
    built["Message-ID"] = f"<{mail['id']}@written.example>"
    built.set_content(text_of(mail), charset="utf-8", cte="8bit")
    return built.as_bytes()


def key(field: str, value: str) -> str:
    """A value in a form to compare by."""
    if field == "phone":
        return re.sub(r"\D", "", fold(value).split("ext")[0].replace("(0)", ""))[-8:]
    if field == "website":
        return re.sub(r"^https?://", "", value.lower()).rstrip("/")
    return re.sub(r"[\W_]", "", plain(fold(value)))


def marked(text: str) -> Values:
    """The values marked in a text, by field."""
    found: dict[str, list[str]] = {}
    for value, mark in MARK.findall(text):
        if mark in FIELDS:
            found.setdefault(FIELDS[mark], []).append(value)
    joined = {f: ["".join(values)] if f in _JOINED else values for f, values in found.items()}
    return {f: {key(f, v) for v in values} for f, values in joined.items()}


def signed(mail: dict[str, Any]) -> Values:
    """The values marked in the signature; a short form of the name counts for nothing beside the header's full one."""
    found = marked("\n".join(mail["signature"]))
    header = parseaddr(mail["from"])[0]
    if len(header.split()) > 1 and found.get("full_name"):
        names = [value for value, mark in MARK.findall("\n".join(mail["signature"])) if mark == "person"]
        full = [n for n in names if len(n.split()) > 1] or [header, *names]
        found["full_name"] = {key("full_name", n) for n in full}
    return found


def given(fields: tuple[ContactField, ...]) -> Values:
    """The values found, by field; of the text only, save the name, which the header may give in full."""
    found: Values = {}
    for f in fields:
        if (f.start is not None or f.name == "full_name") and f.name in FIELDS.values():
            found.setdefault(f.name, set()).add(key(f.name, f.value))
    return found


def of_others(mail: dict[str, Any], own: Values) -> Values:
    """Values of the recipients, and what the body alone marks."""
    found = marked("".join(sentence for paragraph in mail["body"] for sentence, _ in paragraph))
    found = {f: values for f, values in found.items() if f in _REACHED}
    names, addresses = zip(*(parseaddr(a) for a in (*mail["to"], *mail.get("cc", []))), strict=True)
    found["full_name"] = {key("full_name", n) for n in names if n}
    found.setdefault("email", set()).update(key("email", a) for a in addresses)
    name, address = parseaddr(mail["from"])
    mine = {"full_name": {key("full_name", name)}, "email": {key("email", address)}}
    return {f: values - own.get(f, set()) - mine.get(f, set()) for f, values in found.items()}


def compare(mail: dict[str, Any], dossier: Dossier) -> Iterator[tuple[str, str, str]]:
    """(field, outcome, value) of one mail; outcomes are right, missed, false and others'."""
    own = signed(mail)
    sender = next((c for c in dossier.contacts if c.role == "sender"), None)
    found = given(sender.fields if sender else ())
    others = of_others(mail, own)
    for field in dict.fromkeys(FIELDS.values()):
        want, have = own.get(field, set()), found.get(field, set())
        yield from ((field, "others'", v) for v in have & others.get(field, set()))
        if not mail["signature"]:
            continue
        yield from ((field, "right", v) for v in have & want)
        if field not in _ONE or not have & want:
            yield from ((field, "missed", v) for v in (sorted(want)[:1] if field in _ONE else want - have))
            introduced = field in ("full_name", *_WORK) and not want  # told in the header or the body
            yield from ((field, "false", v) for v in have - want if not introduced)


def read(language: str) -> Iterator[tuple[dict[str, Any], Dossier]]:
    """Every written mail with what is found in it."""
    way = Journey(tuple(stage for stage in journey().stages if stage.name in STAGES))
    for mail in mails(language):
        yield mail, way.score([RawMail(mail["id"], raw(mail))])[0]


def table(languages: list[str]) -> str:
    """F1 of each field over the held third and the rest, and the values of others."""
    lines = ["| language | field | held third | rest | values of others, held | rest |", "| --- " * 6 + "|"]
    for language in languages:
        counts: Counter[tuple[str, str, bool]] = Counter()
        for mail, dossier in read(language):
            held = is_held(mail["id"])
            counts.update((field, outcome, held) for field, outcome, _ in compare(mail, dossier))
        fields = list(dict.fromkeys(FIELDS.values()))
        for name, members in (*((f, [f]) for f in fields), ("all", fields)):
            cells = [_f1(partial(_total, counts, members, held=held)) for held in (True, False)]
            wrong = [_total(counts, members, "others'", held=held) for held in (True, False)]
            lines.append(f"| {language} | {name} | {cells[0]} | {cells[1]} | {wrong[0]} | {wrong[1]} |")
    return "\n".join(lines)


def _total(counts: Counter[tuple[str, str, bool]], fields: list[str], outcome: str, held: bool) -> int:
    return sum(counts[field, outcome, held] for field in fields)


def _f1(count: Any) -> str:
    right, missed, false = (count(outcome) for outcome in ("right", "missed", "false"))
    return f"{2 * right / max(1, 2 * right + missed + false):.3f} of {right + missed}"


def errors(language: str, field: str) -> Iterator[str]:
    """What went wrong with a field in the mails that may be looked at."""
    for mail, dossier in read(language):
        wrong = [(o, v) for f, o, v in compare(mail, dossier) if f == field and o != "right"]
        if wrong and not is_held(mail["id"]):
            told = " ".join(f"{outcome} {value!r}" for outcome, value in wrong)
            yield f"{mail['id']} {told}\n    {mail['from']} -> {mail['to'][0]}\n    " + " / ".join(mail["signature"])


def main() -> None:
    """Print the table, or the errors of one field."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--language", choices=["ja", "en"])
    parser.add_argument("--errors", choices=sorted(set(FIELDS.values())))
    arguments = parser.parse_args()
    languages = [arguments.language] if arguments.language else ["ja", "en"]
    if not arguments.errors:
        print(table(languages))
    for language in languages if arguments.errors else []:
        print(*errors(language, arguments.errors), sep="\n")


if __name__ == "__main__":
    main()
