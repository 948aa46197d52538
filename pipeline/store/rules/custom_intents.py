"""Custom intents as administrators manage them, tried on past mail, and put on new mail.

An organisation without any pays one query a mail. Removing one takes its label from all mail.
"""

from __future__ import annotations

import json
import logging
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.records import Dossier, Evidence, Segment, Sentence
from pipeline.store.access.visibility import visible
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.people import User
from pipeline.store.tables import CustomIntentRow, InsightRow, MailIntentRow, MailRow
from pipeline.store.tables.base import clean, new_id

if TYPE_CHECKING:
    from pipeline.classify.custom import CustomIntent, Fitted

_log = logging.getLogger(__name__)
TRIAL_PERIOD = timedelta(days=30)
LONGEST_NAME = 40
MOST_INTENTS = 30
_TRIAL_S = 8.0
_PORTION = 50


@dataclass(frozen=True, slots=True)
class StoredIntent:
    """An intent with its examples, and per language what was fitted to them."""

    id: str
    name: str
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]
    fitted: Mapping[str, Fitted]
    created_at: datetime

    @property
    def custom(self) -> CustomIntent:
        """As it is looked for in mail."""
        from pipeline.classify.custom import CustomIntent

        return CustomIntent(self.name, self.fitted)


@dataclass(frozen=True, slots=True)
class Hit:
    """A mail that an intent would have caught, with the sentences that show it."""

    mail_id: str
    subject: str
    sender: str
    language: str
    at: datetime
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What an intent would have caught among the newest ``looked_at`` mails; ``more`` were left for want of time."""

    looked_at: int
    more: bool
    hits: tuple[Hit, ...]


def fit(examples: Sequence[str], counter_examples: Sequence[str] = ()) -> dict[str, Fitted]:
    """What the examples give in each language.

    Raises: errors.UsageError where no language has enough of them, or one has too many.
    """
    from pipeline.classify import custom

    for text in (*examples, *counter_examples):
        if len(text) > custom.LONGEST:
            raise errors.UsageError(f"An example has at most {custom.LONGEST} characters; give one sentence each.")
    if any(len(texts) > custom.MOST for texts in custom.by_language(examples).values()):
        raise errors.UsageError(f"Give at most {custom.MOST} examples in each language.")
    fitted = custom.fit(examples, counter_examples)
    if not fitted:
        raise errors.UsageError(f"Give at least {custom.FEWEST} examples in one language, one sentence each.")
    return fitted


def save_intent(
    session: Session,
    organisation_id: str,
    name: str,
    examples: Sequence[str],
    counter_examples: Sequence[str],
    now: datetime,
    user_id: str | None = None,
) -> StoredIntent:
    """Make an intent, or give the one of that name other examples; new mail is labelled with it from now on.

    Raises: errors.UsageError where the name or the examples cannot be used.
    """
    from pipeline.classify import custom

    name = " ".join(clean(name).split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise errors.UsageError(f"An intent has a name of at most {LONGEST_NAME} characters.")
    values = {
        "examples": list(examples), "counter_examples": list(counter_examples),
        "fitted": custom.to_json(fit(examples, counter_examples)),
    }  # fmt: skip
    here = (CustomIntentRow.organisation_id == organisation_id) & (CustomIntentRow.name == name)
    known = session.scalar(select(CustomIntentRow.id).where(here))
    if known is None:
        if len(list_intents(session, organisation_id)) >= MOST_INTENTS:
            raise errors.UsageError(f"There are {MOST_INTENTS} intents already; remove one first.")
        own = {"id": new_id(), "organisation_id": organisation_id, "name": name, "created_by": user_id}
        session.execute(insert(CustomIntentRow).values(**own, created_at=now, **values))
    else:
        session.execute(update(CustomIntentRow).where(CustomIntentRow.id == known).values(**values))
    record_action(session, organisation_id, user_id, "intent.save", name, now)
    return next(one for one in list_intents(session, organisation_id) if one.name == name)


def list_intents(session: Session, organisation_id: str) -> tuple[StoredIntent, ...]:
    """The organisation's intents by name."""
    query = select(CustomIntentRow).where(CustomIntentRow.organisation_id == organisation_id)
    rows = session.scalars(
        query.order_by(CustomIntentRow.name, CustomIntentRow.id).execution_options(populate_existing=True)
    )
    return tuple(_view(row) for row in rows)


def labels(session: Session, organisation_id: str) -> tuple[str, ...]:
    """The names of the organisation's intents, without what was fitted."""
    query = select(CustomIntentRow.name).where(CustomIntentRow.organisation_id == organisation_id)
    return tuple(session.scalars(query.order_by(CustomIntentRow.name)))


def get_intent(session: Session, organisation_id: str, intent_id: str) -> StoredIntent:
    """One intent.

    Raises: errors.NotFound.
    """
    row = session.get(CustomIntentRow, intent_id, populate_existing=True)
    if row is None or row.organisation_id != organisation_id:
        raise errors.NotFound("There is no such intent.")
    return _view(row)


