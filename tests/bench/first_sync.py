"""First sync of many mails against a plain ``imap_tools`` loop that stores one by one: seconds, ratio, memory.

``python -m tests.bench.first_sync [MAILS]``; a real Dovecot on loopback, SQLite, no scoring.
"""

from __future__ import annotations

import hashlib
import resource
import sys
import tempfile
import time
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


def plain_loop(server: Dovecot, user: str, url: str) -> float:
    """What one would write first: fetch, parse, store and commit mail by mail."""
    engine = open_engine(url)
    syncing = syncer(engine, user)
    began = time.monotonic()
    with MailBox("127.0.0.1", server.ports["IMAPS"], ssl_context=trusting(server)).login(user, PASSWORD) as box:
        for mail in box.fetch(mark_seen=False):
            raw = RawMail(mail.uid or "", mail.obj.as_bytes())
            (dossier,) = score([raw])
            with syncing.factory.begin() as session:
                found = document(dossier, {"pipeline": "test"})
                store_mail(session, syncing.filing.mailbox.id, raw, dossier, found, syncing.now())
    return time.monotonic() - began


def bytes_loop(server: Dovecot, user: str, url: str) -> float:
    """The same loop storing no more than a sync stores before it reads: bytes and place, mail by mail."""
    syncing = syncer(open_engine(url), user)
    began = time.monotonic()
    with MailBox("127.0.0.1", server.ports["IMAPS"], ssl_context=trusting(server)).login(user, PASSWORD) as box:
        for mail in box.fetch(mark_seen=False):
            raw = mail.obj.as_bytes()
            sha256 = hashlib.sha256(raw).hexdigest()
            with syncing.factory.begin() as session:
                folder = folders.put_folder(session, syncing.filing.mailbox.id, "INBOX", "inbox", True)
                store_contents(session, {sha256: raw})
                folders.save_places(session, folder.id, [folders.Place(mail.uid or "", "waiting", None, sha256)])
    return time.monotonic() - began


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
        began = time.monotonic()
        source = sync(syncing, account, read=False)
        ours = time.monotonic() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.monotonic()
        again = sync(syncing, account, read=False)
        print(f"{count} mails: first sync {ours:.1f} s, {source.round_trips} round trips, peak {peak >> 10} MB")
        print(f"unchanged: {time.monotonic() - began:.2f} s, {again.round_trips} round trips; before {before >> 10} MB")
        least = bytes_loop(server, user, urls[2])
        print(f"plain loop that stores bytes only {least:.1f} s, ratio {least / ours:.1f}")
        plain = plain_loop(server, user, urls[1])
        print(f"plain loop that stores mails {plain:.1f} s, ratio {plain / ours:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
