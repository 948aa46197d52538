"""The annotated gold corpus: split once by thread, built into .eml and .json files.

The development half may be looked at and tuned on; the held-out half is for the accuracy tables only.
Mails that reply to each other or share an outside participant belong to one thread, and a whole thread falls into
the half that the SHA-256 of its first id names, so the split never changes when mails are added.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from email import message_from_bytes
from pathlib import Path
from typing import Any

HALVES = ("development", "heldout")
LANGUAGES = ("en", "ja")
_ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+\w")
_MESSAGE_ID = re.compile(r"<[^>]+>")


def read_authored(folder: Path) -> list[dict[str, Any]]:
    """All annotated mails of a gold folder, in file order."""
    return [
        json.loads(line)
        for language in LANGUAGES
        for line in (folder / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def threads(mails: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """Groups of mail ids that must stay together, each sorted, in order of their first id."""
    mails = list(mails)
    house = {language: _house_domain([m for m in mails if m["language"] == language]) for language in LANGUAGES}
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for mail in mails:
        for tie in _ties(mail, house[mail["language"]]):
            parent[root(tie)] = root(mail["id"])
    groups = defaultdict(list)
    for mail in mails:
        groups[root(mail["id"])].append(mail["id"])
    return sorted(sorted(group) for group in groups.values())


def split(mails: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The half of each mail: id to ``development`` or ``heldout``."""
    half = {}
    for group in threads(mails):
        which = HALVES[hashlib.sha256(group[0].encode()).digest()[0] % 2]
        half.update(dict.fromkeys(group, which))
    return half


def _house_domain(mails: list[Mapping[str, Any]]) -> str:
    """The domain of the mailbox owner's side: the one that most mails name."""
    counts: Counter[str] = Counter()
    for mail in mails:
        counts.update({address.split("@")[1] for address in _addresses(mail)})
    return counts.most_common(1)[0][0] if counts else ""


def _addresses(mail: Mapping[str, Any]) -> set[str]:
    headers = mail["headers"]
    return {a.lower() for name in ("From", "To", "Cc") for a in _ADDRESS.findall(headers.get(name, ""))}


def _ties(mail: Mapping[str, Any], house: str) -> set[str]:
    """What joins a mail to others: message ids it has or names, and participants from outside."""
    headers = mail["headers"]
    ids = {
        i for name in ("Message-ID", "In-Reply-To", "References") for i in _MESSAGE_ID.findall(headers.get(name, ""))
    }
    return ids | {a for a in _addresses(mail) if a.split("@")[1] != house}


def build(gold: Path, out: Path) -> Counter[str]:
    """Write both halves as ``OUT/HALF/ID.eml`` and ``.json`` with the corpus's own builder; returns mails per half.

    Raises:
        FileNotFoundError: the folder does not hold the corpus.
    """
    mails = read_authored(gold)
    half = split(mails)
    for name in HALVES:
        folder = out / name
        folder.mkdir(parents=True, exist_ok=True)
        authored = folder / "authored.jsonl"
        chosen = [m for m in mails if half[m["id"]] == name]
        authored.write_text("".join(json.dumps(m, ensure_ascii=False) + "\n" for m in chosen), encoding="utf-8")
        command = [sys.executable, str(gold / "build_corpus.py"), str(authored), str(folder)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        authored.unlink()
    return Counter(half.values())


def sample(development: Path, out: Path) -> int:
    """Copy the development half to ``OUT/LANGUAGE/``, its threads to ``OUT/threads.mbox``; returns how many mails."""
    ids = sorted(path.stem for path in development.glob("*.eml"))
    for mail in ids:
        folder = out / mail[:2]
        folder.mkdir(parents=True, exist_ok=True)
        for suffix in (".eml", ".json"):
            (folder / f"{mail}{suffix}").write_bytes((development / f"{mail}{suffix}").read_bytes())
    replies = [mail for mail in ids if b"\nReferences:" in (development / f"{mail}.eml").read_bytes()]
    threaded = _whole_threads(development, ids, replies)
    with (out / "threads.mbox").open("wb") as mbox:
        for mail in threaded:
            mbox.write(_mbox_entry((development / f"{mail}.eml").read_bytes()))
    return len(ids)


def _whole_threads(development: Path, ids: list[str], replies: list[str]) -> list[str]:
    """The replies and every mail they refer to, in order."""
    own = {_MESSAGE_ID.search(_header(development / f"{mail}.eml", "Message-ID")).group(): mail for mail in ids}  # type: ignore[union-attr]
    named = {
        own[ref]
        for mail in replies
        for ref in _MESSAGE_ID.findall(_header(development / f"{mail}.eml", "References"))
        if ref in own
    }
    return sorted(named | set(replies))


def _header(path: Path, name: str) -> str:
    return str(message_from_bytes(path.read_bytes())[name] or "")


def _mbox_entry(raw: bytes) -> bytes:
    """A mail as an mboxrd entry: a From_ line, From_ lines of the body quoted, an empty line after it."""
    body = re.sub(rb"(?m)^(>*From )", rb">\1", raw)
    return b"From sample@mail-insight.example Mon Jan  1 00:00:00 2024\n" + body.rstrip(b"\n") + b"\n\n"


def main() -> None:
    """``python -m training.gold build|samples SOURCE OUT``: see ``build`` and ``sample``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("what", choices=["build", "samples"])
    parser.add_argument("source", type=Path, help="gold folder (build) or a built development half (samples)")
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    if not args.source.is_dir():
        parser.exit(2, f"{args.source} is no folder. The gold corpus is part of the project's shared data.\n")
    print(dict(build(args.source, args.out)) if args.what == "build" else sample(args.source, args.out))


if __name__ == "__main__":
    main()
