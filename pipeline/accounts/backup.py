"""Backups as files: an mbox and a list of its mails for each mailbox, and a manifest with the hashes of all of them.

The manifest is written last, and the folder gets its name after that: what was broken off is no backup. The list tells
each mail's place, length and hash in the mbox, so that it comes back byte for byte.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from pipeline import errors

FORMAT, VERSION = "mail-insight-backup", 1
MANIFEST = "manifest.json"
_FROM = re.compile(rb"^(>*From )", re.M)
_QUOTED = re.compile(rb"^>(>*From )", re.M)
_SEPARATOR = b"From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder in which a mail lay, and its flags there."""

    folder: str
    role: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SavedMail:
    """A mail of a backup; ``sent_by`` is the address of who sent it from the CRM, ``marks`` are kinds and values."""

    raw: bytes
    source: str
    sent_by: str | None
    places: tuple[Place, ...] = ()
    marks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SavedMailbox:
    """A mailbox of a backup; its mails are read one by one."""

    name: str
    addresses: tuple[str, ...]
    protocol: str | None
    mails: Iterable[SavedMail]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: how many mails, how many bytes, and the manifest's hash."""

    mails: int
    size_bytes: int
    sha256: str


def write_backup(folder: Path, about: Mapping[str, Any], mailboxes: Iterable[SavedMailbox]) -> Written:
    """Write a backup into a folder that must not be there yet; only its owner may read it.

    Raises: errors.UsageError where the folder exists; OSError.
    """
    if folder.exists():
        raise errors.UsageError(f"{folder} exists already; choose another folder.")
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, mode=0o700)
    listed = [_write_mailbox(partial, n, mailbox) for n, mailbox in enumerate(mailboxes, 1)]
    text = json.dumps(
        {"format": FORMAT, "version": VERSION, **about, "mailboxes": listed},
        ensure_ascii=False,
        indent=1,
        sort_keys=True,
    )
    with _created(partial / MANIFEST) as file:
        file.write(text.encode())
        _flush(file)
    partial.rename(folder)
    _sync_folder(folder.parent)
    sizes = (each[kind]["size_bytes"] for each in listed for kind in ("mbox", "list"))
    return Written(sum(each["mails"] for each in listed), sum(sizes), hashlib.sha256(text.encode()).hexdigest())


def check_backup(folder: Path) -> dict[str, Any]:
    """The manifest of a backup all of whose files are as they were written.

    Raises: errors.SourceError where it is none, is not complete, or was changed.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise errors.SourceError(f"{folder} is no complete backup: it has no manifest.") from None
    except (OSError, ValueError):
        raise errors.SourceError(f"{folder} is no backup: its manifest cannot be read.") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT or manifest.get("version") != VERSION:
        raise errors.SourceError(f"{folder} is no backup that this version can read.")
    for mailbox in manifest["mailboxes"]:
        for kind in ("mbox", "list"):
            told = mailbox[kind]
            if _measured(folder / Path(told["file"]).name) != (told["size_bytes"], told["sha256"]):
                raise errors.SourceError(f"{folder} is damaged: {told['file']} is not as it was written.")
    return manifest


def read_mails(folder: Path, mailbox: Mapping[str, Any]) -> Iterator[SavedMail]:
    """The mails of a mailbox of a checked backup, in order.

    Raises: errors.SourceError where one is not as it was.
    """
    mbox, listed = (folder / Path(mailbox[kind]["file"]).name for kind in ("mbox", "list"))
    with mbox.open("rb") as mails, listed.open("rb") as lines:
        for line in lines:
            entry = json.loads(line)
            mails.seek(entry["offset"])
            raw = _QUOTED.sub(rb"\1", mails.read(entry["length"]))
            if hashlib.sha256(raw).hexdigest() != entry["sha256"]:
                raise errors.SourceError(f"{folder} is damaged: a mail in {mbox.name} is not as it was written.")
            places = tuple(Place(each["folder"], each["role"], tuple(each["flags"])) for each in entry["places"])
            marks = tuple((kind, value) for kind, value in entry["marks"])
            yield SavedMail(raw, entry["source"], entry["sent_by"], places, marks)


def _write_mailbox(folder: Path, n: int, mailbox: SavedMailbox) -> dict[str, Any]:
    mbox, listed, count = folder / f"mails-{n}.mbox", folder / f"mails-{n}.jsonl", 0
    roles: dict[str, str] = {}
    with _created(mbox) as mails, _created(listed) as lines:
        for mail in mailbox.mails:
            mails.write(_SEPARATOR)
            offset, quoted = mails.tell(), _FROM.sub(rb">\1", mail.raw)
            mails.write(quoted + (b"\n" if quoted.endswith(b"\n") else b"\n\n"))
            roles |= {place.folder: place.role for place in mail.places}
            entry = {
                "offset": offset, "length": len(quoted), "sha256": hashlib.sha256(mail.raw).hexdigest(),
                "source": mail.source, "sent_by": mail.sent_by, "places": [asdict(place) for place in mail.places],
                "marks": mail.marks,
            }  # fmt: skip
            lines.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
            count += 1
        _flush(mails)
        _flush(lines)
    return {
        "name": mailbox.name, "addresses": list(mailbox.addresses), "protocol": mailbox.protocol, "mails": count,
        "folders": [{"name": name, "role": role} for name, role in sorted(roles.items())],
        "mbox": _described(mbox), "list": _described(listed),
    }  # fmt: skip


def _described(path: Path) -> dict[str, Any]:
    size_bytes, sha256 = _measured(path)
    return {"file": path.name, "size_bytes": size_bytes, "sha256": sha256}


def _measured(path: Path) -> tuple[int, str]:
    try:
        with path.open("rb") as file:
            return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return -1, ""


def _created(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _flush(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
