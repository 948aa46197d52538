"""IMAP (RFC 9051, 3501) with CONDSTORE and QRESYNC (RFC 7162) where offered; imap-tools is the transport.

Only raw bytes are taken: decoding is ours. Folders are opened for reading only, so nothing is marked as seen.
"""

from __future__ import annotations

import contextlib
import imaplib
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from imap_tools import BaseMailBox

from pipeline.accounts import sasl
from pipeline.accounts.account import Account, Server
from pipeline.accounts.troubles import Trouble, connecting, refused_token, signing_in
from pipeline.ingest import sockets
from pipeline.ingest.imap_lines import arrived, expand, folder_of, item_of, quoted, sequence_sets, status_of
from pipeline.ingest.protocol import Changed, Cursor, Item, Listed, ListItems, Opened, Vanished
from pipeline.ingest.sources import Arrived, RemoteFolder, Status

TIMEOUT_S = 60.0
_NEWS = ("EXISTS", "EXPUNGE", "VANISHED", "FETCH")
_STATUS_NEEDS = {"LIST-EXTENDED", "LIST-STATUS", "CONDSTORE"}
_LISTED = {
    "SPECIAL-USE": {"LIST-EXTENDED", "SPECIAL-USE"},
    "STATUS (MESSAGES UIDVALIDITY HIGHESTMODSEQ)": _STATUS_NEEDS,
}
"""What a LIST is to tell along, and which capabilities that needs."""
_LOST_FLAGS = frozenset({"\\noselect", "\\nonexistent"})
Result = TypeVar("Result")


def _told(work: Callable[..., Result]) -> Callable[..., Result]:
    """Errors of the connection as ``Trouble``."""

    def wrapped(*args: Any, **kwargs: Any) -> Result:
        try:
            return work(*args, **kwargs)
        except (OSError, imaplib.IMAP4.error) as error:
            raise connecting(error) from None

    return wrapped


