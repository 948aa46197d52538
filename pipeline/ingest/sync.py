"""What to do next with one folder of a mailbox: a table of states, events and commands, without any I/O.

A driver carries a command out and answers with an event (``ingest.protocol``); ``FolderSync.receive`` returns the next
commands.
The rules:

1. What is known of a folder are the ids (UIDs, UIDLs) whose mail is durably stored or whose refusal is recorded.
   New is what the server lists beyond them; so a repeat of anything, and a kill anywhere, costs only time.
2. The cursor only says where a shorter look suffices (UIDVALIDITY, RFC 7162 HIGHESTMODSEQ, a history id, a delta link).
   It moves at the very end, and not at all while a mail is missing. One that has run out means that all is listed.
3. Whatever a short look says, the counts must add up to what the server has, where it counts; else all is listed.
4. Another UIDVALIDITY makes all known ids of this folder void (RFC 9051 section 2.3.1.1). A server that changes it
   again and again is left alone after ``MAX_RESETS`` times, until it keeps one.
5. A mail that is listed and not delivered is asked for once more; if it is listed still, it counts as failed and is
   asked for again at the next sync.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Literal

from pipeline.ingest.protocol import (
    Changed,
    Command,
    Cursor,
    Delete,
    Event,
    Expired,
    Fetch,
    FetchEnded,
    Finish,
    Flags,
    Forget,
    Item,
    Known,
    ListChanges,
    Listed,
    ListItems,
    Mark,
    Open,
    Opened,
    Refuse,
    Restart,
    Rules,
    Stored,
    Vanished,
)

MAX_RESETS = 3
BATCH_MAILS = 200
BATCH_BYTES = 8_000_000
UNKNOWN_SIZE_BYTES = 100_000

Look = Literal["quick", "usual", "thorough"]


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
    _token: str = ""

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
        self._opened, self._token = event, event.token
        if event.uidvalidity != self.cursor.uidvalidity:
            return self._reset(event.uidvalidity)
        self.cursor = replace(self.cursor, resets=0)
        began = self.known or self.cursor.modseq or self.cursor.token
        if self.look == "thorough" or not began:
            return self._list()
        if event.changes is not None:
            return self._on_changed(event.changes)
        if event.modseq and self.cursor.modseq:
            if event.modseq == self.cursor.modseq and self._adds_up(len(self.known)):
                return self._finish()
            self.state = State.CHANGING
            return [ListChanges(self.cursor.modseq)]
        return self._list(after=(self.cursor.last_uid or None) if self.look == "quick" else None)

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
        if not self._adds_up(len(self.known) + len(new)):
            return [*commands, *self._list()]
        return [*commands, *(self._list(ids=tuple(sorted(new))) if new else self._finish())]

    def _on_expired(self, _: Expired) -> list[Command]:
        return self._list()

    def _adds_up(self, count: int) -> bool:
        return self._opened.exists is None or count == self._opened.exists

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
        if self._asked.after is not None and not self._adds_up(len(self.known) + len(new)):
            return [*commands, *self._list()]
        self._token = event.token or self._token
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
            last = max(map(int, self.known), default=0) if all(map(str.isdecimal, self.known)) else 0
            self.cursor = replace(self.cursor, modseq=self._opened.modseq, last_uid=last, token=self._token)
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
    (State.CHANGING, Expired): FolderSync._on_expired,  # type: ignore[dict-item]
    (State.LISTING, Listed): FolderSync._on_listed,  # type: ignore[dict-item]
    (State.FETCHING, Stored): FolderSync._on_stored,  # type: ignore[dict-item]
    (State.FETCHING, FetchEnded): FolderSync._on_fetch_ended,  # type: ignore[dict-item]
}
