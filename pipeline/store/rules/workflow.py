"""Running rules on mail: when it arrives, and later where it stayed unanswered; each once for a mail.

A rule runs only on mail that its owner may see, and everything it does is done as they could do it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session, aliased

from pipeline import errors
from pipeline.core import workflow
from pipeline.core.workflow import Definition, Facts
from pipeline.records import MachineKind
from pipeline.store.access.visibility import visible
from pipeline.store.crm.records import load_records
from pipeline.store.organisation.people import User, get_user
from pipeline.store.rows import insert_new
from pipeline.store.rules.workflow_actions import Acting, act
from pipeline.store.rules.workflow_rules import Rule, view_rule
from pipeline.store.tables import (
    CopyRow,
    DeliveryRow,
    InsightRow,
    LinkRow,
    MailAddressRow,
    MailIntentRow,
    MailRow,
    WorkflowRuleRow,
    WorkflowRunRow,
)

TRIAL_PERIOD = timedelta(days=30)
MAX_TRIED = 5000
_PORTION = 500
_LATE = timedelta(days=7)
"""How long after its time an unanswered mail is still looked for, should nobody have looked before."""
_OVERLAP = timedelta(minutes=10)
"""Mail that was being stored while a rule looked last."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have done: how many mails were looked at, and on which it would have run."""

    looked_at: int
    mail_ids: tuple[str, ...]


def on_arrival(session: Session, organisation_id: str, mail_id: str, now: datetime) -> int:
    """Run the rules that a mail triggers by coming in or going out, and tell how many ran."""
    rules = [
        rule for rule in _active_rules(session, organisation_id) if rule.definition.trigger.kind not in workflow.TIMED
    ]
    if not rules:
        return 0
    facts = facts_of(session, mail_id)
    if facts is None:
        return 0
    return sum(_run(session, rule, mail_id, facts, now) for rule in rules)


def run_timed(session: Session, organisation_id: str, now: datetime) -> int:
    """Run the rules on mail that stayed unanswered for as long as they say, and tell how often they ran."""
    count = 0
    for rule in _active_rules(session, organisation_id):
        if rule.definition.trigger.kind in workflow.TIMED:
            for mail_id, facts in _facts(session, _due(session, rule, now)):
                count += _run(session, rule, mail_id, facts, now)
            checked = update(WorkflowRuleRow).where(WorkflowRuleRow.id == rule.id)
            session.execute(checked.values(checked_until=now))
    return count


def try_rule(session: Session, owner: User, definition: Definition, now: datetime) -> Trial:
    """Tell on which mail of the last month a rule of this owner would have run; it does nothing.

    Raises: errors.UsageError where the rule makes no sense.
    """
    workflow.check(definition)
    since = (MailRow.sorted_at >= now - TRIAL_PERIOD) & (MailRow.sorted_at <= now)
    query = select(MailRow.id).where(MailRow.organisation_id == owner.organisation_id, since, visible(session, owner))
    if definition.trigger.kind in workflow.TIMED:
        query = query.where(_unanswered(definition), MailRow.sorted_at <= now - _waiting_time(definition))
    ids = session.scalars(query.order_by(MailRow.sorted_at.desc(), MailRow.id).limit(MAX_TRIED)).all()
    fired = [mail_id for mail_id, facts in _facts(session, ids) if workflow.fires(definition, facts)]
    return Trial(len(ids), tuple(fired))


def facts_of(session: Session, mail_id: str) -> Facts | None:
    """What a rule may ask about a mail; None where there is none."""
    return next((facts for _, facts in _facts(session, [mail_id])), None)


def _facts(session: Session, mail_ids: Sequence[str]) -> Iterator[tuple[str, Facts]]:
    for start in range(0, len(mail_ids), _PORTION):
        yield from _facts_of_some(session, mail_ids[start : start + _PORTION])


