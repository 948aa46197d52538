"""How long live mail takes from delivery to its suggestion in the queue: ``python -m tests.bench.live_mail [MAILS]``.

A real Dovecot on loopback, IDLE, all models, a mail about every half second.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from pipeline.accounts.account import to_settings
from pipeline.accounts.credentials import open_vault
from pipeline.ingest.turns import Turns
from pipeline.settings import Settings
from pipeline.store.engine import migrate, open_engine, sessions
from pipeline.store.organisation import people
from pipeline.store.sync import accounts, mailboxes
from tests.mail_server import PASSWORD, running_dovecot

MAIL = """Message-ID: <live{n}@north.example>
Date: Tue, 10 Mar 2026 09:12:00 +0900
From: Ada North {n} <ada{n}@north{n}.example>
To: user1@south.example
Subject: Drawing {n}

Hello,

could you send me the drawing by Friday? Let us meet on 20 March at 3 pm.

Ada North
Buyer
North Pumps {n} Ltd
Tel +44 20 7946 0{n:03d}
"""


def main(count: int) -> None:
    """Measure one mailbox on an otherwise idle system."""
    with running_dovecot() as server, tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings(home=home, database_url=f"sqlite:///{home / 'live.sqlite3'}")
        engine, vault, user = open_engine(settings.url), open_vault(home), server.new_user()
        migrate(engine)
        factory, now = sessions(engine), datetime.now(UTC)
        with factory.begin() as session:
            organisation_id = people.create_organisation(session, "South", now)
            box = mailboxes.create_mailbox(session, organisation_id, user, [user], now, "imap")
            accounts.create_account(session, box.id, to_settings(server.account(user)), vault.seal(PASSWORD), now)
        stop = threading.Event()
        turns = Turns(factory, vault, settings, "bench", lambda: datetime.now(UTC))
        worker = threading.Thread(target=turns.take, args=(box.id,), kwargs={"stay": lambda: not stop.is_set()})
        worker.start()
        taken = []
        for n in range(count + 1):
            server.deliver(user, MAIL.format(n=n).encode())
            began = time.monotonic()
            with engine.connect() as connection:
                while (connection.scalar(_SEEN) or 0) <= n:
                    connection.rollback()
                    time.sleep(0.02)
            taken.append(time.monotonic() - began)
            time.sleep(0.5)
        stop.set()
        server.deliver(user, MAIL.format(n=count + 1).encode())
        worker.join()
        found = sorted(taken[1:])  # the first one loads the models
        p95 = found[int(len(found) * 0.95)]
        print(f"{count} mails: median {statistics.median(found):.2f} s, p95 {p95:.2f} s, worst {found[-1]:.2f} s")


_SEEN = text("SELECT count(DISTINCT mail_id) FROM suggestions")

if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
