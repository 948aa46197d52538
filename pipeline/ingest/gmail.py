"""Gmail through its own interface: five labels are folders, all other mail is the archive, and history ids are cursors.

Other labels, stars and what is unread are flags of a mail. Mail that a label puts into two folders is fetched from both
and stored once.
Source: Gmail API v1, users.messages, users.history, users.labels; "Synchronize clients with Gmail".
"""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from pipeline.accounts.account import Account
from pipeline.accounts.sign_in import SignIn
from pipeline.accounts.troubles import Trouble
from pipeline.ingest.protocol import Changed, Cursor, Expired, Item, Listed, ListItems, Opened, Vanished
from pipeline.ingest.sources import Arrived, RemoteFolder, Status
from pipeline.ingest.web import NotThere, Web, understood

ARCHIVE = "ARCHIVE"
PAGE = 500
POLL_S = 5.0
_LABELS = {"INBOX": "\\inbox", "SENT": "\\sent", "DRAFT": "\\drafts", "SPAM": "\\junk", "TRASH": "\\trash"}
_ARCHIVED = " ".join(f"-in:{name}" for name in ("inbox", "sent", "draft", "spam", "trash", "chats"))
_SYSTEM = frozenset({*_LABELS, "UNREAD", "STARRED", "CHAT"})


