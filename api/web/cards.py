"""A suggestion as the review page shows it, and as a line of a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.web.highlight import Mark, group
from api.web.rows import Row, form_rows
from api.web.view import View, activity_time, flow, shown_value, sure
from pipeline.records import Evidence, Record, Suggestion
from pipeline.store.crm.activities import StoredActivity
from pipeline.store.review.suggestions import SuggestionView
from pipeline.store.tables.base import clean

ICONS = {
    "create_contact": "add", "update_contact": "update", "create_meeting": "meeting", "change_meeting": "meeting",
    "create_call": "call", "change_call": "call", "create_task": "task", "link_deal": "link", "changed_job": "move",
    "successor": "add",
}  # fmt: skip
PEOPLE = ("create_contact", "update_contact", "changed_job", "successor")
_NOT_TELLING = {"full_name", "family_name", "given_name", "name_kana", "name_latin", "email"}


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to look at before deciding, with the record it is about."""

    text: str
    href: str = ""
    name: str = ""
    calm: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of the mail that speaks for the suggestion."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """A suggestion as the review page shows it."""

    id: str
    version: int
    kind: str
    state: str
    icon: str
    title: str
    about: str
    person: str | None
    sure: str
    percent: int
    record: Record | None
    notices: tuple[Notice, ...]
    rows: tuple[Row, ...]
    evidence: tuple[Line, ...]
    timed: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A suggestion as a line of a list; ``line`` does not repeat its kind, and is empty where that says all.

    ``dated`` tells that the line begins with a time.
    """

    id: str
    kind: str
    state: str
    icon: str
    who: str
    line: str
    dated: bool
    date: datetime
    person: str

    @property
    def whole(self) -> str:
        """Whom it is about with what it would do, where the line does not tell both."""
        return " · ".join(part for part in (self.who, self.line) if part) if self.kind in PEOPLE else self.line


def card(
    stored: SuggestionView, view: View, wider: Sequence[str] = (), conflicts: Sequence[StoredActivity] = ()
) -> Card:
    """A suggestion with its fields, warnings and evidence.

    ``wider`` are the names of values that accepting shows to more people, ``conflicts`` what is accepted for its time.
    """
    suggestion = stored.suggestion
    rows = form_rows(suggestion, view)
    word, percent = sure(suggestion.score)
    about = view.people.get(suggestion.person or "", suggestion.person) if suggestion.activity is not None else None
    return Card(
        stored.id,
        stored.version,
        suggestion.kind,
        stored.state,
        ICONS[suggestion.kind],
        headline(suggestion, view),
        clean(about or ""),
        suggestion.person,
        word,
        percent,
        view.records.get(suggestion.record_id or ""),
        (*_conflicts(conflicts, view), *_notices(suggestion, view), *_wider(suggestion, wider, view)),
        rows,
        tuple(Line(key, clean(flow(piece.text))) for key, piece in sentences(suggestion)),
        timed=_is_timed(suggestion),
    )


def _is_timed(suggestion: Suggestion) -> bool:
    return suggestion.activity is not None and suggestion.activity.kind != "task"


def headline(suggestion: Suggestion, view: View) -> str:
    """What a suggestion is about, in a few words: the person, the meeting, the task."""
    activity = suggestion.activity
    if activity is not None:
        return clean(flow(activity.title) or view.say(f"activity.{activity.kind}"))
    record = view.records.get(suggestion.record_id or "")
    if record is not None:
        return record.name
    name = next((f.value for f in suggestion.fields if f.name in ("full_name", "name_latin")), None)
    return clean(name or suggestion.person or suggestion.title)


def entry(stored: SuggestionView, view: View) -> Entry:
    """A suggestion as a line: whom it is about, and what it would do."""
    suggestion = stored.suggestion
    name = next((field.value for field in suggestion.fields if field.name == "full_name"), None)
    who = name or view.people.get(suggestion.person or "") or suggestion.person or suggestion.title
    return Entry(
        stored.id,
        suggestion.kind,
        stored.state,
        ICONS[suggestion.kind],
        clean(who),
        _line(suggestion, view),
        suggestion.activity is not None and bool(activity_time(suggestion.activity, view)),
        stored.mail_date,
        suggestion.person or "",
    )


def _line(suggestion: Suggestion, view: View) -> str:
    activity = suggestion.activity
    if activity is not None:
        return clean(" · ".join(part for part in (activity_time(activity, view), flow(activity.title)) if part))
    if suggestion.kind == "link_deal":
        deal = view.records.get(suggestion.record_id or "")
        return deal.name if deal else ""
    values = [f for f in suggestion.fields if f.name not in _NOT_TELLING]
    return " · ".join(shown_value(f, view) for f in values[:2])


def _conflicts(found: Sequence[StoredActivity], view: View) -> Iterable[Notice]:
    for one in found:
        name = clean(" ".join(part for part in (activity_time(one, view), one.title) if part))
        yield Notice(view.say("review.warn_conflict"), f"/mails/{one.mail_id}", name)


def _wider(suggestion: Suggestion, names: Sequence[str], view: View) -> Iterable[Notice]:
    if names:
        yield Notice(view.say("review.wider_deal" if suggestion.kind == "link_deal" else "review.wider"), calm=True)


def _notices(suggestion: Suggestion, view: View) -> Iterable[Notice]:
    for duplicate in suggestion.duplicates:
        if duplicate in view.records:
            yield Notice(view.say("review.warn_duplicate"), f"/records/{duplicate}", view.records[duplicate].name)
    typed = [view.field(f.name) for f in suggestion.fields if f.old_edited]
    if typed:
        comma = "、" if view.language == "ja" else ", "
        yield Notice(view.say("review.warn_edited") + comma.join(typed))


def sentences(suggestion: Suggestion) -> tuple[tuple[str, Evidence], ...]:
    """The evidence that says more than the fields do, each with its key: what a field covers is marked as that."""
    spans = [(field.start, field.end) for field in suggestion.fields if field.start is not None]
    return tuple(
        (f"e{place}", piece)
        for place, piece in enumerate(suggestion.evidence)
        if not any(start <= piece.start and piece.end <= (end or 0) for start, end in spans if start is not None)
    )


def marks(suggestion: Suggestion) -> tuple[Mark, ...]:
    """Where in the mail the evidence of each field stands; the whole sentences first, so that fields lie above."""
    about = "time" if _is_timed(suggestion) else "intent"
    whole = [Mark(piece.start, piece.end, about, key) for key, piece in sentences(suggestion)]
    values = [
        Mark(one.start, one.end, group(one.name), f"f{place}")
        for place, one in enumerate(suggestion.fields)
        if one.start is not None and one.end is not None
    ]
    return (*whole, *values)
