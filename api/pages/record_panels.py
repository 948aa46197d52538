"""The panels of a record's page: what to do next, open asks, mood over time, the best time to contact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from api.deps import Caller
from api.web import charts, dates
from api.web.view import View, activity_time, flow
from pipeline.core.asks import OpenAsk
from pipeline.core.contact_times import contact_times
from pipeline.core.next_actions import NextAction
from pipeline.records import Record
from pipeline.store.crm.activities import StoredActivity, list_activities
from pipeline.store.crm.record_insights import DatedMood, RecordMail, list_asks, list_next_actions

MOOD_HEIGHT = 32


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do next, with the mail that shows it."""

    id: str
    kind: str
    mail_id: str
    since: str
    grave: bool


@dataclass(frozen=True, slots=True)
class Event:
    """A meeting, call or task on a record's page; ``late`` where its day has passed."""

    kind: str
    status: str
    title: str
    mail_id: str
    when: str
    owner: str
    late: bool


@dataclass(frozen=True, slots=True)
class AskLine:
    """Something that somebody owes; ``id`` only where one may close it here."""

    id: str
    mail_id: str
    text: str
    language: str
    when: str
    owner: str
    kind: str
    late: bool


def read_panels(session: Session, who: Caller, record: Record, mail: RecordMail, view: View) -> dict[str, Any]:
    """Everything about a record that its mail and its activities tell, as far as the reader may see them."""
    activities = list_activities(session, who.user, record_id=record.id)
    asks = list_asks(session, who.user, mail, activities, view.now)
    steps = list_next_actions(session, who.user, mail.facts, activities, view.now, asks)
    tasks = [one for one in activities if one.kind == "task" and one.status == "open"]
    return {
        "steps": [_step(one, view) for one in steps],
        "asks": [*(_task(one, view) for one in tasks), *(_ask(one, mail.languages, view) for one in asks)],
        "activities": [event(one, view) for one in activities if one.kind != "task" or one.status != "open"],
        "mood": _mood(mail.moods, view),
        "times": _times(mail.replied_at) if record.addresses else None,
    }


def event(one: StoredActivity, view: View) -> Event:
    """An accepted activity in words."""
    owner = one.owner or ""
    if owner in ("recipient", "sender"):
        owner = view.say(f"owner.{owner}")
    return Event(one.kind, one.status, one.title, one.mail_id, activity_time(one, view), owner, _is_late(one.due, view))


def _ask(ask: OpenAsk, languages: Mapping[str, str], view: View) -> AskLine:
    when = "" if ask.due is None else view.at(ask.due)
    kind = view.say("ask.promise") if ask.kind == "promise" else view.say(f"intent.{ask.kind}")
    text = flow(ask.text)
    owner = view.say(f"ask.{ask.owing}")
    late = _is_late(ask.due, view)
    return AskLine(ask.id, ask.mail_id, text, languages[ask.mail_id], when, owner, kind, late)


def _task(task: StoredActivity, view: View) -> AskLine:
    one = event(task, view)
    return AskLine("", one.mail_id, one.title, "", one.when, one.owner, view.say("activity.task"), one.late)


def _is_late(due: date | None, view: View) -> bool:
    if due is None:
        return False
    return dates.aware(due) < view.now if isinstance(due, datetime) else due < view.now.astimezone(view.zone).date()


def _step(action: NextAction, view: View) -> Step:
    grave = action.kind in ("answer_complaint", "promise_overdue")
    return Step(action.id, action.kind, action.mail_id, view.at(action.since), grave)


def _mood(moods: Sequence[DatedMood], view: View) -> tuple[charts.Column, ...]:
    return charts.mood_columns([(one.at, one.sentiment) for one in moods], view.zone, view.now, MOOD_HEIGHT)


def _times(moments: Sequence[datetime]) -> dict[str, Any]:
    found = contact_times(moments)
    rows = charts.heat_rows(found.counts, found.best) if found.enough else ()
    return {"enough": found.enough, "replies": found.replies, "best": found.best, "rows": rows}
