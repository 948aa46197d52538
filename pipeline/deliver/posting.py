"""Carries out the outgoing queue: hand a mail to its server, store it as sent from the CRM, save it to the Sent folder.

Each step is written down before the next begins, so a process that is killed anywhere sends nothing twice
(``core.sending``): what was not handed over goes out later, what was is stored, and what nobody knows is shown.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session, sessionmaker

from pipeline import errors
from pipeline.accounts.account import Account
from pipeline.accounts.services import service_named
from pipeline.accounts.sign_in import SignIn
from pipeline.accounts.troubles import Trouble
from pipeline.core.link import Choice
from pipeline.deliver.graph_mail import GraphMail
from pipeline.deliver.smtp import SmtpConnection, Unknown
from pipeline.ingest.connecting import connect
from pipeline.ingest.filing import Filing, file_mail
from pipeline.ingest.imap import ImapSource
from pipeline.records import Dossier, RawMail
from pipeline.store.engine import transact
from pipeline.store.mail import outgoing
from pipeline.store.mail.outgoing import Outgoing
from pipeline.store.sync.folders import list_folders
from pipeline.store.sync.mailboxes import Mailbox, get_mailbox

SENT = "Sent"
"""The folder that is made where a server has none for sent mail."""
AT_ONCE = 8
_log = logging.getLogger(__name__)
Result = TypeVar("Result")


class Reader(Protocol):
    """What reads a mail before it is stored (``pipeline.scoring.Scorer``)."""

    def dossiers(self, mails: Sequence[RawMail]) -> list[Dossier]:
        """What was found in each mail."""

    def document(self, dossier: Dossier) -> dict[str, object]:
        """The insight document."""


@dataclass(frozen=True, slots=True)
class Postman:
    """Sends what is due, in the name of one worker; several may be at it at once.

    ``reach`` tells how a mailbox is reached and what it signs in with; ``reader`` reads mail of own addresses.
    """

    factory: sessionmaker[Session]
    owner: str
    reach: Callable[[str], tuple[Account, SignIn]]
    reader: Callable[[Sequence[str]], Reader]
    now: Callable[[], datetime]
    deal_choice: Choice = "ask"

    def work(self) -> int:
        """Send, store and save all that is due, several mailboxes at once; how many mails were tried."""
        count = 0
        while taken := self._run(lambda session: outgoing.take(session, self.owner, self.now())):
            by_mailbox: dict[str, list[Outgoing]] = {}
            for mail in taken:
                by_mailbox.setdefault(mail.mailbox_id, []).append(mail)
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(self._send_all, by_mailbox.values()))
            self._settle(self._take_sent())
            count += len(taken)
        self._settle(self._take_sent())
        return count

    def _take_sent(self) -> tuple[Outgoing, ...]:
        return self._run(lambda session: outgoing.take_sent(session, self.owner, self.now()))

    def _send_all(self, mails: Sequence[Outgoing]) -> None:
        for mail in mails:
            self._send(mail)

    def _send(self, mail: Outgoing) -> None:
        """One mail; whatever goes wrong with it, the others go on."""
        try:
            self._hand_over(mail)
        except Trouble as trouble:
            _log.warning("outgoing %s: %s", mail.id, trouble.code)
            self._refused(mail, trouble.code, trouble.is_final)
        except Unknown:
            _log.warning("outgoing %s: the last answer was not heard", mail.id)
            self._run(lambda session: outgoing.settle_unknown(session, mail.id, self.now()))
        except (errors.Conflict, errors.NotFound):
            _log.warning("outgoing %s: taken by another worker, or removed", mail.id)
        except Exception as error:
            _log.error("outgoing %s: %s", mail.id, type(error).__name__)
            self._run(lambda session: outgoing.settle_unknown(session, mail.id, self.now()))
            self._refused(mail, "not_understood", False)

    def _refused(self, mail: Outgoing, code: str, is_final: bool) -> None:
        self._run(lambda s: outgoing.settle_refused(s, mail.id, self.owner, code, is_final, self.now()))

    def _hand_over(self, mail: Outgoing) -> None:
        """Transmit, note that the last line comes, send it, note that it was taken.

        Raises: Trouble where the server took nothing; Unknown; errors.Conflict where another worker has the mail;
        errors.NotFound where it was removed.
        """
        content = self._run(lambda session: outgoing.content_of(session, mail.id))
        connection = self._connect(mail.mailbox_id)
        try:
            refused = connection.offer(mail.sender, mail.recipients, content)
            self._run(lambda session: outgoing.hand_over(session, mail.id, self.owner, self.now()))
            connection.finish()
            self._run(lambda session: outgoing.settle_sent(session, mail.id, refused, self.now()))
        except BaseException:
            connection.abandon()
            raise
        connection.close()

    def _connect(self, mailbox_id: str) -> SmtpConnection | GraphMail:
        try:
            account, sign_in = self.reach(mailbox_id)
        except errors.NotFound:
            raise Trouble("no_smtp") from None
        if account.protocol == "graph" and account.api_url:
            return GraphMail(account.api_url, sign_in)
        if account.smtp is None:
            raise Trouble("no_smtp")
        service = service_named(account.service)
        return SmtpConnection(account.smtp, account.username, sign_in, service is not None and service.app_password)

    def _settle(self, sent: Sequence[Outgoing]) -> None:
        """Store and save what was sent; a mail on which that fails is tried again, and the others go on."""
        for mail in sent:
            try:
                self._store(mail)
                problem = self._save(mail) if mail.saved == "due" else None
            except errors.NotFound:  # removed meanwhile
                continue
            except Exception as error:
                _log.error("outgoing %s: not stored yet: %s", mail.id, type(error).__name__)
                self._run(partial(outgoing.postpone, outgoing_id=mail.id, now=self.now()))
                continue
            self._run(partial(outgoing.settle_saved, outgoing_id=mail.id, problem=problem, now=self.now()))

    def _store(self, mail: Outgoing) -> None:
        """File the mail as sent from the CRM; a repeat changes nothing."""
        if mail.mail_id is not None:
            return
        mailbox: Mailbox = self._run(lambda session: get_mailbox(session, mail.mailbox_id))
        content = self._run(lambda session: outgoing.content_of(session, mail.id))
        reader = self.reader(mailbox.addresses)
        (dossier,) = reader.dossiers([RawMail(f"sent/{mail.id}", content)])
        document = reader.document(dossier)
        filing = Filing(mailbox, live=True, deal_choice=self.deal_choice)

        def work(session: Session) -> None:
            file_mail(session, filing, dossier, document, self.now(), sent_by=mail.user_id)
            outgoing.settle_stored(session, mail)

        self._run(work)

    def _save(self, mail: Outgoing) -> str | None:
        """Append the mail to the server's Sent folder; the trouble's code where that failed."""
        content = self._run(lambda session: outgoing.content_of(session, mail.id))
        known = self._run(lambda session: list_folders(session, mail.mailbox_id))
        folder = next((each.name for each in known if each.role == "sent"), SENT)
        try:
            source = connect(*self.reach(mail.mailbox_id))
            try:
                if isinstance(source, ImapSource):
                    source.keep(folder, mail.message_id, content)
            finally:
                source.close()
        except Trouble as trouble:
            _log.warning("outgoing %s: not saved: %s", mail.id, trouble.code)
            return trouble.code
        return None

    def _run(self, work: Callable[[Session], Result]) -> Result:
        return transact(self.factory, work)
