"""What a delivery report tells: which addresses were not reached, why, and which mail came back.

A report with a part for machines is read from that part; any other by its words, up to the copy of the mail that came
back. Source: RFC 3461, RFC 3462, RFC 3463, RFC 3464; the free texts of the common mail servers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Literal

from pipeline.parse.lines import pattern, phrases
from pipeline.records import FailedDelivery, Message

Outcome = Literal["failed", "delayed", "delivered"]

_MAX_CHARS = 20_000
_MAX_REPORT_CHARS = 200_000
_MAX_FAILED = 100
_MAX_LINE = 2000
_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
_RETURNED_TYPES = ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers", "message/rfc822")
_FIELD = re.compile(r"^([A-Za-z][A-Za-z0-9-]{1,60}):[ \t]*((?:.*)(?:\n[ \t]+.*)*)", re.MULTILINE)
_ADDRESS = re.compile(
    r"(?<![\w.%+/-])[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:\[[\d.]{7,15}\]|[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})"
)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]\d)")
_REPLY_CODE = re.compile(r"(?<![\d.])([45]\d\d)(?=[ -])")
_MESSAGE_ID = re.compile(r"^message-id:\s*(<[^<>\s]{1,500}>)", re.IGNORECASE | re.MULTILINE)
_HEADER_TO = re.compile(r"^to:[ \t]*((?:.*)(?:\n[ \t]+.*)*)", re.IGNORECASE | re.MULTILINE)
_DAEMON = re.compile(r"(?:mailer-daemon|double-bounce)@")
_FROM = re.compile(r"(?<!generated )(?<!expanded )\b(?:from|by|sender)[:;=]?\s*<?$", re.IGNORECASE)
_VERP = re.compile(r"[^@\s]{1,100}[+-]([^@\s=+]{1,64})=([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})@")


def outcome(message: Message) -> Outcome | None:
    """What a report part for machines says came of the mail; None where there is none, or it does not tell."""
    actions = [_action(block) for block in _recipients(message)]
    wanted: Outcome
    for wanted in ("failed", "delayed", "delivered"):
        if wanted in actions:
            return wanted
    return None


def is_delayed(text: str) -> bool:
    """Whether a report in words says that delivery is still tried."""
    return bool(pattern("bounce_delays.txt").search(text[:_MAX_CHARS]))


def says_failed(message: Message, in_prose: bool) -> bool:
    """Whether the words alone say that a mail came back: what happened, and to which address.

    A person may tell of it in a sentence; only where ``in_prose`` does an address inside one count.
    """
    words = _split(message.text)[0]
    found = _in_lines(words.split("\n"), set(), "about" if in_prose else "alone")
    return bool(pattern("bounce_texts.txt").search(words)) and any(found)


def failed(message: Message) -> tuple[FailedDelivery, ...]:
    """The addresses that were not reached, in the order of the report."""
    found = list(_reported(message)) or list(_said(message)) or list(_implied(message)) or list(_to_oneself(message))
    by_address: dict[str, FailedDelivery] = {}
    for one in found[: _MAX_FAILED * 4]:
        known = by_address.get(one.address)
        if known is None or (known.status is None and one.status):
            by_address[one.address] = one
    return tuple(by_address.values())[:_MAX_FAILED]


def original_id(message: Message) -> str | None:
    """The Message-ID of the mail that came back."""
    returned = [text for kind, text in message.reports if kind in _RETURNED_TYPES]
    for text in (*returned, _split(message.text)[1]):
        if (found := _MESSAGE_ID.search(text[:_MAX_CHARS])) is not None:
            return found[1]
    return next(iter(message.in_reply_to), None)


# ---- the part for machines


def _recipients(message: Message) -> Iterator[dict[str, str]]:
    """The fields of each recipient's group (RFC 3464 section 2.3)."""
    for kind, text in message.reports:
        if kind in _STATUS_TYPES:
            text = text[:_MAX_REPORT_CHARS].replace("\r\n", "\n")
            for block in re.split(r"\n[ \t]*\n", text.strip()):
                fields = {name.lower(): value.strip() for name, value in reversed(_FIELD.findall(block))}
                if "final-recipient" in fields or "original-recipient" in fields:
                    yield fields


def _action(fields: dict[str, str]) -> Outcome:
    action = fields.get("action", "").lower()
    if action.startswith("delayed"):
        return "delayed"
    if action.startswith(("delivered", "relayed", "expanded")):
        return "delivered"
    return "failed" if action.startswith("fail") or not fields.get("status", "").startswith("2") else "delivered"


def _reported(message: Message) -> Iterator[FailedDelivery]:
    for fields in _recipients(message):
        if _action(fields) != "failed":
            continue
        for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
            found = _ADDRESS.search(fields.get(name, "").rpartition(";")[2])
            if found:
                detail = fields.get("diagnostic-code", "")
                yield FailedDelivery(found[0].lower(), _specific(fields.get("status", ""), detail))
                break


