"""Rounds of what goes wrong between a mail server and a sync, seeded: ``python -m tests.chaos.run``.

Options: ``--seconds N``, ``--rounds N``, ``--seed N``, ``--protocol POP3``, ``--url postgresql://…``.

Each round delivers, flags, expunges, renames, renumbers, restarts the server, cuts connections or kills the syncing
process. Then comes a quiet sync, and every mail ever left on the server must be stored exactly once.
"""

from __future__ import annotations

import argparse
import contextlib
import imaplib
import os
import random
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import Engine, text

from pipeline.accounts.troubles import Trouble
from pipeline.store.engine import migrate, open_engine
from tests.mail_server import CuttingProxy, Dovecot, running_dovecot
from tests.mail_sync import sync, syncer

FOLDERS = ("INBOX", "Kunden", "Old")


class Chaos:
    """One mailbox on one server, and the database that follows it."""

    def __init__(self, server: Dovecot, url: str, seed: int, protocol: str = "IMAP") -> None:
        self.server, self.url, self.chance, self.protocol = server, url, random.Random(seed), protocol
        self.user, self.number = server.new_user(), 0
        self.engine: Engine = open_engine(url)
        migrate(self.engine)
        self.syncing = syncer(self.engine, self.user)
        self.account = server.account(self.user, protocol)

    def mail(self) -> bytes:
        """A mail of its own."""
        self.number += 1
        head = f"Message-ID: <c{self.number}@north.example>\nFrom: a@north.example\nSubject: {self.number}\n\n"
        return (head + "x" * self.chance.randrange(3000) + "\n").encode()

    def step(self) -> str:
        """Let one thing happen, and tell its name."""
        name = self.chance.choice(
            ("deliver", "deliver", "expunge", "renumber", "folder", "cut", "kill", "restart", "race")
        )
        getattr(self, name)()
        return name

    def deliver(self) -> None:
        """New mail."""
        with self.server.client(self.user) as client:
            for name in FOLDERS[1:]:
                client.create(name)
        self.server.deliver(self.user, *(self.mail() for _ in range(5)), folder=self.chance.choice(FOLDERS))

    def expunge(self) -> None:
        """Somebody deletes."""
        with contextlib.suppress(imaplib.IMAP4.error), self.server.client(self.user) as client:
            client.select("INBOX")  # which may be empty
            client.store(f"1:{self.chance.randrange(1, 4)}", "+FLAGS", "(\\Deleted)")
            client.expunge()

    def renumber(self) -> None:
        """Another UIDVALIDITY; the sync must see it before it changes again too often."""
        with contextlib.suppress(Exception):
            self.server.renumber(self.user, "INBOX", self.chance.randrange(1_000_000_000, 2_000_000_000))
        self.quiet()

    def folder(self) -> None:
        """A folder is renamed, or deleted."""
        with self.server.client(self.user) as client:
            client.rename("Kunden", f"Kunden{self.number}")
            client.delete("Old")

    def cut(self) -> None:
        """The connection breaks after some bytes."""
        proxy = CuttingProxy(self.server.ports[self.protocol], self.chance.randrange(1, 12_000))
        with contextlib.suppress(Trouble):
            sync(self.syncing, self.server.account(self.user, self.protocol, proxy.port))
        proxy.close()

    def kill(self) -> None:
        """The process is killed somewhere."""
        child = os.fork()
        if child == 0:
            with contextlib.suppress(BaseException):
                sync(syncer(open_engine(self.url), self.user), self.account)
            os._exit(0)
        time.sleep(self.chance.random() * 0.3)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

    def restart(self) -> None:
        """The server goes and comes again."""
        self.server.stop()
        with contextlib.suppress(Trouble):
            sync(self.syncing, self.account)
        self.server.start()

    def race(self) -> None:
        """Mail comes and goes while a sync runs."""
        child = os.fork()
        if child == 0:
            with contextlib.suppress(BaseException):
                self.expunge()
            os._exit(0)
        with contextlib.suppress(Trouble):
            sync(self.syncing, self.account)
        os.waitpid(child, 0)

    def quiet(self) -> None:
        """A sync in peace."""
        sync(self.syncing, self.account)

    def check(self) -> None:
        """What the server has is stored, each once, and the counts agree."""
        self.quiet()
        with self.engine.connect() as connection:
            stored = list(
                connection.scalars(text("SELECT m.message_id FROM copies c JOIN mails m ON m.id = c.mail_id"))
            )
            placed = dict(
                connection.execute(
                    text(
                        "SELECT f.name, count(*) FROM mail_places p JOIN mail_folders f ON f.id = p.folder_id "
                        "WHERE p.outcome IN ('stored', 'already_there') GROUP BY f.name"
                    )
                ).all()
            )
        assert len(stored) == len(set(stored)), "a mail is stored twice"
        known = {each.strip("<>") for each in stored}
        for name, ids in self.on_server().items():
            assert ids <= known, f"{len(ids - known)} mails of a folder are not stored"
            assert placed.get(name, 0) == len(ids), f"{name}: {placed.get(name, 0)} places of {len(ids)}"

    def on_server(self) -> dict[str, set[str]]:
        """Message-IDs by folder, as another program sees them."""
        found: dict[str, set[str]] = {}
        with self.server.client(self.user) as client:
            names = (
                ["INBOX"]
                if self.protocol == "POP3"
                else [
                    line.decode().rpartition('" ')[2].strip('"') for line in client.list()[1] if isinstance(line, bytes)
                ]
            )
            for name in names:
                client.select(f'"{name}"', readonly=True)
                _, data = client.uid("FETCH", "1:*", "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
                parts = [part[1].decode() for part in data or [] if isinstance(part, tuple)]
                found[name] = {part.partition("<")[2].partition(">")[0] for part in parts}
        return found


def rounds(
    server: Dovecot, url: str, seed: int, seconds: float, most: int = 10**9, protocol: str = "IMAP"
) -> Counter[str]:
    """Rounds until the time or the number is over, a check after every fourth; what happened how often."""
    chaos, ends, found = Chaos(server, url, seed, protocol), time.monotonic() + seconds, Counter[str]()
    while time.monotonic() < ends and found.total() < most:
        found[chaos.step()] += 1
        if found.total() % 4 == 0:
            chaos.check()
    chaos.check()
    chaos.engine.dispose()
    return found


def main() -> None:
    """Run, and say how many rounds that were."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--protocol", choices=("IMAP", "POP3"), default="IMAP")
    parser.add_argument("--url", default="", help="a database that may be filled; else a fresh SQLite file")
    given = parser.parse_args()
    with running_dovecot() as server, tempfile.TemporaryDirectory() as folder:
        url = given.url or f"sqlite:///{Path(folder) / 'chaos.sqlite3'}"
        found = rounds(server, url, given.seed, given.seconds, given.rounds, given.protocol)
        told = ", ".join(f"{name} {count}" for name, count in sorted(found.items()))
        print(f"{found.total()} rounds ({told}): nothing lost, nothing doubled")


if __name__ == "__main__":
    main()