class GmailSource:
    """A mailbox at Gmail. ``round_trips`` counts requests."""

    def __init__(self, account: Account, sign_in: SignIn) -> None:
        assert account.api_url is not None
        self._web = Web(account.api_url, sign_in)
        self._since = date.fromisoformat(account.since) if account.since else None
        self._folder, self._moment = "", 0
        self._names: dict[str, str] = {}
        self._touched: dict[int, Mapping[str, frozenset[str] | None] | None] = {}
        try:
            self._look()
        except NotThere:
            raise Trouble("not_understood") from None

    @property
    def round_trips(self) -> int:
        """How many requests were sent."""
        return self._web.requests

    @understood
    def folders(self) -> Sequence[RemoteFolder]:
        """The five labels that say where a mail is, and the archive; the names of all labels are learnt."""
        self._look()
        labels = self._web.json("/labels").get("labels", [])
        self._names = {label["id"]: "_".join(label["name"].split()) for label in labels}
        found = [RemoteFolder(name, frozenset({use})) for name, use in _LABELS.items()]
        return [*found, RemoteFolder(ARCHIVE, frozenset({"\\archive"}))]

    def statuses(self) -> Mapping[str, Status]:
        """Not told of all folders at once."""
        return {}

    @understood
    def open(self, folder: str, cursor: Cursor) -> Opened | Vanished:
        """How many mails a label has; the archive is not counted."""
        self._folder = folder
        if folder == ARCHIVE:
            return Opened(1, None, self._moment)
        try:
            label = self._web.json(f"/labels/{folder}")
        except NotThere:
            return Vanished()
        return Opened(1, int(label["messagesTotal"]), self._moment)

    @understood
    def changes(self, since: int) -> Changed | Expired:
        """What history tells, with the labels that each mail has now; asked once for all folders."""
        if since not in self._touched:
            self._touched[since] = self._history(since)
        touched = self._touched[since]
        if touched is None:
            return Expired()
        here = {id_: labels for id_, labels in touched.items() if labels is not None and self._is_here(labels)}
        return Changed({id_: self._flags(labels) for id_, labels in here.items()}, frozenset(touched.keys() - here))

    @understood
    def survey(self, asked: ListItems) -> Listed:
        """Ids of all mails of the folder, those before ``since`` told apart by a second list; or single mails."""
        if asked.ids is not None:
            found = self._web.many(asked.ids, self._minimal)
            here = (message for message in found if message and self._is_here(_labels(message)))
            return Listed(tuple(self._item(message) for message in here))
        everything = self._list()
        if self._since is None:
            return Listed(tuple(Item(id_) for id_ in everything))
        begin = datetime.combine(self._since, datetime.min.time(), UTC)
        recent = set(self._list(f"after:{int(begin.timestamp()) - 1}"))
        return Listed(tuple(Item(id_, received=None if id_ in recent else date.min) for id_ in everything))

    def fetch(self, ids: Sequence[str]) -> Iterator[Arrived]:
        """One request a mail, a few at a time."""
        yield from filter(None, self._web.many(ids, self._arrived))

    def delete(self, ids: Sequence[str]) -> None:
        """Mail at Gmail is never deleted by a sync."""
        raise AssertionError("a sync deletes nothing at Gmail")

    def wait(self, timeout_s: float) -> bool:
        """Ask every few seconds whether anything changed."""
        ends = time.monotonic() + timeout_s
        while time.monotonic() < ends:
            time.sleep(min(POLL_S, timeout_s))
            before = self._moment
            self._look()
            if self._moment != before:
                return True
        return False

    def close(self) -> None:
        """Close the connections."""
        self._web.close()

    def abandon(self) -> None:
        """Close the connections."""
        self._web.close()

    @understood
    def _look(self) -> None:
        """Learn the newest history id; what comes after it is news at the next look."""
        self._moment, self._touched = int(self._web.json("/profile")["historyId"]), {}

    def _history(self, since: int) -> dict[str, frozenset[str] | None] | None:
        """The labels that each changed mail has now, None where it is gone; None where that is too long ago."""
        ids: set[str] = set()
        try:
            for page in self._pages("/history", startHistoryId=str(since), maxResults=str(PAGE)):
                ids |= {message["id"] for record in page.get("history", []) for message in _messages(record)}
        except NotThere:
            return None
        ordered = sorted(ids)
        found = self._web.many(ordered, self._minimal)
        return {id_: _labels(message) if message else None for id_, message in zip(ordered, found, strict=True)}

    def _list(self, query: str = "") -> list[str]:
        parameters = {"maxResults": str(PAGE), "includeSpamTrash": "true"}
        if self._folder == ARCHIVE:
            query = f"{_ARCHIVED} {query}".strip()
        else:
            parameters["labelIds"] = self._folder
        if query:
            parameters["q"] = query
        pages = self._pages("/messages", **parameters)
        return list(dict.fromkeys(message["id"] for page in pages for message in page.get("messages", [])))

    def _pages(self, path: str, **parameters: str) -> Iterator[dict[str, Any]]:
        while True:
            page = self._web.json(path, params=parameters)
            yield page
            if not page.get("nextPageToken"):
                return
            parameters["pageToken"] = page["nextPageToken"]

    def _minimal(self, id_: str) -> dict[str, Any] | None:
        try:
            return self._web.json(f"/messages/{id_}", params={"format": "minimal"})
        except NotThere:
            return None

    @understood
    def _arrived(self, id_: str) -> Arrived | None:
        try:
            message = self._web.json(f"/messages/{id_}", params={"format": "raw"})
        except NotThere:
            return None
        text = message["raw"]
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return Arrived(id_, raw, self._flags(_labels(message))) if raw else None

    def _item(self, message: Mapping[str, Any]) -> Item:
        at = datetime.fromtimestamp(int(message.get("internalDate", 0)) / 1000, UTC)
        return Item(message["id"], self._flags(_labels(message)), at.date(), message.get("sizeEstimate"))

    def _is_here(self, labels: frozenset[str]) -> bool:
        if self._folder == ARCHIVE:
            return not labels & {*_LABELS, "CHAT"}
        return self._folder in labels

    def _flags(self, labels: frozenset[str]) -> frozenset[str]:
        flags = {self._names.get(label, label) for label in labels - _SYSTEM}
        marks = (("\\Seen", "UNREAD" not in labels), ("\\Flagged", "STARRED" in labels))
        return frozenset(flags | {mark for mark, is_set in marks if is_set})


def _labels(message: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(message.get("labelIds", ()))


def _messages(record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for kind in ("messagesAdded", "messagesDeleted", "labelsAdded", "labelsRemoved"):
        yield from (each["message"] for each in record.get(kind, ()))
