"""What a sync and its driver tell each other: commands what to do, events what came of it; data only, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Flags = frozenset[str]


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder has come; ``resets`` counts changes of UIDVALIDITY without a sync that found it unchanged.

    ``modseq`` is a number and ``token`` a text by which the server tells what changed since; only it understands them.
    """

    uidvalidity: int = 0
    modseq: int = 0
    last_uid: int = 0
    resets: int = 0
    token: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of one mail: its flags, and whether its bytes are durably stored."""

    flags: Flags = frozenset()
    stored: bool = True


@dataclass(frozen=True, slots=True)
class Item:
    """A mail as the server lists it; ``flags`` None where the protocol has none."""

    id: str
    flags: Flags | None = None
    received: date | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What the user chose: mail before ``since`` is skipped; larger mail fails; ``delete`` once stored (POP3)."""

    since: date | None = None
    max_mail_bytes: int = 25_000_000
    delete: bool = False


# ---- commands: what the driver is to do


@dataclass(frozen=True, slots=True)
class Open:
    """Open the folder; QRESYNC takes the cursor along. Answer: ``Opened`` or ``Vanished``."""

    cursor: Cursor


@dataclass(frozen=True, slots=True)
class ListChanges:
    """List ids and flags changed since a MODSEQ. Answer: ``Changed``, or ``Expired`` where that is too long ago."""

    since: int


@dataclass(frozen=True, slots=True)
class ListItems:
    """List mails: all, those of ``ids``, or those with a UID above ``after``. Answer: ``Listed``."""

    ids: tuple[str, ...] | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Fetch:
    """Fetch these mails and store them. Answers: ``Stored`` for what is durable, at the end ``FetchEnded``."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restart:
    """Forget all that is known of the folder and save the cursor, in one transaction."""

    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Forget:
    """These mails are no longer on the server; what was stored stays."""

    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Mark:
    """These mails have other flags now."""

    flags: Mapping[str, Flags]


@dataclass(frozen=True, slots=True)
class Refuse:
    """Remember that these mails are not fetched: ``outcome`` is skipped or failed."""

    ids: tuple[str, ...]
    outcome: Literal["skipped", "failed"]
    reason: str


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete these stored mails on the server."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finish:
    """Save cursor and counts: ``missing`` were listed and not delivered; ``problem`` says why it stopped."""

    cursor: Cursor
    missing: int = 0
    problem: str | None = None


Command = Open | ListChanges | ListItems | Fetch | Restart | Forget | Mark | Refuse | Delete | Finish


# ---- events: what the driver tells


@dataclass(frozen=True, slots=True)
class Opened:
    """The folder is open.

    ``exists`` None: the server does not count. ``modseq`` 0: not offered. ``changes`` is what it told by itself, as a
    SELECT with QRESYNC does, and ``token`` the cursor after these.
    """

    uidvalidity: int
    exists: int | None
    modseq: int = 0
    changes: Changed | None = None
    token: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """Ids whose flags changed or that are new, and ids that vanished as far as the server says so."""

    flags: Mapping[str, Flags]
    vanished: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Expired:
    """The server no longer knows what changed since the cursor."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The mails that were asked for, as far as they are there; with all of them may come a ``token`` for the cursor."""

    items: tuple[Item, ...]
    token: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """These mails are durably stored, or their failure is recorded (``safe`` False)."""

    ids: tuple[str, ...]
    safe: bool = True


@dataclass(frozen=True, slots=True)
class FetchEnded:
    """All that the server delivered of one ``Fetch`` was told."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vanished:
    """The folder is not there any more."""


Event = Opened | Changed | Expired | Listed | Stored | FetchEnded | Vanished
