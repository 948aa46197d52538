"""The sync engine against a model server that does random things, lies, and loses the connection."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ingest import protocol, sync
from pipeline.ingest.imap_lines import status_of
from pipeline.ingest.protocol import Changed, Cursor, Item, Known, Listed, Opened, Rules, Stored
from pipeline.ingest.sources import Status
from pipeline.ingest.sync import FolderSync, State


class Cut(Exception):
    """The connection or the process ended."""


@dataclass
class Server:
    """A folder on a server: UID to content and flags, with MODSEQ where it is ``modern``; it may lie."""

    modern: bool = True
    qresync: bool = True
    uidvalidity: int = 7
    uidnext: int = 1
    modseq: int = 1
    mails: dict[int, tuple[str, frozenset[str], int]] = field(default_factory=dict)
    expunged: list[tuple[int, int]] = field(default_factory=list)
    lies: bool = False

    def deliver(self, content: str) -> None:
        self.modseq += 1
        self.mails[self.uidnext] = (content, frozenset(), self.modseq)
        self.uidnext += 1

    def flag(self, uid: int, *flags: str) -> None:
        self.modseq += 1
        self.mails[uid] = (self.mails[uid][0], frozenset(flags), self.modseq)

    def expunge(self, uid: int) -> None:
        self.modseq += 1
        del self.mails[uid]
        self.expunged.append((uid, self.modseq))

    def renumber(self) -> None:
        self.uidvalidity += 1
        contents = [mail[0] for mail in self.mails.values()]
        self.mails, self.expunged, self.uidnext = {}, [], 1
        for content in contents:
            self.deliver(content)

    def changed(self, since: int, vanished: bool) -> Changed:
        flags = {str(uid): mail[1] for uid, mail in self.mails.items() if mail[2] > since}
        if self.lies:
            flags = dict(list(flags.items())[1:])
        gone = frozenset(str(uid) for uid, at in self.expunged if at > since) if vanished else frozenset()
        return Changed(flags, gone)

    def open(self, cursor: Cursor) -> Opened:
        told = None
        if self.modern and self.qresync and cursor.modseq and cursor.uidvalidity == self.uidvalidity:
            told = self.changed(cursor.modseq, True)
        return Opened(self.uidvalidity, len(self.mails), self.modseq if self.modern else 0, told)

    def list(self, command: protocol.ListItems) -> Listed:
        uids = sorted(self.mails)
        if command.ids is not None:
            uids = [uid for uid in uids if str(uid) in command.ids]
        if command.after is not None:
            uids = [uid for uid in uids if uid > command.after] or uids[-1:]  # the N:* quirk
        return Listed(tuple(Item(str(uid), self.mails[uid][1], date(2026, 3, 1), 10) for uid in uids))


@dataclass
class Client:
    """What survives a kill: the cursor, what is known, and the stored contents; and a count of what was asked."""

    cursor: Cursor = field(default_factory=Cursor)
    known: dict[str, Known] = field(default_factory=dict)
    stored: set[str] = field(default_factory=set)
    asked: Counter[str] = field(default_factory=Counter)
    missing: int = 0

    def sync(self, server: Server, look: sync.Look = "usual", steps: int = 10_000, between=lambda: None) -> FolderSync:
        engine = FolderSync(self.cursor, dict(self.known), Rules(), look)
        queue = engine.start()
        while queue:
            command = queue.pop(0)
            self.asked[type(command).__name__] += 1
            for event in self.perform(server, command, between):
                steps -= 1
                if steps < 0:
                    raise Cut
                queue += engine.receive(event)
        return engine

    def perform(self, server, command, between):
        match command:
            case protocol.Open():
                yield server.open(command.cursor)
            case protocol.ListChanges():
                yield server.changed(command.since, False)
            case protocol.ListItems():
                yield server.list(command)
            case protocol.Fetch():
                between()
                for uid in command.ids:
                    if int(uid) in server.mails:
                        content, flags, _ = server.mails[int(uid)]
                        self.stored.add(content)
                        self.known[uid] = Known(flags)
                        yield Stored((uid,))
                yield protocol.FetchEnded(command.ids)
            case protocol.Restart():
                self.known, self.cursor = {}, command.cursor
            case protocol.Forget():
                for uid in command.ids:
                    del self.known[uid]
            case protocol.Mark():
                self.known |= {uid: Known(flags) for uid, flags in command.flags.items()}
            case protocol.Refuse():
                self.known |= {uid: Known(stored=False) for uid in command.ids}
            case protocol.Finish():
                self.cursor, self.missing = command.cursor, command.missing


def agree(client: Client, server: Server) -> None:
    assert {int(uid): known.flags for uid, known in client.known.items()} == {
        uid: mail[1] for uid, mail in server.mails.items()
    }
    assert {mail[0] for mail in server.mails.values()} <= client.stored


ACTIONS = st.sampled_from(
    ["deliver", "deliver", "deliver", "flag", "expunge", "renumber", "sync", "quick", "cut", "race"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(ACTIONS, max_size=30), st.booleans(), st.booleans(), st.booleans(), st.integers(0, 2**32))
def test_after_a_quiet_sync_every_mail_is_stored_once(actions, modern, qresync, lies, seed):
    chance, server, client = random.Random(seed), Server(modern, qresync, lies=lies), Client()
    for number, action in enumerate(actions):
        uid = chance.choice(sorted(server.mails) or [0])
        if action == "deliver":
            server.deliver(f"mail {number}")
        elif action == "flag" and uid:
            server.flag(uid, chance.choice(["\\Seen", "\\Flagged"]))
        elif action == "expunge" and uid:
            server.expunge(uid)
        elif action == "renumber":
            server.renumber()
        elif action in ("sync", "quick"):
            client.sync(server, "quick" if action == "quick" else "usual")
        elif action == "cut":
            with contextlib.suppress(Cut):
                client.sync(server, steps=chance.randrange(6))
        elif action == "race":
            client.sync(server, between=lambda: server.mails and server.expunge(max(server.mails)))
    client.sync(server, "thorough")  # a server that changed its UIDVALIDITY too often has one more chance
    client.sync(server, "thorough")
    agree(client, server)
    client.sync(server)
    agree(client, server)


@pytest.mark.parametrize(("modern", "qresync"), [(True, True), (True, False)])
def test_an_unchanged_folder_costs_one_question(modern, qresync):
    server, client = Server(modern, qresync), Client()
    for n in range(500):
        server.deliver(f"mail {n}")
    client.sync(server)
    assert client.asked["Fetch"] == 3
    client.asked.clear()
    client.sync(server)
    assert client.asked == {"Open": 1, "Finish": 1}


def test_a_quick_look_at_a_plain_server_ignores_the_last_mail_that_a_range_gives():
    server, client = Server(modern=False), Client()
    server.deliver("one")
    client.sync(server)
    client.asked.clear()
    client.sync(server, "quick")
    assert client.asked == {"Open": 1, "ListItems": 1, "Finish": 1}
    server.deliver("two")
    client.sync(server, "quick")
    assert client.stored == {"one", "two"}


def test_a_server_that_keeps_changing_uidvalidity_is_left_alone_until_it_stops():
    server, client = Server(), Client()
    server.deliver("one")
    states = []
    for _ in range(6):
        states.append(client.sync(server).state)
        server.uidvalidity += 1
    assert states == [State.DONE] * 4 + [State.STOPPED] * 2
    fetched = client.asked["Fetch"]
    assert client.sync(server).state is State.STOPPED
    assert client.asked["Fetch"] == fetched
    assert client.sync(server).state is State.DONE
    agree(client, server)


def test_a_mail_that_is_listed_and_never_delivered_counts_as_missing_and_holds_the_cursor():
    server, client = Server(), Client()
    server.deliver("one")
    server.deliver("two")
    kept = server.mails[2]
    hidden = lambda: server.mails.pop(2, None)  # noqa: E731
    listing = server.list
    server.list = lambda command: (server.mails.__setitem__(2, kept), listing(command))[1]
    client.sync(server, between=hidden)
    assert (client.missing, client.cursor.modseq, set(client.known)) == (1, 0, {"1"})
    client.sync(server)
    assert (client.missing, set(client.known)) == (0, {"1", "2"})
    assert client.cursor.modseq == server.modseq


def test_old_and_large_mail_is_refused_with_a_reason_and_not_fetched():
    engine = FolderSync(Cursor(), {}, Rules(date(2026, 1, 1), 100))
    engine.start()
    engine.receive(Opened(1, 3))
    items = (
        Item("1", received=date(2025, 12, 31)),
        Item("2", received=date(2026, 1, 1), size_bytes=101),
        Item("3", received=date(2026, 1, 1), size_bytes=100),
    )
    commands = engine.receive(Listed(items))
    assert commands == [
        protocol.Refuse(("1",), "skipped", "before_since"),
        protocol.Refuse(("2",), "failed", "too_large"),
        protocol.Fetch(("3",)),
    ]


def test_mail_is_deleted_on_the_server_only_once_stored():
    engine = FolderSync(Cursor(1), {"old": Known(), "bad": Known(stored=False)}, Rules(delete=True))
    engine.start()
    engine.receive(Opened(1, 3))
    engine.receive(Listed((Item("old"), Item("bad"), Item("new"), Item("lost"))))
    engine.receive(Stored(("new",)))
    engine.receive(protocol.FetchEnded(("new", "lost")))
    assert engine.receive(Listed(()))[0] == protocol.Delete(("new", "old"))


def test_a_folder_that_vanishes_ends_the_sync_and_events_out_of_turn_are_the_drivers_fault():
    engine = FolderSync(Cursor(), {})
    engine.start()
    with pytest.raises(sync.ProtocolError):
        engine.receive(Listed(()))
    assert engine.receive(protocol.Vanished()) == []
    assert engine.state is State.GONE


def test_what_a_server_says_of_all_folders_is_read_with_names_of_any_kind():
    lines = [
        b"INBOX (MESSAGES 3 UIDVALIDITY 7 HIGHESTMODSEQ 12)",
        b'"A \\"b\\" (c)" (HIGHESTMODSEQ 1 MESSAGES 0 UIDVALIDITY 9)',
        (b"{3}", b"a)b"), b" (MESSAGES 1 UIDVALIDITY 2 HIGHESTMODSEQ 3)", b"Old (MESSAGES 4)", b"broken", b"()",
        b'"&U9ZfFVFI-" (MESSAGES 1 UIDVALIDITY 1 HIGHESTMODSEQ 1 SIZE 5)',
    ]  # fmt: skip
    assert status_of(lines) == {
        "INBOX": Status(3, 7, 12), 'A "b" (c)': Status(0, 9, 1), "a)b": Status(1, 2, 3), "取引先": Status(1, 1, 1),
    }  # fmt: skip
