"""Stored mail read again by the version in force: compared with what is stored, and only if asked for put in its place.

It may be stopped anywhere: mail that has been replaced is read by the version in force and is not taken again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from pipeline.batch.comparing import Comparison
from pipeline.ingest.files import checked
from pipeline.ingest.filing import Filing, refile_mail
from pipeline.ingest.gate import GatedScorer
from pipeline.records import Dossier
from pipeline.store.engine import transact
from pipeline.store.mail.rescoring import StoredMail, stored_mails, withdraw
from pipeline.store.review.person_mails import is_person_mail
from pipeline.store.sync.mailboxes import Mailbox

BATCH_MAILS = 32


@dataclass(frozen=True, slots=True)
class Reading:
    """A mailbox's copy of a mail, read by the version in force."""

    mailbox: Mailbox
    dossier: Dossier


class Rescorer:
    """Reads stored mail again. ``now`` is asked for each transaction."""

    def __init__(self, factory: sessionmaker[Session], max_mail_bytes: int, now: Callable[[], datetime]) -> None:
        self._factory, self._max_mail_bytes, self._now = factory, max_mail_bytes, now
        self._scorers: dict[tuple[str, tuple[str, ...]], GatedScorer] = {}

    def run(self, mail_ids: Sequence[str], *, apply: bool, notify: Callable[[int], None]) -> Comparison:
        """Compare all the mails, and with ``apply`` store what was found. ``notify`` hears how many are done."""
        comparison = Comparison()
        for at in range(0, len(mail_ids), BATCH_MAILS):
            ids = mail_ids[at : at + BATCH_MAILS]
            for mail in transact(self._factory, lambda session, ids=ids: stored_mails(session, ids)):  # type: ignore[misc]
                readings = list(self._read(mail))
                first = readings[0]
                new = self._scorer(first.mailbox).document(first.dossier)
                comparison.add(mail.id, mail.document, new)
                if apply:
                    self._replace(mail, readings)
            notify(at + len(ids))
        return comparison

    def read_again(self, mail_id: str) -> None:
        """Put in place what is found in a mail after somebody said, or took back, that a person wrote it."""
        for mail in transact(self._factory, lambda session: stored_mails(session, [mail_id])):
            self._replace(mail, list(self._read(mail)), anew=True)

    def _read(self, mail: StoredMail) -> Iterator[Reading]:
        organisation_id = mail.copies[0][0].organisation_id
        of_people = transact(self._factory, lambda session: is_person_mail(session, organisation_id, mail.id))
        for mailbox, source, raw in mail.copies:
            scorer = self._scorer(mailbox)
            read = scorer.of_people if of_people else scorer.dossiers
            yield Reading(mailbox, read([checked(source, raw, self._max_mail_bytes)])[0])

    def _replace(self, mail: StoredMail, readings: Sequence[Reading], *, anew: bool = False) -> None:
        def work(session: Session) -> None:
            now, proposed = self._now(), set[str]()
            for reading in readings:
                document = self._scorer(reading.mailbox).document(reading.dossier)
                filing = Filing(reading.mailbox)
                proposed.update(refile_mail(session, filing, mail.id, reading.dossier, document, now, anew=anew))
            withdraw(session, readings[0].mailbox.organisation_id, mail.id, proposed)

        transact(self._factory, work)

    def _scorer(self, mailbox: Mailbox) -> GatedScorer:
        key = mailbox.organisation_id, mailbox.addresses
        if key not in self._scorers:
            self._scorers[key] = GatedScorer(self._factory, *key, self._max_mail_bytes)
        return self._scorers[key]
