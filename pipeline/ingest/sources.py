"""What every mail server offers to the sync, whatever its protocol."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.ingest.protocol import Changed, Cursor, Expired, Listed, ListItems, Opened, Vanished


@dataclass(frozen=True, slots=True)
class Status:
    """How a folder stands as the server tells without opening it: the same again means that nothing happened."""

    exists: int
    uidvalidity: int
    modseq: int


@dataclass(frozen=True, slots=True)
class RemoteFolder:
    """A folder as the server lists it; ``flags`` hold its special use (RFC 6154), lower-cased.

    ``status`` is None where the server does not tell it with the list.
    """

    name: str
    flags: frozenset[str] = frozenset()
    delimiter: str = "/"
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """The bytes of one mail, exactly as the server has them."""

    id: str
    raw: bytes
    flags: frozenset[str] = frozenset()


class Source(Protocol):
    """A connection that carries out the commands of ``ingest.sync``; what fails is an ``accounts.troubles.Trouble``."""

    def folders(self) -> Sequence[RemoteFolder]:
        """All folders that can hold mail."""

    def statuses(self) -> Mapping[str, Status]:
        """How folders stand now, by name, as far as the server tells that of all at once."""

    def open(self, folder: str, cursor: Cursor) -> Opened | Vanished:
        """Open a folder for reading."""

    def changes(self, since: int) -> Changed | Expired:
        """What changed in the open folder since a MODSEQ."""

    def survey(self, asked: ListItems) -> Listed:
        """Mails of the open folder."""

    def fetch(self, ids: Sequence[str]) -> Iterator[Arrived]:
        """The mails of these ids that are there."""

    def delete(self, ids: Sequence[str]) -> None:
        """Delete mails; lasting only once ``close`` returns."""

    def wait(self, timeout_s: float) -> bool:
        """Wait for news of the open folder; False where none came, or where the server cannot tell."""

    def close(self) -> None:
        """End the connection in order."""

    def abandon(self) -> None:
        """Drop the connection; nothing is deleted."""
