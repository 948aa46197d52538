"""What to do next with one folder of a mailbox: a table of states, events and commands, without any I/O.

A driver carries a command out and answers with an event; ``FolderSync.receive`` returns the next commands.
The rules:

1. What is known of a folder are the ids (UIDs, UIDLs) whose mail is durably stored or whose refusal is recorded.
   New is what the server lists beyond them; so a repeat of anything, and a kill anywhere, costs only time.
2. The cursor only says where a shorter look suffices (UIDVALIDITY, RFC 7162 HIGHESTMODSEQ). It moves at the very end,
   and not at all while a mail is missing.
3. Whatever a short look says, the counts must add up to what the server has; else everything is listed.
4. Another UIDVALIDITY makes all known ids of this folder void (RFC 9051 section 2.3.1.1). A server that changes it
   again and again is left alone after ``MAX_RESETS`` times, until it keeps one.
5. A mail that is listed and not delivered is asked for once more; if it is listed still, it counts as failed and is
   asked for again at the next sync.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from typing import Literal

MAX_RESETS = 3
BATCH_MAILS = 200
BATCH_BYTES = 8_000_000
UNKNOWN_SIZE_BYTES = 100_000

Look = Literal["quick", "usual", "thorough"]
Flags = frozenset[str]


class State(Enum):
    """Where the sync of a folder stands."""

    NEW = "new"
    OPENING = "opening"
    CHANGING = "changing"
    LISTING = "listing"
    FETCHING = "fetching"
    DONE = "done"
    STOPPED = "stopped"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder has come; ``resets`` counts changes of UIDVALIDITY without a sync that found it unchanged."""

    uidvalidity: int = 0
    modseq: int = 0
    last_uid: int = 0
    resets: int = 0


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
    """List ids and flags changed since a MODSEQ. Answer: ``Changed``."""

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
    """The folder is open. ``modseq`` 0: not offered. ``changes`` is what a SELECT with QRESYNC told by itself."""

    uidvalidity: int
    exists: int
    modseq: int = 0
    changes: Changed | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """Ids whose flags changed or that are new, and ids that vanished as far as the server says so."""

    flags: Mapping[str, Flags]
    vanished: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Listed:
    """The mails that were asked for, as far as they are there."""

    items: tuple[Item, ...]


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


Event = Opened | Changed | Listed | Stored | FetchEnded | Vanished


class ProtocolError(Exception):
    """Raised where an event comes that cannot come now: the driver is wrong, not the server."""


