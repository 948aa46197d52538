"""Runs a mailbox's filters on a mail that arrives: marks, tasks, forwards; and tries filters on mail that is there."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.core.filters import Action, Filter, facts_of, fits
from pipeline.deliver.forwarding import FORWARDED, forward
from pipeline.parse.message import parse
from pipeline.records import Activity, Dossier, Suggestion
from pipeline.store.organisation.people import User, get_user
from pipeline.store.review.decisions import accept
from pipeline.store.review.proposals import save_suggestions
from pipeline.store.rows import digest
from pipeline.store.rules import mail_filters
from pipeline.store.rules.mail_filters import Mark, StoredFilter
from pipeline.store.sync.mailboxes import Mailbox, readers_of

TRIED_MAILS = 200
_log = logging.getLogger(__name__)


def run_filters(session: Session, mailbox: Mailbox, mail_id: str, dossier: Dossier, now: datetime) -> bool:
    """Run all filters of a mailbox on a mail that was not sent from it; whether one put it into the trash."""
    if dossier.message is None or dossier.direction == "out":
        return False
    known = [each for each in mail_filters.list_filters(session, mailbox.id) if each.filter.active]
    if not known:
        return False
    facts = facts_of(dossier.message, len(dossier.mail.raw))
    found = [each for each in known if fits(each.filter.condition, facts)]
    actions = [(each, action) for each in found for action in each.filter.actions]
    marks = [Mark(action.kind, action.value) for _, action in actions if action.kind not in ("task", "forward")]
    mail_filters.add_marks(session, mailbox.id, mail_id, marks, now)
    for each, action in actions:
        if action.kind in ("task", "forward"):
            _act(session, mailbox, mail_id, dossier, each, action, now)
    return any(mark.kind == "trash" for mark in marks)


def try_filters(session: Session, mailbox_id: str, tried: Sequence[Filter]) -> list[int]:
    """How many of the newest mails of a mailbox fit each filter."""
    counts = [0] * len(tried)
    for raw in mail_filters.recent_contents(session, mailbox_id, TRIED_MAILS):
        facts = facts_of(parse(raw), len(raw))
        for n, each in enumerate(tried):
            counts[n] += fits(each.condition, facts)
    return counts


def _act(
    session: Session,
    mailbox: Mailbox,
    mail_id: str,
    dossier: Dossier,
    by: StoredFilter,
    action: Action,
    now: datetime,
) -> None:
    """A task or forward in the name of who reads the mailbox; one that cannot be done leaves a mark that says so."""
    owner = _owner(session, mailbox)
    try:
        if owner is None:
            raise errors.NotFound("Nobody reads this mailbox.")
        with session.begin_nested():
            if action.kind == "task":
                _add_task(session, owner, mail_id, by, action, now)
            else:
                _forward(session, owner, mailbox, mail_id, dossier, action, now)
    except errors.Error as error:
        _log.warning("a filter's %s failed: %s", action.kind, type(error).__name__)
        mail_filters.add_marks(session, mailbox.id, mail_id, [Mark(f"{action.kind}_failed", action.value)], now)


def _add_task(session: Session, owner: User, mail_id: str, by: StoredFilter, action: Action, now: datetime) -> None:
    """An accepted suggestion like any other: it can be undone."""
    activity = Activity("task", "open", action.value or by.filter.name, 1.0, (), owner="recipient")
    suggestion_id = digest("filter", by.id, mail_id, action.value)
    made = Suggestion(suggestion_id, "create_task", activity.title, 1.0, (), (), activity=activity)
    if save_suggestions(session, owner.organisation_id, mail_id, [made], now):
        accept(session, owner, suggestion_id, now)


def _forward(
    session: Session, owner: User, mailbox: Mailbox, mail_id: str, dossier: Dossier, action: Action, now: datetime
) -> None:
    """Never what was forwarded from here before, nor what a machine answered: that would go round for ever."""
    message, noise = dossier.message, dossier.noise
    assert message is not None
    loops = FORWARDED in message.headers or (noise is not None and noise.kind in ("bounce", "auto_reply"))
    if loops or dossier.direction == "out":
        raise errors.Conflict("This mail is not forwarded.")
    forward(session, owner, mailbox, mail_id, dossier.mail.raw, message, action.value, now)
    mail_filters.add_marks(session, mailbox.id, mail_id, [Mark("forward", action.value)], now)


def _owner(session: Session, mailbox: Mailbox) -> User | None:
    users = (get_user(session, user_id) for user_id in readers_of(session, mailbox.id))
    return next((user for user in users if user.active), None)
