"""What each folder of a server is for: by its special use, else by its name in many languages, else unknown.

Names stand in ``folder_names.tsv``, which anybody may extend.
Source: RFC 6154 (special use); \\Important and \\Flagged are views of mail that lies elsewhere.
"""

from __future__ import annotations

import csv
import unicodedata
from functools import cache
from importlib import resources
from typing import Literal

Role = Literal["inbox", "sent", "drafts", "junk", "trash", "archive", "all", "view", "other"]
UNREAD_ROLES: frozenset[str] = frozenset({"drafts", "junk", "trash"})
_SPECIAL: dict[str, Role] = {
    "\\inbox": "inbox", "\\sent": "sent", "\\drafts": "drafts", "\\junk": "junk", "\\trash": "trash",
    "\\archive": "archive", "\\all": "all", "\\flagged": "view", "\\important": "view",
}  # fmt: skip


def role_of(name: str, flags: frozenset[str], delimiter: str) -> Role:
    """The role of a folder; one below a folder of unread mail is unread too, so that nobody's spam is analysed."""
    if name.upper() == "INBOX":
        return "inbox"
    special = next((_SPECIAL[flag] for flag in sorted(flags) if flag in _SPECIAL), None)
    if special:
        return special
    parts = name.split(delimiter) if delimiter else [name]
    known = _names()
    roles = [known.get(_key(part), "other") for part in parts]
    above = next((role for role in roles[:-1] if role in UNREAD_ROLES), None)
    return above or roles[-1]


def is_wanted(role: Role) -> bool:
    """Whether a folder is synced unless somebody decides otherwise: views only show mail of other folders again."""
    return role != "view"


def _key(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


@cache
def _names() -> dict[str, Role]:
    text = resources.files(__package__).joinpath("folder_names.tsv").read_text(encoding="utf-8")
    rows = csv.reader((line for line in text.splitlines() if line and not line.startswith("#")), delimiter="\t")
    return {_key(name): role for role, *names in rows for name in names}  # type: ignore[misc]
