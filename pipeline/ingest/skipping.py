"""Which mails of a file an import leaves out: drafts, spam and what was deleted, as their program marked them.

Marks are Maildir's flags and folders, Thunderbird's status header and the labels of a Gmail export. A file that was
named is taken as it is, whatever its name.

Source: the Maildir info suffix (cr.yp.to/proto/maildir.html); Mozilla's ``nsMsgMessageFlags.idl`` (Expunged).
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from pathlib import PurePosixPath

from pipeline.records import Message

_FLAGS = re.compile(r":2,([A-Za-z]*)$")
_MOZILLA_DELETED = 0x0008


def skip_reason(source: str, message: Message | None) -> str | None:
    """``draft``, ``spam`` or ``trash`` where a mail is to be left out, else None."""
    flags = _FLAGS.search(source)
    marks = flags.group(1) if flags else ""
    if "T" in marks or (message and _is_deleted(message)):
        return "trash"
    if "D" in marks:
        return "draft"
    labels = [*_maildir_folders(source), *(_gmail_labels(message) if message else ())]
    return next((reason for label in labels if (reason := _reasons().get(label.casefold()))), None)


def _is_deleted(message: Message) -> bool:
    """Thunderbird leaves deleted mails in the mbox until it is compacted."""
    status = message.headers.get("x-mozilla-status", ("",))[0].strip()
    return bool(re.fullmatch(r"[0-9A-Fa-f]{4}", status)) and bool(int(status, 16) & _MOZILLA_DELETED)


def _gmail_labels(message: Message) -> list[str]:
    return [label.strip(' "') for value in message.headers.get("x-gmail-labels", ()) for label in value.split(",")]


def _maildir_folders(source: str) -> list[str]:
    """The last part of Maildir++ folders (``.INBOX.Trash``); their names are in modified UTF-7."""
    folders = [part for part in PurePosixPath(source).parts[:-1] if part.startswith(".")]
    return [_decoded(folder.rpartition(".")[2]) for folder in folders]


def _decoded(name: str) -> str:
    """Modified UTF-7 (RFC 3501 section 5.1.3) to text."""
    if "&" not in name:
        return name
    try:
        return name.replace("&", "+").replace(",", "/").encode("ascii").decode("utf-7")
    except UnicodeError:
        return name


@cache
def _reasons() -> dict[str, str]:
    text = (resources.files("pipeline.ingest") / "skipping.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("# "))
    return {label.casefold(): reason for label, reason in rows}
