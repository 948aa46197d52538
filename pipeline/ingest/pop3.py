"""POP3 (RFC 1939): one way, one folder; mails are known by their UIDL."""

from __future__ import annotations

import base64
import contextlib
import poplib
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.accounts import sasl
from pipeline.accounts.account import Account, Server
from pipeline.accounts.troubles import Trouble, connecting, refused_token, signing_in
from pipeline.ingest import sockets
from pipeline.ingest.protocol import Changed, Cursor, Item, Listed, ListItems, Opened, Vanished
from pipeline.ingest.sources import Arrived, RemoteFolder, Status

INBOX = "INBOX"
TIMEOUT_S = 60.0
MAX_LINE_BYTES = 10_000_000


class Pop3Source:
    """A signed-in POP3 connection. Deleting takes effect when it is closed in order, and not otherwise."""

    def __init__(self, account: Account, secret: str, app_passwords: bool = False) -> None:
        # Real mail has lines far beyond the 2048 bytes that the library stops at.
        poplib._MAXLINE = MAX_LINE_BYTES  # type: ignore[attr-defined]
        self._client = _connect(account.server)
        self._numbers: dict[str, int] = {}
        tells = refused_token if account.sign_in == "oauth" else lambda error: signing_in(error, app_passwords)
        try:
            if account.sign_in == "oauth":
                self._show_token(account, secret)
            else:
                self._client.user(account.username)
                self._client.pass_(secret)
        except Exception as error:
            self.abandon()
            raise tells(error) from None

    def _show_token(self, account: Account, token: str) -> None:
        """AUTH (RFC 5034); details of a refusal come as one more question, and no word of them is kept."""
        client: Any = self._client
        server = account.server
        name = sasl.mechanism(client.capa().get("SASL", ()))
        client._shortcmd(f"AUTH {name}")
        response = sasl.response(name, account.username, token, server.host, server.port)
        if client._shortcmd(base64.b64encode(response).decode()).startswith(b"+ "):
            client._shortcmd(base64.b64encode(sasl.acknowledgement(name)).decode())
            raise Trouble("token_refused")

    def folders(self) -> Sequence[RemoteFolder]:
        """The only one there is."""
        return [RemoteFolder(INBOX, frozenset({"\\inbox"}))]

    def statuses(self) -> Mapping[str, Status]:
        """There is one folder only."""
        return {}

    def open(self, folder: str, cursor: Cursor) -> Opened | Vanished:
        """How many mails there are."""
        try:
            count, _ = self._client.stat()
        except (OSError, poplib.error_proto) as error:
            raise connecting(error) from None
        return Opened(1, count)

    def changes(self, since: int) -> Changed:
        """POP3 has no such thing; its ``Opened`` never leads here."""
        raise AssertionError("POP3 tells no changes since a moment")

    def survey(self, asked: ListItems) -> Listed:
        """Ids and sizes."""
        try:
            sizes = dict(line.split()[:2] for line in self._client.list()[1])
            uids = [line.split(None, 1) for line in self._client.uidl()[1]]
        except poplib.error_proto as error:
            found = connecting(error)
            raise (Trouble("no_uidl") if found.code == "not_understood" else found) from None
        except OSError as error:
            raise connecting(error) from None
        self._numbers = {uid.strip().decode("utf-8", "replace"): int(number) for number, uid in uids}
        wanted = asked.ids if asked.ids is not None else self._numbers
        items = (self._item(uid, sizes) for uid in wanted if uid in self._numbers)
        return Listed(tuple(items))

    def _item(self, uid: str, sizes: dict[bytes, bytes]) -> Item:
        size = sizes.get(str(self._numbers[uid]).encode())
        return Item(uid, size_bytes=int(size) if size else None)

    def fetch(self, ids: Sequence[str]) -> Iterator[Arrived]:
        """One RETR each."""
        for uid in ids:
            try:
                _, lines, _ = self._client.retr(self._numbers[uid])
            except poplib.error_proto as error:
                found = connecting(error)
                if found.code == "cut":
                    raise found from None
                continue
            except OSError as error:
                raise connecting(error) from None
            yield Arrived(uid, b"\r\n".join(lines) + b"\r\n")

    def delete(self, ids: Sequence[str]) -> None:
        """Mark for deletion."""
        for uid in ids:
            try:
                self._client.dele(self._numbers[uid])
            except poplib.error_proto:
                continue
            except OSError as error:
                raise connecting(error) from None

    def wait(self, timeout_s: float) -> bool:
        """POP3 cannot tell."""
        return False

    def close(self) -> None:
        """QUIT, which deletes what was marked."""
        with contextlib.suppress(OSError, poplib.error_proto):
            self._client.quit()

    def abandon(self) -> None:
        """Close the socket without QUIT."""
        with contextlib.suppress(OSError):
            self._client.close()


def _connect(server: Server) -> poplib.POP3:
    context = ssl.create_default_context(cafile=server.ca_file)
    try:
        client = _Client(server, context if server.security == "tls" else None)
        if server.security == "starttls":
            client.stls(context)
        return client
    except poplib.error_proto as error:
        found = connecting(error)
        wrong = Trouble("no_starttls" if server.security == "starttls" else "not_understood")
        raise (found if found.code == "cut" else wrong) from None
    except OSError as error:
        raise connecting(error) from None


class _Client(poplib.POP3):
    """The standard client over a connection of ours."""

    def __init__(self, server: Server, context: ssl.SSLContext | None) -> None:
        self._server, self._context = server, context
        super().__init__(server.host, server.port, TIMEOUT_S)

    def _create_socket(self, timeout: float) -> socket.socket:
        connection = sockets.connect(self._server, timeout)
        if self._context is None:
            return connection
        return self._context.wrap_socket(connection, server_hostname=self._server.host)
