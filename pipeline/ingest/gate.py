"""Reading the mail of a mailbox with what people said of the noise gate: whose mail is a person's after all."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session, sessionmaker

from pipeline.records import Dossier, MachineKind, RawMail
from pipeline.scoring import Scorer
from pipeline.store.engine import transact
from pipeline.store.review.person_mails import known_people

DOUBTFUL: tuple[MachineKind, ...] = ("newsletter", "notification")
"""What a person's mail is mistaken for time and again; an absence note of the same person still is one."""


class GatedScorer:
    """Reads mail as ``Scorer`` does, but that of senders who are known to be people as a person's.

    The database is asked only where a batch holds mail that may be mistaken.
    """

    def __init__(
        self, factory: sessionmaker[Session], organisation_id: str, addresses: Collection[str], max_mail_bytes: int
    ) -> None:
        self._factory, self._organisation_id = factory, organisation_id
        self._scorer = Scorer(addresses, max_mail_bytes)
        self._ungated = Scorer(addresses, max_mail_bytes, gate=False)
        self.document = self._scorer.document

    def dossiers(self, mails: Sequence[RawMail]) -> list[Dossier]:
        """What was found in each mail, in order."""
        found = self._scorer.dossiers(mails)
        senders = {place: sender for place, one in enumerate(found) if (sender := _mistaken(one))}
        people = self._known(frozenset(senders.values()))
        again = [place for place, sender in senders.items() if sender in people]
        for place, dossier in zip(again, self.of_people([mails[place] for place in again]), strict=True):
            found[place] = dossier
        return found

    def of_people(self, mails: Sequence[RawMail]) -> list[Dossier]:
        """The same of mail that a person wrote, whatever it looks like."""
        return self._ungated.dossiers(mails) if mails else []

    def _known(self, senders: frozenset[str]) -> frozenset[str]:
        if not senders:
            return frozenset()
        return transact(self._factory, lambda session: known_people(session, self._organisation_id, senders))


def _mistaken(dossier: Dossier) -> str | None:
    """The sender, where the mail may be mistaken for a machine's."""
    if dossier.noise is None or dossier.noise.kind not in DOUBTFUL or dossier.message is None:
        return None
    return dossier.message.from_.address if dossier.message.from_ else None
