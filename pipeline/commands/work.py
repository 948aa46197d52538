"""``mail-insight work``: what is to be done from time to time: rules on unanswered mail, deliveries, outgoing mail."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import partial

import typer
from sqlalchemy.orm import Session, sessionmaker

from pipeline.commands.database import open_store
from pipeline.commands.posting import postman
from pipeline.commands.settings import load
from pipeline.deliver.sending import send_due
from pipeline.deliver.signing import house_key
from pipeline.store.engine import transact
from pipeline.store.mail.erasure import apply_retention
from pipeline.store.mail.quota import note_users
from pipeline.store.organisation import people
from pipeline.store.review.proposals import expire_suggestions
from pipeline.store.rules import workflow

PAUSE_S = 60
POST_EVERY_S = 2


def run(*, once: bool) -> None:
    """Do all that is due, once or every minute until stopped; mail that goes out is looked for every two seconds."""
    settings = load()
    factory, key = open_store(settings), house_key(settings.home)
    post = postman(factory, settings)
    while True:
        ran = do_due(factory, datetime.now(UTC))
        sent = send_due(factory, key, lambda: datetime.now(UTC))
        posted = post.work()
        typer.echo(f"{ran} rules ran, {sent} deliveries tried, {posted} mails handed over.", err=True)
        if once:
            return
        for _ in range(PAUSE_S // POST_EVERY_S):
            time.sleep(POST_EVERY_S)
            post.work()


def do_due(factory: sessionmaker[Session], now: datetime) -> int:
    """Do what time alone makes due in each organisation, and tell how many rules ran."""

    def work(session: Session, organisation_id: str) -> int:
        expire_suggestions(session, organisation_id, now)
        apply_retention(session, organisation_id, now)
        note_users(session, organisation_id, now)
        return workflow.run_timed(session, organisation_id, now)

    organisations = transact(factory, people.list_organisations)
    return sum(transact(factory, partial(work, organisation_id=one)) for one in organisations)
