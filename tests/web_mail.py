"""Gmail and Microsoft Graph on loopback: mailboxes that keep state, spoken to in the services' published formats.

Both page, remember what changed, forget it when told so, and answer the next requests with given failures.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

Answer = tuple[int, Any, dict[str, str]]
Failure = Callable[[BaseHTTPRequestHandler], None]


def failing(status: int, body: Any = None, **headers: str) -> Failure:
    """An answer that refuses."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        _send(handler, status, body or {}, {name.replace("_", "-"): value for name, value in headers.items()})

    return answer


def cut(handler: BaseHTTPRequestHandler) -> None:
    """An answer that breaks off in the middle."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"half')
    handler.close_connection = True


@dataclass
class WebMail:
    """A service: ``token`` is the one it takes, ``failures`` are answered first, ``asked`` is what was asked."""

    page: int = 3
    token: str = "good"
    failures: list[Failure] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda _: None
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                service._serve(self, None)

            def do_POST(self) -> None:
                service._serve(self, json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"

    def _serve(self, handler: BaseHTTPRequestHandler, body: Any) -> None:
        self.before(handler.path)
        with self.lock:
            self.asked.append(handler.path)
            if self.failures:
                self.failures.pop(0)(handler)
                return
            if handler.headers["Authorization"] != f"Bearer {self.token}":
                _send(handler, 401, {"error": {"code": 401, "errors": [{"reason": "authError"}]}}, {})
                return
            path = urlsplit(handler.path)
            query = {name: values[0] for name, values in parse_qs(path.query).items()}
            answer = self.answer(unquote(path.path.removeprefix("/v1")), query, body, dict(handler.headers))
        _send(handler, *answer)

    def answer(self, path: str, query: dict[str, str], body: Any, headers: dict[str, str]) -> Answer:
        """What the service says."""
        raise NotImplementedError


def _send(handler: BaseHTTPRequestHandler, status: int, body: Any, headers: dict[str, str]) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


@dataclass
class Gmail(WebMail):
    """Messages with labels, and a history of what happened to them; ``oldest`` is how far back it goes."""

    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    oldest: int = 0
    now: int = 1000
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(0x18C0FFEE00000000))
    LABELS: ClassVar = ("INBOX", "SENT", "DRAFT", "SPAM", "TRASH", "UNREAD", "STARRED")

    def deliver(self, raw: bytes, *labels: str, day_ms: int = 1_773_000_000_000) -> str:
        """A new mail."""
        id_ = f"{next(self.ids):x}"
        with self.lock:
            self.messages[id_] = {"raw": raw, "labels": set(labels or ("INBOX", "UNREAD")), "at": day_ms}
            self._note("messagesAdded", id_)
        return id_

    def label(self, id_: str, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> None:
        """Other labels."""
        with self.lock:
            self.messages[id_]["labels"] = (self.messages[id_]["labels"] | set(add)) - set(remove)
            self._note("labelsAdded" if add else "labelsRemoved", id_)

    def delete(self, id_: str) -> None:
        """Gone for good."""
        with self.lock:
            del self.messages[id_]
            self._note("messagesDeleted", id_)

    def forget(self) -> None:
        """The history so far is too old now."""
        self.oldest = self.now

    def _note(self, kind: str, id_: str) -> None:
        self.now += 7
        self.history.append({"id": str(self.now), kind: [{"message": {"id": id_, "threadId": id_}}]})

    def answer(self, path: str, query: dict[str, str], body: Any, headers: dict[str, str]) -> Answer:
        """The methods that a sync needs."""
        if path == "/profile":
            return 200, {"emailAddress": "x", "messagesTotal": len(self.messages), "historyId": str(self.now)}, {}
        if path == "/labels":
            found = [{"id": name, "name": name, "type": "system"} for name in self.LABELS]
            return 200, {"labels": [*found, {"id": "Label_7", "name": "Big customers", "type": "user"}]}, {}
        if path.startswith("/labels/"):
            name = path.rpartition("/")[2]
            count = sum(name in message["labels"] for message in self.messages.values())
            return 200, {"id": name, "name": name, "messagesTotal": count}, {}
        if path == "/history":
            return self._history(query)
        if path == "/messages":
            return self._listed(query)
        message = self.messages.get(path.rpartition("/")[2])
        if message is None:
            return 404, {"error": {"code": 404, "errors": [{"reason": "notFound"}]}}, {}
        return 200, self._shown(path.rpartition("/")[2], message, query["format"]), {}

    def _shown(self, id_: str, message: dict[str, Any], how: str) -> dict[str, Any]:
        shown = {
            "id": id_, "threadId": id_, "labelIds": sorted(message["labels"]), "sizeEstimate": len(message["raw"]),
            "internalDate": str(message["at"]), "historyId": str(self.now),
        }  # fmt: skip
        if how == "raw":
            shown["raw"] = base64.urlsafe_b64encode(message["raw"]).decode().rstrip("=")
        return shown

    def _history(self, query: dict[str, str]) -> Answer:
        since = int(query["startHistoryId"])
        if since < self.oldest:
            return 404, {"error": {"code": 404, "errors": [{"reason": "notFound"}]}}, {}
        records = [record for record in self.history if int(record["id"]) > since]
        return 200, self._page("history", records, query) | {"historyId": str(self.now)}, {}

    def _listed(self, query: dict[str, str]) -> Answer:
        ids = [id_ for id_, message in reversed(self.messages.items()) if self._matches(message, query)]
        return 200, self._page("messages", [{"id": id_, "threadId": id_} for id_ in ids], query), {}

    def _matches(self, message: dict[str, Any], query: dict[str, str]) -> bool:
        labels, words = message["labels"], query.get("q", "").split()
        if "labelIds" in query and query["labelIds"] not in labels:
            return False
        for word in words:
            name, _, value = word.partition(":")
            if name == "-in" and {"draft": "DRAFT"}.get(value, value.upper()) in labels:
                return False
            if name == "after" and message["at"] / 1000 <= int(value):
                return False
        return True

    def _page(self, name: str, rows: list[Any], query: dict[str, str]) -> dict[str, Any]:
        start = int(query.get("pageToken", 0))
        page: dict[str, Any] = {name: rows[start : start + self.page]} if rows else {}
        return page | ({"nextPageToken": str(start + self.page)} if start + self.page < len(rows) else {})


@dataclass
class Graph(WebMail):
    """Folders with messages; delta links that know what they told, and may run out; ``partial`` updates are short."""

    folders: dict[str, tuple[str, str]] = field(default_factory=dict)
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    links: dict[str, tuple[str, dict[str, int]]] = field(default_factory=dict)
    partial: bool = False
    changes: int = 0
    ids: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.known = {
            "inbox": "受信トレイ", "sentitems": "送信済みアイテム", "drafts": "下書き", "junkemail": "迷惑メール",
            "deleteditems": "削除済みアイテム",
        }  # fmt: skip
        self.folders |= {f"ID-{name}/+=": (shown, "") for name, shown in self.known.items()}
        self.folders["ID-sub"] = ("顧客", "ID-inbox/+=")

    def deliver(self, raw: bytes, folder: str = "inbox", day: str = "2026-03-10") -> str:
        """A new mail."""
        id_ = f"AAkALg{next(self.ids)}/+="
        with self.lock:
            self.messages[id_] = {
                "raw": raw,
                "folder": self.folder(folder),
                "day": day,
                "read": False,
                "at": self._next(),
            }
        return id_

    def folder(self, name: str) -> str:
        """The id of a folder by its well-known name."""
        return f"ID-{name}/+=" if name in self.known else name

    def read(self, id_: str) -> None:
        """Somebody reads it."""
        with self.lock:
            self.messages[id_] |= {"read": True, "at": self._next()}

    def move(self, id_: str, folder: str) -> None:
        """It keeps its id."""
        with self.lock:
            self.messages[id_] |= {"folder": self.folder(folder), "at": self._next()}

    def delete(self, id_: str) -> None:
        """Gone for good."""
        with self.lock:
            del self.messages[id_]

    def _next(self) -> int:
        self.changes += 1
        return self.changes

    def answer(self, path: str, query: dict[str, str], body: Any, headers: dict[str, str]) -> Answer:
        """The requests that a sync needs."""
        if path == "/$batch":
            return 200, {"responses": [self._special(one) for one in body["requests"]]}, {}
        assert 'IdType="ImmutableId"' in headers["Prefer"]
        if path in ("/me/mailFolders", "/me/mailFolders/ID-inbox/+=/childFolders"):
            above = "" if path == "/me/mailFolders" else "ID-inbox/+="
            return 200, self._folder_page(above, int(query.get("$skip", 0)), path), {}
        if path.endswith("/messages/delta"):
            return self._delta(path.removeprefix("/me/mailFolders/").removesuffix("/messages/delta"), query)
        if path.startswith("/me/mailFolders/"):
            id_ = path.removeprefix("/me/mailFolders/")
            if id_ not in self.folders:
                return 404, {"error": {"code": "ErrorItemNotFound"}}, {}
            count = sum(message["folder"] == id_ for message in self.messages.values())
            return 200, {"id": id_, "totalItemCount": count}, {}
        id_ = path.removeprefix("/me/messages/").removesuffix("/$value")
        if id_ not in self.messages:
            return 404, {"error": {"code": "ErrorItemNotFound"}}, {}
        return 200, self.messages[id_]["raw"] if path.endswith("/$value") else self._shown(id_), {}

    def _special(self, asked: dict[str, str]) -> dict[str, Any]:
        name = asked["id"]
        if name not in self.known:
            return {"id": name, "status": 404, "body": {"error": {"code": "ErrorItemNotFound"}}}
        return {"id": name, "status": 200, "body": {"id": self.folder(name)}}

    def _folder_page(self, above: str, start: int, path: str) -> dict[str, Any]:
        rows = [
            {"id": id_, "displayName": name, "childFolderCount": int(id_ == "ID-inbox/+=")}
            for id_, (name, parent) in self.folders.items()
            if parent == above
        ]
        more = f"{self.url}{path}?$skip={start + self.page}" if start + self.page < len(rows) else ""
        return {"value": rows[start : start + self.page]} | ({"@odata.nextLink": more} if more else {})

    def _shown(self, id_: str, short: bool = False) -> dict[str, Any]:
        message = self.messages[id_]
        if short:
            return {"id": id_, "isRead": message["read"]}
        return {
            "id": id_, "receivedDateTime": f"{message['day']}T01:00:00Z", "isRead": message["read"], "isDraft": False,
            "flag": {"flagStatus": "notFlagged"}, "categories": ["Big customers"],
        }  # fmt: skip

    def _delta(self, folder: str, query: dict[str, str]) -> Answer:
        token = query.get("$deltatoken") or query.get("$skiptoken")
        if token is not None and token.partition("-")[0] not in self.links:
            return 410, {"error": {"code": "syncStateNotFound"}}, {}
        if folder not in self.folders:
            return 404, {"error": {"code": "ErrorItemNotFound"}}, {}
        told: dict[str, int] = self.links[token.partition("-")[0]][1] if token else {}
        here = {id_: one["at"] for id_, one in self.messages.items() if one["folder"] == folder}
        rows = [
            self._shown(id_, self.partial and id_ in told) for id_, at in here.items() if told.get(id_) != at
        ] + [{"id": id_, "@removed": {"reason": "deleted"}} for id_ in told.keys() - here.keys()]  # fmt: skip
        start = int(token.partition("-")[2] or 0) if token else 0
        link = f"{self.url}/me/mailFolders('{folder}')/messages/delta".replace("('", "/").replace("')", "")
        if start + self.page < len(rows):
            name = (token or "").partition("-")[0] or self._link(folder, {})
            return 200, {"value": rows[start : start + self.page],
                         "@odata.nextLink": f"{link}?$skiptoken={name}-{start + self.page}"}, {}  # fmt: skip
        last = f"{link}?$deltatoken={self._link(folder, here)}"
        return 200, {"value": rows[start:], "@odata.deltaLink": last}, {}

    def _link(self, folder: str, told: dict[str, int]) -> str:
        name = f"t{len(self.links)}"
        self.links[name] = (folder, told)
        return name


@contextlib.contextmanager
def running(kind: Callable[[], WebMail]) -> Iterator[Any]:
    """A service for as long as the block runs."""
    service = kind()
    try:
        yield service
    finally:
        service.server.shutdown()
        service.server.server_close()
