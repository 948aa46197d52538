"""A real Dovecot on loopback with a folder of its own, started and ended by the tests; and a proxy that cuts.

Dovecot 2.3 (Debian's dovecot-imapd and dovecot-pop3d, which `make test` installs). Two users, one password.
"""

from __future__ import annotations

import contextlib
import getpass
import grp
import imaplib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.accounts.account import Account, Server

PASSWORD = "correct-horse-7291"
START_TIMEOUT_S = 90
_CONFIG = """
base_dir = @T@/run
state_dir = @T@/state
log_path = @T@/dovecot.log
protocols = imap pop3
listen = 127.0.0.1
ssl = yes
ssl_cert = <@T@/cert.pem
ssl_key = <@T@/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:@T@/mail/%u
mail_max_userip_connections = 50
mail_fsync = never
@USERS@
passdb {
  driver = passwd-file
  args = scheme=plain username_format=%u @T@/users
}
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = @T@/oauth2.conf.ext
}
userdb {
  driver = static
  args = uid=@USER@ gid=@GROUP@ home=@T@/mail/%u
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Drafts {
    special_use = \\Drafts
    auto = create
  }
  mailbox Sent {
    special_use = \\Sent
    auto = create
  }
  mailbox Junk {
    special_use = \\Junk
    auto = create
  }
}
service imap-login {
  chroot =
  inet_listener imap {
    port = @IMAP@
  }
  inet_listener imaps {
    port = @IMAPS@
    ssl = yes
  }
}
service pop3-login {
  chroot =
  inet_listener pop3 {
    port = @POP3@
  }
  inet_listener pop3s {
    port = @POP3S@
    ssl = yes
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
"""


@dataclass
class Dovecot:
    """A running server; each user's mailbox begins empty."""

    folder: Path
    ports: dict[str, int]
    process: subprocess.Popen[bytes] | None = None
    users: int = 0

    def start(self) -> None:
        """Start, and wait until it greets."""
        self.process = subprocess.Popen([_program(), "-F", "-c", str(self.folder / "dovecot.conf")])
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.ports["IMAP"]), 1) as probe:
                if probe.recv(4) == b"* OK":
                    return
            if time.monotonic() > deadline or self.process.poll() is not None:
                log = self.folder / "dovecot.log"
                raise AssertionError(f"Dovecot did not start:\n{log.read_text() if log.exists() else ''}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End the server and its children."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(START_TIMEOUT_S)

    def new_user(self) -> str:
        """A user with an empty mailbox."""
        self.users += 1
        return _user(self.users)

    def account(self, user: str, kind: str = "IMAPS", port: int | None = None) -> Account:
        """How the user's mailbox is reached."""
        security = "tls" if kind.endswith("S") else "none"
        server = Server("127.0.0.1", port or self.ports[kind], security, str(self.folder / "cert.pem"), inside=True)
        return Account("generic", "pop3" if kind.startswith("POP3") else "imap", server, user, (user,))

    @contextlib.contextmanager
    def client(self, user: str) -> Iterator[imaplib.IMAP4]:
        """Another mail program of the same user."""
        client = imaplib.IMAP4("127.0.0.1", self.ports["IMAP"])
        client.login(user, PASSWORD)
        try:
            yield client
        finally:
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                client.logout()

    def deliver(
        self, user: str, *mails: bytes, folder: str = "INBOX", flags: str = "", date: str | None = None
    ) -> None:
        """Put mails into a folder."""
        with self.client(user) as client:
            for mail in mails:
                kind, data = client.append(f'"{folder}"', flags, date, mail.replace(b"\n", b"\r\n"))  # type: ignore[arg-type]
                assert kind == "OK", data

    def fill(self, user: str, mails: list[bytes]) -> None:
        """Put many mails into the inbox by writing its Maildir."""
        box = self.folder / "mail" / user
        for name in ("cur", "new", "tmp"):
            (box / name).mkdir(parents=True, exist_ok=True)
        for number, mail in enumerate(mails):
            (box / "cur" / f"{1_700_000_000 + number}.M{number}P1.host,S={len(mail)}:2,S").write_bytes(mail)
        self.own(box)

    def own(self, path: Path) -> None:
        """Give files to the user that the server keeps mail as."""
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "nobody:nogroup", str(path)], check=True)

    def expunge(self, user: str, *uids: int, folder: str = "INBOX") -> None:
        """Delete mails for good."""
        with self.client(user) as client:
            client.select(f'"{folder}"')
            client.uid("STORE", ",".join(map(str, uids)), "+FLAGS", "(\\Deleted)")
            client.expunge()

    def renumber(self, user: str, folder: str, uidvalidity: int) -> None:
        """Change UIDVALIDITY."""
        self.doveadm("mailbox", "update", "--uid-validity", str(uidvalidity), "-u", user, folder)

    def doveadm(self, *arguments: str) -> None:
        """Run the server's own tool."""
        command = ["doveadm", "-c", str(self.folder / "dovecot.conf"), *arguments]
        subprocess.run(command, check=True, capture_output=True)