@dataclass(slots=True)
class FolderSync:
    """The sync of one folder, from ``start`` to a final state (``DONE``, ``STOPPED``, ``GONE``)."""

    cursor: Cursor
    known: dict[str, Known]
    rules: Rules = field(default_factory=Rules)
    look: Look = "usual"
    state: State = State.NEW
    _opened: Opened = field(default_factory=lambda: Opened(0, 0))
    _asked: ListItems = field(default_factory=ListItems)
    _open_batches: int = 0
    _missing: set[str] = field(default_factory=set)
    _asked_again: bool = False

    def start(self) -> list[Command]:
        """The first command."""
        self.state = State.OPENING
        return [Open(self.cursor)]

    def receive(self, event: Event) -> list[Command]:
        """The commands that follow from an event.

        Raises: ProtocolError where it cannot come in this state.
        """
        if isinstance(event, Vanished):
            self.state = State.GONE
            return []
        handler = _TABLE.get((self.state, type(event)))
        if handler is None:
            raise ProtocolError(f"{type(event).__name__} in state {self.state.value}")
        return handler(self, event)

    def _on_opened(self, event: Opened) -> list[Command]:
        self._opened = event
        if event.uidvalidity != self.cursor.uidvalidity:
            return self._reset(event.uidvalidity)
        self.cursor = replace(self.cursor, resets=0)
        if self.look == "thorough" or not self.known:
            return self._list()
        if event.changes is not None:
            return self._on_changed(event.changes)
        if event.modseq and self.cursor.modseq:
            if event.modseq == self.cursor.modseq and event.exists == len(self.known):
                return self._finish()
            self.state = State.CHANGING
            return [ListChanges(self.cursor.modseq)]
        return self._list(after=self.cursor.last_uid if self.look == "quick" else None)

    def _reset(self, uidvalidity: int) -> list[Command]:
        resets = self.cursor.resets + 1 if self.cursor.uidvalidity else 0
        self.cursor, self.known = Cursor(uidvalidity, resets=resets), {}
        if resets > MAX_RESETS:
            self.state = State.STOPPED
            return [Restart(self.cursor), Finish(self.cursor, problem="uidvalidity_changes")]
        return [Restart(self.cursor), *self._list()]

    def _on_changed(self, event: Changed) -> list[Command]:
        gone = event.vanished & self.known.keys()
        new = event.flags.keys() - self.known.keys() - event.vanished
        commands = [*self._forget(gone), *self._mark(event.flags)]
        if len(self.known) + len(new) != self._opened.exists:
            return [*commands, *self._list()]
        return [*commands, *(self._list(ids=tuple(sorted(new))) if new else self._finish())]

    def _list(self, ids: tuple[str, ...] | None = None, after: int | None = None) -> list[Command]:
        self.state = State.LISTING
        self._asked = ListItems(ids, after)
        return [self._asked]

    def _on_listed(self, event: Listed) -> list[Command]:
        items = {item.id: item for item in event.items if self._was_asked(item)}
        everything = self._asked == ListItems()
        commands = list(self._forget(self.known.keys() - items.keys()) if everything else ())
        commands += self._mark({item.id: item.flags for item in items.values() if item.flags is not None})
        new = [item for item in items.values() if item.id not in self.known]
        if self._asked.after is not None and len(self.known) + len(new) != self._opened.exists:
            return [*commands, *self._list()]
        self._missing &= items.keys()
        return [*commands, *self._refuse(new), *self._fetch([item for item in new if self._refusal(item) is None])]

    def _was_asked(self, item: Item) -> bool:
        """``UID FETCH 8:*`` gives the last mail even where its UID is below 8 (RFC 9051, sequence ranges)."""
        if self._asked.after is not None:
            return int(item.id) > self._asked.after
        return self._asked.ids is None or item.id in self._asked.ids

    def _refuse(self, items: Sequence[Item]) -> Iterator[Command]:
        by_reason: dict[tuple[Literal["skipped", "failed"], str], list[str]] = {}
        for item in items:
            refusal = self._refusal(item)
            if refusal:
                by_reason.setdefault(refusal, []).append(item.id)
                self.known[item.id] = Known(item.flags or frozenset(), stored=False)
        for (outcome, reason), ids in by_reason.items():
            yield Refuse(tuple(ids), outcome, reason)

    def _refusal(self, item: Item) -> tuple[Literal["skipped", "failed"], str] | None:
        if self.rules.since and item.received and item.received < self.rules.since:
            return "skipped", "before_since"
        return ("failed", "too_large") if (item.size_bytes or 0) > self.rules.max_mail_bytes else None

    def _fetch(self, items: Sequence[Item]) -> list[Command]:
        batches = list(_batches(items))
        self._open_batches = len(batches)
        if not batches:
            return self._finish()
        self.state = State.FETCHING
        return [Fetch(batch) for batch in batches]

    def _on_stored(self, event: Stored) -> list[Command]:
        self.known.update({each: Known(stored=event.safe) for each in event.ids})
        return []

    def _on_fetch_ended(self, event: FetchEnded) -> list[Command]:
        asked = set(event.ids)
        self._missing = (self._missing - asked) | (asked - self.known.keys())
        self._open_batches -= 1
        if self._open_batches:
            return []
        if self._missing and not self._asked_again:
            self._asked_again = True
            return self._list(ids=tuple(sorted(self._missing)))
        return self._finish()

    def _finish(self) -> list[Command]:
        self.state = State.DONE
        if not self._missing:
            last = max((int(each) for each in self.known if each.isdecimal()), default=0)
            self.cursor = replace(self.cursor, modseq=self._opened.modseq, last_uid=last)
        stored = tuple(sorted(each for each, one in self.known.items() if one.stored)) if self.rules.delete else ()
        return [*([Delete(stored)] if stored else []), Finish(self.cursor, len(self._missing))]

    def _forget(self, gone: Iterable[str]) -> Iterator[Command]:
        ids = frozenset(gone)
        for each in ids:
            del self.known[each]
        if ids:
            yield Forget(ids)

    def _mark(self, flags: Mapping[str, Flags]) -> list[Command]:
        changed = {each: new for each, new in flags.items() if each in self.known and self.known[each].flags != new}
        self.known.update({each: replace(self.known[each], flags=new) for each, new in changed.items()})
        return [Mark(changed)] if changed else []


def _batches(items: Sequence[Item]) -> Iterator[tuple[str, ...]]:
    """Ids in batches that memory can hold."""
    batch: list[str] = []
    size_bytes = 0
    for item in items:
        size = UNKNOWN_SIZE_BYTES if item.size_bytes is None else item.size_bytes
        if batch and (len(batch) == BATCH_MAILS or size_bytes + size > BATCH_BYTES):
            yield tuple(batch)
            batch, size_bytes = [], 0
        batch.append(item.id)
        size_bytes += size
    if batch:
        yield tuple(batch)


_Handler = Callable[[FolderSync, object], list[Command]]
_TABLE: dict[tuple[State, type[object]], _Handler] = {
    (State.OPENING, Opened): FolderSync._on_opened,  # type: ignore[dict-item]
    (State.CHANGING, Changed): FolderSync._on_changed,  # type: ignore[dict-item]
    (State.LISTING, Listed): FolderSync._on_listed,  # type: ignore[dict-item]
    (State.FETCHING, Stored): FolderSync._on_stored,  # type: ignore[dict-item]
    (State.FETCHING, FetchEnded): FolderSync._on_fetch_ended,  # type: ignore[dict-item]
}
