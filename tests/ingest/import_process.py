"""An import as a process of its own, and a way to start many of them quickly: the tests kill it.

``python import_process.py`` reads lines of JSON ``[database URL, path, seconds until it is killed or null]``; each
starts an import in a child process. When that is gone it answers ``[wait status, seconds]``.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from pipeline.document import document
from pipeline.ingest.filing import Filing
from pipeline.ingest.importing import Importer, import_files
from pipeline.parse.message import parse
from pipeline.parse.threads import thread_id
from pipeline.records import Activity, Contact, ContactField, Dossier, Evidence, RawMail
from pipeline.store.engine import open_engine, sessions
from pipeline.store.organisation import people
from pipeline.store.sync import mailboxes
from pipeline.store.sync.mailboxes import Mailbox

NOW = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
OWN = "ben@south.example"


def score(mails: Sequence[RawMail]) -> list[Dossier]:
    """A light way to read mails: parsed, the sender as a contact, and a task in each."""
    return [_dossier(mail) for mail in mails]


def _dossier(mail: RawMail) -> Dossier:
    if not mail.raw:
        return Dossier(mail, failures=(mail.failure,) if mail.failure else ())
    message = parse(mail.raw)
    name = (message.from_ and message.from_.name) or "Kita"
    values = {"full_name": name, "company": f"{name} Ltd"}
    fields = tuple(ContactField(key, value, 0.9, None, None, "test") for key, value in values.items())  # type: ignore[arg-type]
    first = Evidence(0, min(5, len(message.text)), message.text[:5])
    task = Activity("task", "open", message.subject, 0.8, (first,))
    return Dossier(
        mail, message=message, thread_id=thread_id(message), language="und", direction="in",
        contacts=(Contact("sender", fields),), activities=(task,),
    )  # fmt: skip


def mailbox(engine: Engine) -> Mailbox:
    """The mailbox of the only organisation, made where it is missing."""
    with sessions(engine).begin() as session:
        known = people.find_organisation(session, "South")
        organisation_id = known or people.create_organisation(session, "South", NOW)
        found = mailboxes.find_mailbox(session, organisation_id, "Inbox")
        return found or mailboxes.create_mailbox(session, organisation_id, "Inbox", [OWN], NOW)


def importer(engine: Engine, box: Mailbox) -> Importer:
    """An importer with small batches, so that there are many places to be killed at."""
    return Importer(
        sessions(engine), Filing(box), score, lambda dossier: document(dossier, {"pipeline": "test"}), lambda: NOW,
        max_mail_bytes=20_000, batch_mails=2,
    )  # fmt: skip


def run(url: str, paths: Sequence[str]) -> None:
    """Import the paths."""
    engine = open_engine(url)
    import_files([Path(path) for path in paths], importer(engine, mailbox(engine)))
    engine.dispose()


def main() -> None:
    """Fork a child for each line of standard input, and kill it when its time is over."""
    for line in sys.stdin:
        url, path, kill_after_s = json.loads(line)
        began = time.monotonic()
        pid = os.fork()
        if pid == 0:
            run(url, [path])
            os._exit(0)
        status = wait(pid, kill_after_s)
        sys.stdout.write(f"{json.dumps([status, time.monotonic() - began])}\n")
        sys.stdout.flush()


def wait(pid: int, kill_after_s: float | None) -> int:
    """Wait for a child, at most so long, and return its wait status."""
    ended, _, _ = select.select([os.pidfd_open(pid)], [], [], kill_after_s)
    if not ended:
        os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


if __name__ == "__main__":
    main()