def _facts_of_some(session: Session, ids: Sequence[str]) -> Iterator[tuple[str, Facts]]:
    """A few queries for many mails."""
    query = select(MailRow, InsightRow).join(InsightRow, InsightRow.mail_id == MailRow.id).where(MailRow.id.in_(ids))
    rows = {mail.id: (mail, insight) for mail, insight in session.execute(query)}
    addresses = _grouped(
        session.execute(
            select(MailAddressRow.mail_id, MailAddressRow.role, MailAddressRow.address)
            .where(MailAddressRow.mail_id.in_(ids))
            .order_by(MailAddressRow.position)
        )
    )
    intents = _grouped(
        session.execute(select(MailIntentRow.mail_id, MailIntentRow.label).where(MailIntentRow.mail_id.in_(ids)))
    )
    links = select(LinkRow.mail_id, LinkRow.record_id).where(LinkRow.mail_id.in_(ids), LinkRow.active)
    linked = _grouped(session.execute(links.order_by(LinkRow.record_id)))
    known = {one for found in linked.values() for (one,) in found}
    records = {record.id: record for record in load_records(session, sorted(known))}
    out = select(CopyRow.mail_id).where(CopyRow.mail_id.in_(ids), CopyRow.direction == "out")
    outgoing, by_rule = set(session.scalars(out)), _by_rule(session, [mail for mail, _ in rows.values()])
    for mail_id in (mail_id for mail_id in ids if mail_id in rows):
        mail, insight = rows[mail_id]
        theirs = [records[record_id] for (record_id,) in linked[mail_id]]
        yield (
            mail_id,
            Facts(
                outgoing=mail_id in outgoing,
                machine=cast(MachineKind | None, insight.machine),
                by_rule=mail.message_id in by_rule,
                sender=mail.from_address or "",
                recipients=tuple(address for role, address in addresses[mail_id] if role == "to"),
                cc=tuple(address for role, address in addresses[mail_id] if role == "cc"),
                subject=mail.subject,
                attachments=mail.attachment_count,
                intents=tuple(label for (label,) in intents[mail_id]),
                sentiment=insight.sentiment,
                emotion=insight.emotion,
                language=insight.language,
                records=tuple({**record.fields, "kind": record.kind, "name": record.name} for record in theirs),
            ),
        )


def _grouped(rows: Iterable[Any]) -> dict[str, list[tuple[Any, ...]]]:
    """What follows the first column, by it."""
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for key, *rest in rows:
        found[key].append(tuple(rest))
    return found


def _by_rule(session: Session, mails: Sequence[MailRow]) -> set[str | None]:
    """The Message-IDs among those of these mails that a rule sent."""
    ids = [mail.message_id for mail in mails if mail.message_id is not None]
    here = {mail.organisation_id for mail in mails}
    query = select(DeliveryRow.message_id).where(DeliveryRow.message_id.in_(ids), DeliveryRow.organisation_id.in_(here))
    return set(session.scalars(query))


def _run(session: Session, rule: Rule, mail_id: str, facts: Facts, now: datetime) -> bool:
    """Run a rule on a mail, where its owner may see that and it did not run before."""
    if not workflow.fires(rule.definition, facts):
        return False
    owner = get_user(session, rule.owner_id)
    seen = select(MailRow.id).where(MailRow.id == mail_id, visible(session, owner))
    row = {"rule_id": rule.id, "mail_id": mail_id, "at": now, "outcome": []}
    if not owner.active or session.scalar(seen) is None or not insert_new(session, WorkflowRunRow, row):
        return False
    acting = Acting(session, rule, owner, mail_id, facts, now)
    done: list[Mapping[str, str]] = []
    for n, action in enumerate(rule.definition.actions):
        done.append({"action": action.kind, "result": _attempt(acting, n)})
    run = session.get(WorkflowRunRow, (rule.id, mail_id), populate_existing=True)
    assert run is not None, "the run that was just noted"
    run.outcome = done
    session.flush()
    return True


def _attempt(acting: Acting, n: int) -> str:
    """What one action did; one that fails takes back only itself."""
    try:
        with acting.session.begin_nested():
            return act(acting, acting.rule.definition.actions[n], n)
    except errors.Error as error:
        return f"failed: {type(error).__name__}"


def _active_rules(session: Session, organisation_id: str) -> list[Rule]:
    here = (WorkflowRuleRow.organisation_id == organisation_id) & WorkflowRuleRow.active
    query = select(WorkflowRuleRow).where(here).order_by(WorkflowRuleRow.created_at, WorkflowRuleRow.id)
    return [view_rule(row) for row in session.scalars(query.execution_options(populate_existing=True))]


def _due(session: Session, rule: Rule, now: datetime) -> Sequence[str]:
    """Mail that has waited long enough since the rule was made and looked last, or came in since already that old."""
    wait = _waiting_time(rule.definition)
    seen = (rule.checked_until or rule.created_at) - _OVERLAP
    query = (
        select(MailRow.id)
        .where(
            MailRow.organisation_id == rule.organisation_id,
            MailRow.sorted_at <= now - wait,
            MailRow.sorted_at > max(now - wait - _LATE, rule.created_at - wait),
            or_(MailRow.sorted_at > seen - wait, MailRow.created_at > seen),
            _unanswered(rule.definition),
        )
        .order_by(MailRow.sorted_at, MailRow.id)
    )
    return session.scalars(query).all()


def _unanswered(definition: Definition) -> ColumnElement[bool]:
    """Nothing later in the thread goes the other way."""
    answer = "out" if definition.trigger.kind == "unreplied" else "in"
    other = aliased(MailRow)
    later = (
        select(other.id)
        .join(CopyRow, CopyRow.mail_id == other.id)
        .where(
            other.organisation_id == MailRow.organisation_id,
            other.thread_key == MailRow.thread_key,
            other.sorted_at > MailRow.sorted_at,
            CopyRow.direction == answer,
        )
    )
    return ~later.exists()


def _waiting_time(definition: Definition) -> timedelta:
    return timedelta(hours=definition.trigger.hours or 0)