@contextlib.contextmanager
def running_dovecot(tokens_at: str = "http://127.0.0.1:9") -> Iterator[Dovecot]:
    """A server for as long as the block runs, which asks ``tokens_at`` whose an access token is.

    Its path is short: Unix sockets have 108 characters.
    """
    folder = Path(tempfile.mkdtemp(prefix="dc-", dir="/tmp"))
    server = Dovecot(folder, {name: _free_port() for name in ("IMAP", "IMAPS", "POP3", "POP3S")})
    try:
        _configure(server, tokens_at)
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


_TOKENS = """
introspection_mode = auth
introspection_url = @URL@/introspect?token=
username_attribute = email
active_attribute = active
active_value = true
timeout_msecs = 3000
"""


def _configure(server: Dovecot, tokens_at: str) -> None:
    folder, root = server.folder, os.geteuid() == 0
    me, group = ("nobody", "nogroup") if root else (getpass.getuser(), grp.getgrgid(os.getegid()).gr_name)
    own = "" if root else f"default_internal_user = {me}\ndefault_internal_group = {group}\ndefault_login_user = {me}\n"
    text = _CONFIG.replace("@USERS@", own).replace("@USER@", me).replace("@GROUP@", group).replace("@T@", str(folder))
    for name, port in server.ports.items():
        text = text.replace(f"@{name}@", str(port))
    (folder / "dovecot.conf").write_text(text)
    (folder / "oauth2.conf.ext").write_text(_TOKENS.replace("@URL@", tokens_at))
    lines = (f"{_user(number)}:{{PLAIN}}{PASSWORD}::::::\n" for number in range(1, 2000))
    (folder / "users").write_text("".join(lines))
    (folder / "mail").mkdir()
    folder.chmod(0o755)
    server.own(folder / "mail")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "key.pem", "-out",
         folder / "cert.pem", "-days", "3", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip


def _user(number: int) -> str:
    return f"user{number}@south.example"


def _program() -> str:
    found = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
    assert found, "Dovecot is not installed; `make test` installs it (dovecot-imapd, dovecot-pop3d)."
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class CuttingProxy:
    """Passes TCP on to a port and cuts each connection after so many bytes from the server; None never cuts."""

    target: int
    cut_after_bytes: int | None = None
    passed: int = 0
    _listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    def __post_init__(self) -> None:
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Accept nothing more."""
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
                threading.Thread(target=self._pump, args=(client, server, None), daemon=True).start()
                threading.Thread(target=self._pump, args=(server, client, self.cut_after_bytes), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, left: int | None) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                data = data if left is None else data[:left]
                sink.sendall(data)
                self.passed += len(data)
                left = None if left is None else left - len(data)
                if left == 0:
                    break
        for each in (source, sink):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def trusting(server: Dovecot) -> ssl.SSLContext:
    """A TLS context that trusts the server."""
    return ssl.create_default_context(cafile=str(server.folder / "cert.pem"))