def delete_intent(
    session: Session, organisation_id: str, intent_id: str, now: datetime, user_id: str | None = None
) -> None:
    """Remove an intent, and its label from all mail.

    Raises: errors.NotFound.
    """
    intent = get_intent(session, organisation_id, intent_id)
    mine = select(MailRow.id).where(MailRow.organisation_id == organisation_id)
    gone = (MailIntentRow.label == intent.custom.label) & MailIntentRow.mail_id.in_(mine)
    session.execute(delete(MailIntentRow).where(gone))
    session.execute(delete(CustomIntentRow).where(CustomIntentRow.id == intent_id))
    record_action(session, organisation_id, user_id, "intent.delete", intent.name, now)


def try_intent(session: Session, reader: User, intent: CustomIntent, now: datetime) -> Trial:
    """What an intent would have caught of the visible mail of the last month, newest first; it does nothing."""
    from pipeline.classify import custom

    until, looked = time.monotonic() + _TRIAL_S, 0
    hits: list[Hit] = []
    for mail, document in _past(session, reader, now):
        if time.monotonic() > until:
            return Trial(looked, True, tuple(hits))
        looked += 1
        found = custom.find([intent], _sentences(document))
        if found:
            sender = mail.from_name or mail.from_address or ""
            language = document.get("language") or "und"
            hits.append(Hit(mail.id, mail.subject, sender, language, mail.sorted_at, found[0].evidence))
    return Trial(looked, False, tuple(hits))


def label(session: Session, organisation_id: str, dossier: Dossier, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document with the custom intents that the mail has; the same one where the organisation has none.

    A mail on which they fail is stored without them all the same.
    """
    if dossier.noise is not None or not dossier.sentences or not labels(session, organisation_id):
        return document
    stored = list_intents(session, organisation_id)
    try:
        intents = [_current(one) for one in stored]
        found = _found(intents, dossier)
    except Exception as error:
        _log.error("custom intents failed on one mail: %s", type(error).__name__)
        return document
    for before, now in zip(stored, intents, strict=True):
        if before is not now:
            _refit(session, now)
    return {**document, "intents": [*(document.get("intents") or ()), *found]}


def _found(intents: Sequence[StoredIntent], dossier: Dossier) -> list[dict[str, Any]]:
    """As entries of the document."""
    from pipeline.classify import custom

    return [
        {
            "label": one.label,
            "score": one.score,
            "evidence": [{"start": e.start, "end": e.end, "text": e.text} for e in one.evidence],
        }
        for one in custom.find([intent.custom for intent in intents], dossier.sentences)
    ]


def _current(intent: StoredIntent) -> StoredIntent:
    """The same, or fitted anew where the vectors are others now than when it was made."""
    from pipeline.classify import custom

    if custom.is_current(intent.fitted):
        return intent
    return replace(intent, fitted=custom.fit(intent.examples, intent.counter_examples))


def _refit(session: Session, intent: StoredIntent) -> None:
    from pipeline.classify import custom

    here = CustomIntentRow.id == intent.id
    session.execute(update(CustomIntentRow).where(here).values(fitted=custom.to_json(intent.fitted)))


def _past(session: Session, reader: User, now: datetime) -> Iterator[tuple[MailRow, Mapping[str, Any]]]:
    """People's mail of the last month with its documents, a few at a time."""
    period = (MailRow.sorted_at >= now - TRIAL_PERIOD) & (MailRow.sorted_at <= now)
    here = (MailRow.organisation_id == reader.organisation_id) & InsightRow.machine.is_(None)
    query = (
        select(MailRow.id)
        .join(InsightRow, InsightRow.mail_id == MailRow.id)
        .where(here, period, visible(session, reader))
        .order_by(MailRow.sorted_at.desc(), MailRow.id)
    )
    ids = session.scalars(query).all()
    for start in range(0, len(ids), _PORTION):
        some = ids[start : start + _PORTION]
        rows = select(MailRow, InsightRow.document).join(InsightRow, InsightRow.mail_id == MailRow.id)
        found = {mail.id: (mail, packed) for mail, packed in session.execute(rows.where(MailRow.id.in_(some)))}
        for mail_id in some:
            mail, packed = found[mail_id]
            yield mail, json.loads(zlib.decompress(packed))


def _sentences(document: Mapping[str, Any]) -> tuple[Sentence, ...]:
    from pipeline.parse.sentences import split

    segments = [Segment(s["zone"], s["start"], s["end"], s["language"]) for s in document["segments"]]
    return split(document.get("text") or "", segments)


def _view(row: CustomIntentRow) -> StoredIntent:
    from pipeline.classify import custom

    return StoredIntent(
        row.id, row.name, tuple(row.examples), tuple(row.counter_examples), custom.from_json(row.fitted), row.created_at
    )
