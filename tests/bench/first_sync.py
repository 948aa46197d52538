"""First sync of many mails against a plain ``imap_tools`` loop that stores one by one: seconds, ratio, memory.

``python -m tests.bench.first_sync [MAILS]``; a real Dovecot on loopback, SQLite, no scoring. Beside the time on the
clock stands that of this process alone: on a busy machine only that, and its ratio, say something.
"""

from __future__ import annotations

import hashlib
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from imap_tools import MailBox

from pipeline.document import document
from pipeline.records import RawMail
from pipeline.store.engine import migrate, open_engine
from pipeline.store.mail.storing import store_contents, store_mail
from pipeline.store.sync import folders
from tests.mail_server import PASSWORD, Dovecot, running_dovecot, trusting
from tests.mail_sync import score, sync, syncer

BODY = (
    "Dear Ben,\n\n" + "could you send the drawing of the pump by Friday? We need it for the offer.\n" * 25 + "\nAda\n"
)


def mails(count: int) -> list[bytes]:
    """Mails of two kilobytes."""
    return [
        (
            f"Message-ID: <m{n}@north.example>\r\nDate: Tue, 10 Mar 2026 09:12:00 +0900\r\n"
            f"From: Ada North <ada@north.example>\r\nTo: Ben South <ben@south.example>\r\nSubject: Drawing {n}\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\n\r\n{n} {BODY}"
        ).encode()
        for n in range(count)
    ]


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds on the clock, and of this process alone."""

    clock_s: float
    own_s: float

    def __str__(self) -> str:
        return f"{self.clock_s:.1f} s ({self.own_s:.1f} s of this process)"

    def times(self, other: Spent) -> str:
        """How many times as long as another one."""
        return f"{self.clock_s / other.clock_s:.1f} ({self.own_s / other.own_s:.1f})"


@contextmanager
def timed() -> Iterator[list[Spent]]:
    """What the block takes, in the list once it has ended."""
    found: list[Spent] = []
    clock, own = time.monotonic(), time.process_time()
    yield found
    found.append(Spent(time.monotonic() - clock, time.process_time() - own))


def plain_loop(server: Dovecot, user: str, url: str) -> None:
    """What one would write first: fetch, parse, store and commit mail by mail."""
    engine = open_engine(url)
    syncing = syncer(engine, user)
    with MailBox("127.0.0.1", server.ports["IMAPS"], ssl_context=trusting(server)).login(user, PASSWORD) as box:
        for mail in box.fetch(mark_seen=False):
            raw = RawMail(mail.uid or "", mail.obj.as_bytes())
            (dossier,) = score([raw])
            with syncing.factory.begin() as session:
                found = document(dossier, {"pipeline": "test"})
                store_mail(session, syncing.filing.mailbox.id, raw, dossier, found, syncing.now())


def bytes_loop(server: Dovecot, user: str, url: str) -> None:
    """The same loop storing no more than a sync stores before it reads: bytes and place, mail by mail."""
    syncing = syncer(open_engine(url), user)
    with MailBox("127.0.0.1", server.ports["IMAPS"], ssl_context=trusting(server)).login(user, PASSWORD) as box:
        for mail in box.fetch(mark_seen=False):
            raw = mail.obj.as_bytes()
            sha256 = hashlib.sha256(raw).hexdigest()
            with syncing.factory.begin() as session:
                folder = folders.put_folder(session, syncing.filing.mailbox.id, "INBOX", "inbox", True)
                store_contents(session, {sha256: raw})
                folders.save_places(session, folder.id, [folders.Place(mail.uid or "", "waiting", None, sha256)])


def main(count: int) -> None:
    """Measure both on fresh databases."""
    with running_dovecot() as server, tempfile.TemporaryDirectory() as folder:
        user, urls = (
            server.new_user(),
            [f"sqlite:///{Path(folder) / name}.sqlite3" for name in ("ours", "plain", "bytes")],
        )
        server.fill(user, mails(count))
        for url in urls:
            migrate(open_engine(url))
        account, syncing = server.account(user), syncer(open_engine(urls[0]), user)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with timed() as first:
            source = sync(syncing, account, read=False)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with timed() as unchanged:
            again = sync(syncing, account, read=False)
        print(f"{count} mails: first sync {first[0]}, {source.round_trips} round trips, peak {peak >> 10} MB")
        print(
            f"unchanged: {unchanged[0]}, {again.round_trips} round trips; memory before {before >> 10} MB", flush=True
        )
        for what, loop, url in (("bytes only", bytes_loop, urls[2]), ("mails", plain_loop, urls[1])):
            with timed() as plain:
                loop(server, user, url)
            print(f"plain loop that stores {what}: {plain[0]}, ratio {plain[0].times(first[0])}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
