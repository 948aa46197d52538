"""Stores mails as one of several processes: ``quota_process.py URL MAILBOX SEED``; the seed shuffles their order."""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime

from pipeline.document import document
from pipeline.records import Dossier, RawMail
from pipeline.store.engine import open_engine, sessions, transact
from pipeline.store.mail.storing import store_mail

MAILS = 24
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def body(n: int) -> bytes:
    return b"%d " % n * (50 + 7 * n)


def main(url: str, mailbox_id: str, seed: str) -> None:
    numbers = list(range(MAILS))
    random.Random(seed).shuffle(numbers)
    factory = sessions(open_engine(url))
    for pair in zip(numbers[::2], numbers[1::2], strict=True):
        transact(factory, lambda session, pair=pair: [store(session, mailbox_id, n) for n in pair], attempts=20)


def store(session, mailbox_id: str, n: int) -> None:
    raw = b"Received: by %s\r\nMessage-ID: <%d@x.example>\r\n\r\n%s\r\n" % (mailbox_id.encode(), n, body(n))
    dossier = Dossier(RawMail(f"{n}.eml", raw))
    store_mail(session, mailbox_id, dossier.mail, dossier, document(dossier, {"pipeline": "1"}), NOW)


if __name__ == "__main__":
    main(*sys.argv[1:])
