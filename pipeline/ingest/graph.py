"""Outlook mail through Microsoft Graph: a delta link a folder is its cursor, and mails keep their ids when they move.

Source: Microsoft Graph v1.0, message: delta; "Get incremental changes to messages in a folder"; "Get MIME content of a
message"; immutable identifiers for Outlook resources; JSON batching.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

from pipeline.accounts.account import Account
from pipeline.accounts.sign_in import SignIn
from pipeline.accounts.troubles import Trouble
from pipeline.ingest.protocol import Changed, Cursor, Expired, Item, Listed, ListItems, Opened, Vanished
from pipeline.ingest.sources import Arrived, RemoteFolder, Status
from pipeline.ingest.web import NotThere, Web, understood

PAGE = 200
POLL_S = 5.0
_HEADERS = {"Prefer": f'IdType="ImmutableId", odata.maxpagesize={PAGE}'}
_FIELDS = "id,receivedDateTime,isRead,isDraft,flag,categories"
_USES = {
    "inbox": "\\inbox", "sentitems": "\\sent", "drafts": "\\drafts", "junkemail": "\\junk", "deleteditems": "\\trash",
    "archive": "\\archive", "outbox": "\\drafts",
}  # fmt: skip


class GraphSource:
    """A mailbox at Microsoft. ``round_trips`` counts requests."""

    def __init__(self, account: Account, sign_in: SignIn) -> None:
        assert account.api_url is not None
        self._web = Web(account.api_url, sign_in, _HEADERS)
        self._ids: dict[str, str] = {}
        self._id = ""
        self._items: dict[str, Item] = {}

    @property
    def round_trips(self) -> int:
        """How many requests were sent."""
        return self._web.requests

    @understood
    def folders(self) -> Sequence[RemoteFolder]:
        """All folders, those below others by their path."""
        uses = self._special()
        self._ids = {}
        return list(self._below("/me/mailFolders", "", uses))

    def statuses(self) -> Mapping[str, Status]:
        """Not told of all folders at once."""
        return {}

    @understood
    def open(self, folder: str, cursor: Cursor) -> Opened | Vanished:
        """What changed since the delta link of the cursor; without one that holds, how many mails there are."""
        if folder not in self._ids:
            self.folders()
        if folder not in self._ids:
            return Vanished()
        self._id, self._items = quote(self._ids[folder], safe=""), {}
        try:
            if cursor.token:
                changes, token = self._delta(cursor.token)
                return Opened(1, None, 0, changes, token)
        except NotThere:
            pass  # the link has run out (410), or is of another folder of that name
        try:
            found = self._web.json(f"/me/mailFolders/{self._id}", params={"$select": "id,totalItemCount"})
        except NotThere:
            return Vanished()
        return Opened(1, int(found["totalItemCount"]))

    @understood
    def changes(self, since: int) -> Changed | Expired:
        """Never asked: ``open`` tells all changes, and no number of them."""
        return Expired()

    @understood
    def survey(self, asked: ListItems) -> Listed:
        """The mails of a fresh delta round; single ones of the round that ``open`` did."""
        if asked.ids is not None:
            return Listed(tuple(self._items[id_] for id_ in asked.ids if id_ in self._items))
        self._items = {}
        try:
            _, token = self._delta(f"/me/mailFolders/{self._id}/messages/delta?$select={_FIELDS}")
        except NotThere:
            raise Trouble("no_such_folder") from None
        return Listed(tuple(self._items.values()), token)

    def fetch(self, ids: Sequence[str]) -> Iterator[Arrived]:
        """One request a mail, a few at a time."""
        yield from filter(None, self._web.many(ids, self._arrived))

    def delete(self, ids: Sequence[str]) -> None:
        """Mail at Microsoft is never deleted by a sync."""
        raise AssertionError("a sync deletes nothing at Microsoft")

    def wait(self, timeout_s: float) -> bool:
        """Graph tells no one behind a firewall of news; the next look is one request."""
        time.sleep(min(POLL_S, timeout_s))
        return True

    def close(self) -> None:
        """Close the connections."""
        self._web.close()

    def abandon(self) -> None:
        """Close the connections."""
        self._web.close()

    def _special(self) -> dict[str, str]:
        """The uses of folders by id: names are in the user's language, and only these paths are not."""
        wanted = [{"id": name, "method": "GET", "url": f"/me/mailFolders/{name}?$select=id"} for name in _USES]
        responses = self._web.json("/$batch", method="POST", json={"requests": wanted})["responses"]
        if any(each["status"] == 429 or each["status"] >= 500 for each in responses):
            raise Trouble("rate_limited")  # without their uses, spam would be read as mail
        return {each["body"]["id"]: _USES[each["id"]] for each in responses if each["status"] == 200}

    def _below(self, path: str, prefix: str, uses: Mapping[str, str]) -> Iterator[RemoteFolder]:
        for page in self._pages(f"{path}?$top=100&$select=id,displayName,childFolderCount"):
            for folder in page["value"]:
                name = prefix + folder["displayName"].replace("/", "∕")
                self._ids[name] = folder["id"]
                use = uses.get(folder["id"])
                yield RemoteFolder(name, frozenset({use} if use else ()))
                if folder.get("childFolderCount"):
                    yield from self._below(
                        f"/me/mailFolders/{quote(folder['id'], safe='')}/childFolders", f"{name}/", uses
                    )

    def _delta(self, link: str) -> tuple[Changed, str]:
        """A delta round from its beginning or from a link: changes, and the link that the next one begins with."""
        gone: set[str] = set()
        token = ""
        for page in self._pages(link):
            for message in page["value"]:
                if "@removed" in message:
                    gone.add(message["id"])
                    self._items.pop(message["id"], None)
                elif (whole := self._whole(message)) is not None:
                    gone.discard(message["id"])
                    self._items[message["id"]] = _item(whole)
            token = page.get("@odata.deltaLink", "")
        if not token:
            raise Trouble("not_understood")
        flags = {id_: item.flags for id_, item in self._items.items() if item.flags is not None}
        return Changed(flags, frozenset(gone)), token

    def _whole(self, message: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """A changed mail may come with what changed only; then the rest is asked for."""
        if all(name in message for name in _FIELDS.split(",")):
            return message
        try:
            return self._web.json(f"/me/messages/{quote(message['id'], safe='')}?$select={_FIELDS}")
        except NotThere:
            return None

    def _pages(self, link: str) -> Iterator[dict[str, Any]]:
        while link:
            page = self._web.json(link)
            yield page
            link = page.get("@odata.nextLink", "")

    @understood
    def _arrived(self, id_: str) -> Arrived | None:
        try:
            raw = self._web.get(f"/me/messages/{quote(id_, safe='')}/$value").content
        except NotThere:
            return None
        item = self._items.get(id_)
        return Arrived(id_, raw, (item and item.flags) or frozenset()) if raw else None


def _item(message: Mapping[str, Any]) -> Item:
    flagged = (message.get("flag") or {}).get("flagStatus") == "flagged"
    marks = (("\\Seen", message.get("isRead")), ("\\Draft", message.get("isDraft")), ("\\Flagged", flagged))
    flags = {mark for mark, is_set in marks if is_set}
    flags |= {"_".join(name.split()) for name in message.get("categories") or ()}
    received = message.get("receivedDateTime")
    return Item(message["id"], frozenset(flags), date.fromisoformat(received[:10]) if received else None)