class ImapSource:
    """A connection signed in with a password or access token. ``round_trips`` counts commands since it was made."""

    def __init__(self, account: Account, secret: str, app_passwords: bool = False) -> None:
        self._box = _connect(account.server)
        self._client: imaplib.IMAP4 = self._box.client
        self.round_trips = 0
        self._exists = 0
        self._has_news = False
        try:
            if account.sign_in == "oauth":
                self._show_token(account, secret)
            else:
                self._sign_in(account.username, secret, app_passwords)
            self._capabilities = self._ask_capabilities()
            self._qresync = {"QRESYNC", "ENABLE"} <= self._capabilities and self._enable_qresync()
        except Exception:
            self.abandon()
            raise

    def _sign_in(self, username: str, password: str, app_passwords: bool) -> None:
        try:
            if (username + password).isascii():
                self._box.login(username, password, initial_folder=None)
            else:
                self._box.login_utf8(username, password, initial_folder=None)
        except Exception as error:
            raise signing_in(error, app_passwords) from None

    def _show_token(self, account: Account, token: str) -> None:
        offered = {each.removeprefix("AUTH=") for each in self._client.capabilities if each.startswith("AUTH=")}
        name, server = sasl.mechanism(offered), account.server
        said = [sasl.response(name, account.username, token, server.host, server.port)]
        try:
            self._client.authenticate(name, lambda _: said.pop() if said else sasl.acknowledgement(name))
        except Exception as error:
            raise refused_token(error) from None

    @_told
    def _enable_qresync(self) -> bool:
        return self._command("ENABLE", "QRESYNC")[0] == "OK"

    @_told
    def _ask_capabilities(self) -> frozenset[str]:
        _, data = self._command("CAPABILITY")
        found = self._take("CAPABILITY") or data
        return frozenset(found[-1].decode("ascii", "replace").upper().split())

    @_told
    def folders(self) -> Sequence[RemoteFolder]:
        """All folders that can be opened, with how they stand where the server has LIST-STATUS (RFC 5819)."""
        self._note_news()
        self._client.untagged_responses = {}
        asked = [what for what, needs in _LISTED.items() if needs <= self._capabilities]
        self._good(self._command("LIST", '""', '"*"', *([f"RETURN ({' '.join(asked)})"] if asked else [])))
        statuses = status_of(self._take("STATUS"))
        found = (folder_of(line) for line in self._take("LIST"))
        return [
            replace(folder, status=statuses.get(folder.name))
            for folder in found
            if folder and not folder.flags & _LOST_FLAGS
        ]

    def statuses(self) -> Mapping[str, Status]:
        """What LIST-STATUS tells."""
        if not _STATUS_NEEDS.issubset(self._capabilities):
            return {}
        return {folder.name: folder.status for folder in self.folders() if folder.status}

    @_told
    def open(self, folder: str, cursor: Cursor) -> Opened | Vanished:
        """EXAMINE, with the cursor where the server has QRESYNC."""
        again = self._qresync and cursor.uidvalidity and cursor.modseq
        parameter = f"(QRESYNC ({cursor.uidvalidity} {cursor.modseq}))" if again else ""
        if not again and "CONDSTORE" in self._capabilities:
            parameter = "(CONDSTORE)"
        self._client.untagged_responses = {}
        self._client.is_readonly = True
        kind, _ = self._command("EXAMINE", quoted(folder), *([parameter] if parameter else []))
        if kind != "OK":
            return self._lost(folder)
        self._client.state = "SELECTED"
        modseq = self._number("HIGHESTMODSEQ")
        self._exists = self._number("EXISTS")
        uidvalidity = self._number("UIDVALIDITY")
        same = bool(again) and uidvalidity == cursor.uidvalidity and modseq
        changes = self._changes() if same else None
        self._has_news = False
        return Opened(uidvalidity or 1, self._exists, modseq, changes)

    def _lost(self, folder: str) -> Vanished:
        self._client.state = "AUTH"
        if any(each.name == folder for each in self.folders()):
            raise Trouble("no_such_folder")
        return Vanished()

    @_told
    def changes(self, since: int) -> Changed:
        """UID FETCH with CHANGEDSINCE."""
        if not self._exists:
            return Changed({})
        self._uid("FETCH", "1:*", f"(UID FLAGS) (CHANGEDSINCE {since})")
        return self._changes()

    @_told
    def survey(self, asked: ListItems) -> Listed:
        """UID, flags, date and size of mails."""
        if not self._exists:
            return Listed(())
        sets = sequence_sets(asked.ids) if asked.ids is not None else [f"{(asked.after or 0) + 1}:*"]
        items: list[Item] = []
        for each in sets:
            self._uid("FETCH", each, "(UID FLAGS INTERNALDATE RFC822.SIZE)")
            items += filter(None, map(item_of, self._lines("FETCH")))
        return Listed(tuple(items))

    @_told
    def fetch(self, ids: Sequence[str]) -> Iterator[Arrived]:
        """The mails in one answer: batches are small enough for memory."""
        mails: list[Arrived] = []
        for each in sequence_sets(ids):
            self._uid("FETCH", each, "(UID FLAGS BODY.PEEK[])")
            mails += arrived(self._take("FETCH"))
        return iter(mails)

    def delete(self, ids: Sequence[str]) -> None:
        """Mail on an IMAP server is never deleted by a sync: the set-up refuses to ask for it."""
        raise AssertionError("a sync deletes nothing on an IMAP server")

    @_told
    def keep(self, folder: str, message_id: str, raw: bytes) -> None:
        """Append a mail to a folder, which is made where it is missing, unless one of its Message-ID lies there."""
        if self._command("EXAMINE", quoted(folder))[0] != "OK":
            self._client.state = "AUTH"
            self._good(self._command("CREATE", quoted(folder)))
        else:
            self._client.state = "SELECTED"
            self._uid("SEARCH", "HEADER", "Message-ID", quoted(message_id))
            if any(found.strip() for found in self._take("SEARCH")):
                return
        self.round_trips += 1
        self._good(self._client.append(quoted(folder), "(\\Seen)", None, raw))

    @_told
    def wait(self, timeout_s: float) -> bool:
        """NOOP for what came meanwhile, then IDLE (RFC 2177); lines that stood in a buffer show at its end."""
        if "IDLE" not in self._capabilities:
            time.sleep(timeout_s)
            return False
        self._note_news()
        self._client.untagged_responses = {}
        self._good(self._command("NOOP"))
        if self._has_news or any(self._take(name) for name in _NEWS):
            return True
        idle: Any = self._box.idle
        idle.start()
        told = [] if self._has_read_ahead() else idle.poll(timeout_s)
        idle.stop()
        return any(name.encode() in line for line in told for name in _NEWS) or any(map(self._take, _NEWS))

    def _has_read_ahead(self) -> bool:
        """Whether news came in one piece with the answer to IDLE: then it stands in a buffer, and no socket tells."""
        client: Any = self._client
        timeout = client.sock.gettimeout()
        client.sock.settimeout(0)
        try:
            stream = vars(client).get("_file") or client.file  # its name since Python 3.14, and before
            return bool(stream.peek(1))
        except (ssl.SSLWantReadError, BlockingIOError):
            return False
        finally:
            client.sock.settimeout(timeout)

    def close(self) -> None:
        """Log out; a server that is gone already is none of our concern."""
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            self._client.logout()

    def abandon(self) -> None:
        """Close the socket."""
        with contextlib.suppress(OSError):
            self._client.shutdown()

    def _note_news(self) -> None:
        """What came in the middle of an answer is told only once; so it is remembered for the next ``wait``."""
        untagged = self._client.untagged_responses
        self._has_news = self._has_news or any(untagged.get(name) for name in ("EXISTS", "EXPUNGE", "VANISHED"))

    def _uid(self, *parts: str) -> None:
        self._note_news()
        self._client.untagged_responses = {}
        self._good(self._command("UID", *parts))

    def _command(self, name: str, *parts: str) -> tuple[str, list[Any]]:
        self.round_trips += 1
        simple: Any = self._client._simple_command
        kind, data = simple(name, *parts)
        return kind, data

    def _good(self, answer: tuple[str, list[Any]]) -> None:
        if answer[0] != "OK":
            raise Trouble("not_understood")

    def _take(self, name: str) -> list[Any]:
        responses: dict[str, list[Any]] = self._client.untagged_responses
        return responses.pop(name, [])

    def _number(self, name: str) -> int:
        found = self._take(name)
        return int(found[-1]) if found and found[-1] and found[-1].isdigit() else 0

    def _lines(self, name: str) -> list[bytes]:
        return [b" ".join(part) if isinstance(part, tuple) else part for part in self._take(name) if part]

    def _changes(self) -> Changed:
        vanished = (expand(line.replace(b"(EARLIER)", b"").strip()) for line in self._lines("VANISHED"))
        items = filter(None, map(item_of, self._lines("FETCH")))
        flags = {item.id: item.flags for item in items if item.flags is not None}
        return Changed(flags, frozenset(uid for uids in vanished for uid in uids))


def _connect(server: Server) -> BaseMailBox:
    context = ssl.create_default_context(cafile=server.ca_file)
    try:
        client = _Client(server, context if server.security == "tls" else None)
        if server.security == "starttls":
            if "STARTTLS" not in client.capabilities:
                raise Trouble("no_starttls")
            client.starttls(context)
        return _Box(client)
    except imaplib.IMAP4.abort as error:
        raise connecting(error) from None
    except imaplib.IMAP4.error:
        raise Trouble("no_starttls" if server.security == "starttls" else "not_understood") from None
    except OSError as error:
        raise connecting(error) from None


class _Client(imaplib.IMAP4):
    """The standard client over a connection of ours."""

    def __init__(self, server: Server, context: ssl.SSLContext | None) -> None:
        self._server, self._context = server, context
        super().__init__(server.host, server.port, TIMEOUT_S)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        connection = sockets.connect(self._server, timeout or TIMEOUT_S)
        if self._context is None:
            return connection
        return self._context.wrap_socket(connection, server_hostname=self._server.host)


class _Box(BaseMailBox):
    """imap-tools over a client that is connected already."""

    def __init__(self, client: imaplib.IMAP4) -> None:
        self._connected = client
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return self._connected