def _specific(status: str, detail: str) -> str | None:
    """The status code; where it says no more than "failed", what the server's own words say."""
    stated = _STATUS.search(status)
    if stated is None or stated[1].endswith(".0.0"):
        return _status(detail) or (stated[1] if stated else None)
    return stated[1]


# ---- reports in words


def _split(text: str) -> tuple[str, str]:
    """The report's own words, and the copy of the mail that came back."""
    text = text[:_MAX_CHARS]
    copy = pattern("bounce_copies.txt", r"(?m)^[ \t>|*#=_-]{0,80}").search(text)
    if copy is None:
        copy = re.search(r"^(?:Return-Path|Received|Message-ID):[ \t]", text, re.MULTILINE | re.IGNORECASE)
    return (text[: copy.start()], text[copy.start() :]) if copy else (text, "")


def _said(message: Message) -> Iterator[FailedDelivery]:
    """Addresses in the report's words: where a line is about an address, else every address that is named."""
    words = _split(message.text)[0]
    for strength in ("about", "perhaps", ""):
        found = list(_in_lines(words.split("\n"), _own(message), strength))
        if found:
            alone = len({one.address for one in found}) == 1
            yield from (replace(one, status=one.status or _status(words)) for one in found) if alone else found
            return


def _own(message: Message) -> set[str]:
    return {a.address for a in (message.from_, *message.to) if a is not None}


def _in_lines(lines: list[str], own: set[str], strength: str) -> Iterator[FailedDelivery]:
    for at, line in enumerate(lines):
        if "@" not in line or len(line) > _MAX_LINE or not any(p.search(line) for p in _about(strength)):
            continue
        for found in _ADDRESS.finditer(line):
            address = found[0].lower().strip("'`*").removeprefix("smtp=")
            if address not in own and not _DAEMON.match(address) and not _FROM.search(line[: found.start()]):
                yield FailedDelivery(address, _status(_around(lines, at, found[0])))


def _around(lines: list[str], at: int, address: str) -> str:
    """The line of an address and the lines below that are about the same one."""
    rows = [lines[at]]
    for line in lines[at + 1 : at + 6]:
        if any(other != address for other in _ADDRESS.findall(line[:_MAX_LINE])):
            break
        rows.append(line)
    return "\n".join(rows)


def _implied(message: Message) -> Iterator[FailedDelivery]:
    """Addresses that only headers tell: of the report, of the mail that came back, or inside the return address."""
    own = _own(message)
    values = list(message.headers.get("x-failed-recipients", ()))
    if not values:
        copies = [text for kind, text in message.reports if kind in _RETURNED_TYPES] or [_split(message.text)[1]]
        values = [to[1] for text in copies if (to := _HEADER_TO.search(text[:_MAX_CHARS])) is not None]
    for value in values:
        for found in _ADDRESS.finditer(value[:_MAX_CHARS]):
            if found[0].lower() not in own:
                yield FailedDelivery(found[0].lower(), _status(message.text))
    for mailbox in message.to:
        if (verp := _VERP.match(mailbox.address)) is not None:
            yield FailedDelivery(f"{verp[1]}@{verp[2]}", _status(message.text))


def _to_oneself(message: Message) -> Iterator[FailedDelivery]:
    """Somebody's mail to their own address that came back."""
    return _in_lines(_split(message.text)[0].split("\n"), set(), "about")


@cache
def _about(strength: str) -> tuple[re.Pattern[str], ...]:
    """Lines that are about an address that was not reached; ADDR in the file stands for the address."""
    if not strength:
        return (_ADDRESS,)
    rows = (row.split("\t") for row in phrases("bounce_lines.tsv"))
    address = f"[<\"'(（「]?(?:mailto:)?{_ADDRESS.pattern}[>\"')）」]?"
    wanted = ("alone", "about") if strength == "about" else (strength,)
    return tuple(re.compile(row.replace("ADDR", address), re.IGNORECASE) for kind, row in rows if kind in wanted)


def _status(text: str) -> str | None:
    """The status code that a text states, else the one its words mean."""
    text = text[:_MAX_CHARS]
    if (stated := _STATUS.search(text)) is not None and not stated[1].endswith(".0.0"):
        return stated[1]
    for code, expression in _meanings():
        if expression.search(text):
            return code
    if stated is not None:
        return stated[1]
    reply = _REPLY_CODE.search(text)
    return f"{reply[1][0]}.0.0" if reply else None


@cache
def _meanings() -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows = (row.split("\t") for row in phrases("bounce_statuses.tsv"))
    return tuple((code, re.compile(expression, re.IGNORECASE)) for code, expression in rows)
