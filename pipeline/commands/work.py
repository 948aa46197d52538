"""``mail-insight work``: what is to be done from time to time: rules on unanswered mail, deliveries, retention."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import partial

import typer
from sqlalchemy.orm import Session, sessionmaker

from pipeline.commands.import_mail import open_store
from pipeline.commands.settings import load
from pipeline.deliver.sending import send_due
from pipeline.deliver.signing import house_key
from pipeline.store.engine import transact
from pipeline.store.mail.erasure import apply_retention
from pipeline.store.organisation import people
from pipeline.store.review.proposals import expire_suggestions
from pipeline.store.rules import workflow

PAUSE_S = 60


def run(*, once: bool) -> None:
    """Do all that is due, once or every minute until stopped."""
    settings = load()
    factory, key = open_store(settings), house_key(settings.home)
    while True:
        ran = do_due(factory, datetime.now(UTC))
        sent = send_due(factory, key, lambda: datetime.now(UTC))
        typer.echo(f"{ran} rules ran, {sent} deliveries tried.", err=True)
        if once:
            return
        time.sleep(PAUSE_S)


def do_due(factory: sessionmaker[Session], now: datetime) -> int:
    """Do what time alone makes due in each organisation, and tell how many rules ran."""

    def work(session: Session, organisation_id: str) -> int:
        expire_suggestions(session, organisation_id, now)
        apply_retention(session, organisation_id, now)
        return workflow.run_timed(session, organisation_id, now)

    organisations = transact(factory, people.list_organisations)
    return sum(transact(factory, partial(work, organisation_id=one)) for one in organisations)
