"""Finding the files that hold mail: given files, folders below, Maildir; always in the same order."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.errors import SourceError
from pipeline.ingest.problems import Problem
from pipeline.ingest.streams import opened

Format = Literal["eml", "mbox", "parquet"]

_SUFFIXES: dict[str, Format] = {".eml": "eml", ".mbox": "mbox", ".mbx": "mbox", ".parquet": "parquet", ".pq": "parquet"}
_HEAD_BYTES = 8192
_MAIL_HEADER = re.compile(
    rb"(?:from|to|date|subject|received|return-path|delivered-to|message-id|mime-version|sender|reply-to)[ \t]*:", re.I
)
_ANY_HEADER = re.compile(rb"[!-9;-~]{1,76}[ \t]*:")


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file that holds one mail or many. ``name`` begins the ``source`` of its mails.

    ``modified_ns`` tells, with the size, whether it is still the same file; both are 0 where they cannot be asked.
    """

    path: Path
    name: str
    format: Format
    size_bytes: int
    modified_ns: int


def find(paths: Iterable[Path]) -> list[MailFile]:
    """The mail files at the given paths, in the given order; folders are searched, their files sorted by name.

    A file's name is its own, or its path below the given folder; given paths that share a name keep their whole
    path. In folders, files that are no mail by name or by their first bytes are passed over.

    Raises: SourceError where a path does not exist or is neither file nor folder.
    """
    given = list(paths)
    for path in given:
        _check(path)
    names = _names(given)
    return [file for path in given for file in (_below(path) if path.is_dir() else [_given(path, names[path])])]


def total_bytes(files: Sequence[MailFile]) -> int:
    """What a progress bar counts up to: the size of the files as they lie on the disk."""
    return sum(file.size_bytes for file in files)


def _check(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        raise SourceError(f"There is no file or folder {path}. Check the spelling.") from error
    except OSError as error:
        raise SourceError(f"{path} cannot be opened ({error.strerror}). Check that you may read it.") from error
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise SourceError(f"{path} is neither a file nor a folder. Save the mail to a file first.")


def _names(given: list[Path]) -> dict[Path, str]:
    counts: dict[str, int] = {}
    for path in set(given):
        counts[path.name] = counts.get(path.name, 0) + 1
    return {path: path.name if counts[path.name] == 1 else path.as_posix() for path in given}


def _given(path: Path, name: str) -> MailFile:
    """A file that was named: it is read whatever it looks like."""
    return _mail_file(path, name, _by_name(path) or _by_content(path) or "eml")


def _mail_file(path: Path, name: str, kind: Format) -> MailFile:
    try:
        status = path.stat()
    except OSError:
        return MailFile(path, name, kind, 0, 0)
    return MailFile(path, name, kind, status.st_size, status.st_mtime_ns)


def _below(folder: Path) -> Iterator[MailFile]:
    for path in _walk(folder):
        is_mail = _in_maildir(path, folder) or (path.is_dir() and not path.is_symlink())
        kind = _by_name(path) or ("eml" if is_mail else _by_content(path))
        if kind:
            yield _mail_file(path, path.relative_to(folder).as_posix(), kind)


def _walk(folder: Path) -> Iterator[Path]:
    """Files below a folder in a fixed order; a folder that cannot be listed stands for itself and fails when read."""
    stack = [folder]
    while stack:
        path = stack.pop()
        if path == folder or (path.is_dir() and not path.is_symlink()):
            try:
                stack.extend(sorted(_children(path), key=os.fsencode, reverse=True))
            except OSError:
                yield path
        else:
            yield path


def _children(folder: Path) -> list[Path]:
    """What to look at in a folder: hidden entries only if Maildirs (``.Sent``); in a Maildir no loose files."""
    maildir = _is_maildir(folder)
    with os.scandir(folder) as entries:
        return [folder / entry.name for entry in entries if _is_wanted(entry, maildir)]


def _is_wanted(entry: os.DirEntry[str], in_maildir: bool) -> bool:
    if entry.is_dir():
        is_temporary = in_maildir and entry.name == "tmp"
        return not is_temporary and (entry.name[0] != "." or _is_maildir(Path(entry.path)))
    return not in_maildir and entry.name[0] != "." and (entry.is_file() or entry.is_symlink())


def _is_maildir(folder: Path) -> bool:
    return (folder / "cur").is_dir() and (folder / "new").is_dir()


def _in_maildir(path: Path, root: Path) -> bool:
    folder = path.parent
    return folder.name in ("cur", "new") and (folder == root or _is_maildir(folder.parent))


def _by_name(path: Path) -> Format | None:
    name = path.name.lower()
    return _SUFFIXES.get(Path(name.removesuffix(".gz")).suffix)


def _by_content(path: Path) -> Format | None:
    """What the first bytes say: Parquet's mark, an mbox's ``From `` line, or a mail's header."""
    try:
        with opened(path) as stream:
            head = stream.read(_HEAD_BYTES)
    except Problem:
        return None
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"From "):
        return "mbox"
    return "eml" if _is_header(head) else None


def _is_header(head: bytes) -> bool:
    lines = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").splitlines()
    block = lines[: lines.index(b"")] if b"" in lines else lines
    return bool(block) and bool(_ANY_HEADER.match(block[0])) and any(_MAIL_HEADER.match(line) for line in block)
