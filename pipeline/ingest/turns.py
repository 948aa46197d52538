"""A mailbox's turn: lease, connection, all folders, and when to come again; with ``watch`` it stays for live mail."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from pipeline import errors
from pipeline.accounts.account import Account
from pipeline.accounts.credentials import Vault
from pipeline.accounts.troubles import Trouble
from pipeline.ingest.connecting import connect, stored_sign_in
from pipeline.ingest.filing import Filing
from pipeline.ingest.gate import GatedScorer
from pipeline.ingest.reading import read_folder
from pipeline.ingest.sources import Source
from pipeline.ingest.syncing import Notify, Syncer, is_unchanged, sync_folder, update_folders
from pipeline.settings import Settings
from pipeline.store.engine import transact
from pipeline.store.organisation.notices import notify as notify_users
from pipeline.store.sync import accounts
from pipeline.store.sync.catching_up import forget_due
from pipeline.store.sync.folders import Folder, list_folders
from pipeline.store.sync.mailboxes import get_mailbox, readers_of

EVERY = timedelta(minutes=5)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
IDLE_S = 60.0
HEARTBEAT_S = 15.0
_log = logging.getLogger(__name__)


class Turns:
    """Gives mailboxes their turns in the name of one worker; safe to use from many threads."""

    def __init__(
        self, factory: sessionmaker[Session], vault: Vault, settings: Settings, owner: str, now: Callable[[], datetime]
    ) -> None:
        self._factory, self._vault, self._settings, self._owner, self._now = factory, vault, settings, owner, now

    def take(
        self, mailbox_id: str, notify: Notify = lambda _: None, stay: Callable[[], bool] = lambda: False
    ) -> str | None:
        """Sync a mailbox once, and as long as ``stay`` says so wait for news; the trouble's code where it failed.

        Raises: errors.Conflict where another worker has the mailbox.
        """
        lease = transact(self._factory, lambda s: accounts.take_lease(s, mailbox_id, self._owner, self._now()))
        if not lease:
            raise errors.Conflict("Another worker syncs this mailbox right now.")
        trouble: Trouble | None = None
        try:
            with self._at_work(mailbox_id):
                self._sync(mailbox_id, notify, stay)
        except Trouble as error:
            _log.warning("mailbox %s: %s", mailbox_id, error.code)
            trouble = error
        except BaseException:
            self._drop(mailbox_id)
            raise
        self._release(mailbox_id, trouble, stay())
        return trouble.code if trouble else None

    @contextmanager
    def _at_work(self, mailbox_id: str) -> Iterator[None]:
        """Prolong the lease while the block runs, however long a server takes to answer."""
        done = threading.Event()

        def beat() -> None:
            while not done.wait(HEARTBEAT_S):
                with suppress(Exception):  # a database that is busy is asked again at the next beat
                    transact(self._factory, lambda s: accounts.prolong_lease(s, mailbox_id, self._owner, self._now()))

        heart = threading.Thread(target=beat, daemon=True)
        heart.start()
        try:
            yield
        finally:
            done.set()
            heart.join()

    def _sync(self, mailbox_id: str, notify: Notify, stay: Callable[[], bool]) -> None:
        account, sign_in = stored_sign_in(self._factory, self._vault, self._settings, mailbox_id, self._now)
        syncer = transact(self._factory, lambda session: self._syncer(session, mailbox_id, account))
        source = connect(account, sign_in)
        try:
            self._all(syncer, source, notify)
            began = self._now()
            while stay() and account.protocol != "pop3" and self._now() - began < EVERY:
                self._follow(syncer, source)
        except BaseException:
            source.abandon()
            raise
        source.close()

    def _all(self, syncer: Syncer, source: Source, notify: Notify) -> None:
        remote = source.folders()
        wanted = update_folders(syncer, remote)
        again = transact(self._factory, lambda session: forget_due(session, syncer.filing.mailbox.id))
        statuses = {each.name: each.status for each in remote}
        for folder in wanted:
            if folder.id in again:
                sync_folder(syncer, source, folder, "thorough", notify)
            elif not is_unchanged(folder, statuses.get(folder.name), self._now()):
                sync_folder(syncer, source, folder, "usual", notify)
            read_folder(syncer, folder, notify)

    def _follow(self, syncer: Syncer, source: Source) -> None:
        """Bring in what the inbox has, then wait for news of it; after a quiet minute look at the other folders.

        In this order nothing falls between: what comes after the sync opened the inbox is news to the wait.
        """
        wanted = self._wanted(syncer)
        inbox = next((folder for folder in wanted if folder.role == "inbox"), None)
        if inbox is None:
            return
        _bring(syncer, source, inbox)
        if source.wait(IDLE_S):
            return
        statuses = source.statuses()
        for folder in wanted:
            if folder.name in statuses and not is_unchanged(folder, statuses[folder.name], self._now()):
                _bring(syncer, source, folder)

    def _wanted(self, syncer: Syncer) -> list[Folder]:
        known = transact(self._factory, lambda session: list_folders(session, syncer.filing.mailbox.id))
        return [folder for folder in known if folder.wanted]

    def _syncer(self, session: Session, mailbox_id: str, account: Account) -> Syncer:
        mailbox = get_mailbox(session, mailbox_id)
        scorer = GatedScorer(self._factory, mailbox.organisation_id, mailbox.addresses, self._settings.max_mail_bytes)
        return Syncer(
            self._factory, Filing(mailbox, deal_choice=self._settings.deal_choice), self._owner, scorer.dossiers,
            scorer.document, self._now, date.fromisoformat(account.since) if account.since else None,
            account.leave_on_server, self._settings.max_mail_bytes,
        )  # fmt: skip

    def _drop(self, mailbox_id: str) -> None:
        """Give the lease back after something that is not the server's fault, such as a worker that is stopped."""
        at = self._now() + FIRST_PAUSE
        transact(self._factory, lambda session: accounts.drop_lease(session, mailbox_id, self._owner, at))

    def _release(self, mailbox_id: str, trouble: Trouble | None, stays: bool) -> None:
        def work(session: Session) -> None:
            now = self._now()
            try:
                account = accounts.get_account(session, mailbox_id)
                attempts, settings = account.attempts, account.settings
            except errors.NotFound:  # removed meanwhile
                return
            is_live = stays and settings.get("protocol") != "pop3"
            at = now + (_wait(trouble, attempts) if trouble else timedelta(0) if is_live else EVERY)
            code, final = (trouble.code, trouble.is_final) if trouble else (None, False)
            accounts.release(session, mailbox_id, self._owner, now, at, code, final)
            if final:
                mailbox = get_mailbox(session, mailbox_id)
                told = {"mailbox_id": mailbox_id, "problem": code}
                readers = readers_of(session, mailbox_id)
                notify_users(session, mailbox.organisation_id, readers, "mailbox.failed", told, now)

        transact(self._factory, work)


def _bring(syncer: Syncer, source: Source, folder: Folder) -> None:
    sync_folder(syncer, source, folder, "quick")
    read_folder(syncer, folder)


def _wait(trouble: Trouble, attempts: int) -> timedelta:
    return max(pause(attempts), timedelta(seconds=trouble.wait_s))


def pause(attempts: int) -> timedelta:
    """How long to wait after so many failures in a row: twice as long each time, with jitter so that workers part."""
    doubled: timedelta = min(FIRST_PAUSE * int(2 ** min(attempts, 10)), LONGEST_PAUSE)
    return doubled * random.uniform(0.5, 1.0)  # noqa: S311
