"""What happens in the store when one mail arrives: kept once, linked to records, and its suggestions saved."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from pipeline.core.link import Choice, link, link_deals, link_past_deals
from pipeline.ingest.filtering import run_filters
from pipeline.records import Dossier, Message, Suggestion
from pipeline.store.crm.deals import deals_of
from pipeline.store.crm.directory import directory_for
from pipeline.store.crm.links import link_mail
from pipeline.store.mail import outgoing
from pipeline.store.mail.erasure import is_unwanted
from pipeline.store.mail.storing import store_mail
from pipeline.store.review.proposals import save_suggestions
from pipeline.store.rules import custom_intents, workflow
from pipeline.store.sync.mailboxes import Mailbox
from pipeline.suggest.directory import Directory
from pipeline.suggest.suggestions import Options, propose

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Filing:
    """How mail of a mailbox is filed.

    ``live`` mail is judged by the deals of today and runs rules; old mail of a first sync only by those of its own
    date, asks nothing about deals, and runs none. ``deal_choice`` tells what to do where several deals are open.
    """

    mailbox: Mailbox
    options: Options = field(default_factory=Options)
    live: bool = False
    deal_choice: Choice = "ask"


def file_mail(
    session: Session,
    filing: Filing,
    dossier: Dossier,
    document: Mapping[str, Any],
    now: datetime,
    *,
    sent_by: str | None = None,
) -> bool:
    """Store a mail with its insights, link it, save what it suggests; ``sent_by`` is who sent it from the CRM.

    False where this mailbox had it already, or is not to have it: it is too old for it, or of somebody who was erased.
    """
    mailbox = filing.mailbox
    if is_unwanted(session, mailbox, dossier.message, now):
        return False
    if sent_by is None and outgoing.is_stored(session, mailbox.id, dossier.message):
        return False
    labelled = custom_intents.label(session, mailbox.organisation_id, dossier, document)
    stored = store_mail(session, mailbox.id, dossier.mail, dossier, labelled, now, sent_by=sent_by)
    if not stored.new_copy or dossier.message is None:
        return stored.new_copy
    if dossier.noise is not None and dossier.noise.original_id:
        failed = [each.address for each in dossier.noise.failed]
        outgoing.note_bounce(session, mailbox.id, dossier.noise.original_id, failed, now)
    directory = directory_for(session, mailbox, stored.mail_id, dossier)
    _link(session, filing, dossier.message, directory, stored.mail_id, now)
    if filing.live and run_filters(session, mailbox, stored.mail_id, dossier, now):
        return True  # in the trash: nothing is suggested, no rule runs
    asks = filing.live and filing.deal_choice == "ask"
    suggestions = _proposed(dossier, directory if asks else _without_deals(directory), filing.options)
    save_suggestions(session, mailbox.organisation_id, stored.mail_id, suggestions, now)
    if filing.live:
        workflow.on_arrival(session, mailbox.organisation_id, stored.mail_id, now)
    return True


def refile_mail(
    session: Session,
    filing: Filing,
    mail_id: str,
    dossier: Dossier,
    document: Mapping[str, Any],
    now: datetime,
    *,
    anew: bool = False,
) -> tuple[str, ...]:
    """Store what a new version found in a mail that is stored, and save what it suggests now.

    ``anew`` replaces what the same version found, too. Gives the ids of the suggestions. Links stay, no rule runs, and
    what people decided is untouched.
    """
    labelled = custom_intents.label(session, filing.mailbox.organisation_id, dossier, document)
    store_mail(session, filing.mailbox.id, dossier.mail, dossier, labelled, now, anew=anew)
    if dossier.message is None:
        return ()
    directory = _without_deals(directory_for(session, filing.mailbox, mail_id, dossier))
    suggestions = _proposed(dossier, directory, filing.options)
    save_suggestions(session, filing.mailbox.organisation_id, mail_id, suggestions, now)
    return tuple(suggestion.id for suggestion in suggestions)


def _link(
    session: Session, filing: Filing, message: Message, directory: Directory, mail_id: str, now: datetime
) -> None:
    found = link(message, directory.records, directory.own_addresses).links
    people = [each.record_id for each in found]
    if filing.live:
        deal = link_deals(people, directory.deals, dict(directory.history), choice=filing.deal_choice).link
    else:
        at = message.date or now
        deal = link_past_deals(deal for person in people for deal in deals_of(session, person, at)).link
    for each in (*found, *([deal] if deal else [])):
        link_mail(session, mail_id, each.record_id, each.reason, now)


def _without_deals(directory: Directory) -> Directory:
    return replace(directory, records=tuple(record for record in directory.records if record.kind != "deal"))


def _proposed(dossier: Dossier, directory: Directory, options: Options) -> tuple[Suggestion, ...]:
    """The suggestions; a mail on which the rules fail suggests nothing and is kept all the same."""
    try:
        return propose(dossier, directory, options)
    except Exception as error:
        _log.error("suggesting failed on one mail: %s", type(error).__name__)
        return ()
