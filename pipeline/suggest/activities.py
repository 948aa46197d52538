"""Meetings, calls and tasks. A meeting of a thread is one suggestion that changes state from mail to mail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import cast

from pipeline.records import Activity, Dossier, Message, ProposedField, Slot, Suggestion, SuggestionKind
from pipeline.suggest.directory import ACCEPTED_STATES, OPEN_STATES, Directory, Earlier
from pipeline.suggest.making import counterpart, suggestion_id, urgency

_FOLLOW_UP = 0.7  # what the others owe us is worth less than what we owe them
_PLAIN_TASK = 0.95  # beside a task in a mail that complains


def propose_activities(dossier: Dossier, message: Message, directory: Directory) -> list[Suggestion]:
    """Meetings, calls and tasks of a mail; of machine mail only what a calendar part says."""
    if dossier.noise is not None and dossier.noise.kind != "calendar":
        return []
    known = [e for e in directory.earlier if e.suggestion.activity and e.suggestion.activity.kind != "task"]
    suggestions = []
    for activity in dossier.activities:
        if activity.kind == "task":
            suggestion: Suggestion | None = _task(activity, dossier, message, directory)
        else:
            earlier = _earlier(activity, known)
            suggestion = _meeting(activity, earlier, dossier, message, directory)
            known = [each for each in known if each is not earlier]
        if suggestion is not None:
            about = (activity.kind, *(e.text for e in suggestion.evidence))
            suggestions.append(replace(suggestion, id=suggestion_id(message, "activity", about)))
    return suggestions


def _task(activity: Activity, dossier: Dossier, message: Message, directory: Directory) -> Suggestion:
    is_ours = activity.owner in (None, "sender" if dossier.direction == "out" else "recipient")
    factor = 1.0 if _is_complaint(activity, dossier) else _PLAIN_TASK * urgency(message, activity.due)
    return _suggest(
        "create_task", activity, activity.score * factor * (1.0 if is_ours else _FOLLOW_UP), dossier, directory
    )


def _is_complaint(activity: Activity, dossier: Dossier) -> bool:
    """Whether a task stands in a mail that complains."""
    return any(intent.label == "complaint" for intent in dossier.intents)


def _meeting(
    activity: Activity, earlier: Earlier | None, dossier: Dossier, message: Message, directory: Directory
) -> Suggestion | None:
    """A new meeting or call, or the next state of the one that the thread is about."""
    if earlier is None:
        kind = cast(SuggestionKind, f"create_{activity.kind}")
        return None if activity.status == "cancelled" else _dated(kind, activity, dossier, message, directory)
    before = earlier.suggestion.activity
    assert before is not None
    now = _continued(activity, before)
    if _is_old_news(activity, earlier, message) or _says_the_same(now, before):
        return None
    if earlier.state == "rejected" and now.status == "proposed":
        return None
    is_open = earlier.state in OPEN_STATES
    made = earlier.state in ACCEPTED_STATES
    verb = "change" if made or now.status == "cancelled" else "create"
    kind = cast(SuggestionKind, f"{verb}_{now.kind}")
    if verb == "change" and not (made or is_open):
        return None
    suggestion = _dated(kind, now, dossier, message, directory)
    return replace(
        suggestion,
        score=suggestion.score if made else round(suggestion.score * _undecided(now), 4),
        record_id=earlier.made_id if made else None,
        fields=_changes(now, before) if verb == "change" else (),
        supersedes=earlier.suggestion.id if is_open else None,
    )


def _undecided(now: Activity) -> float:
    """That a meeting nobody had accepted yet is called off can wait."""
    return 0.5 if now.status == "cancelled" else 1.0


def _earlier(activity: Activity, known: Iterable[Earlier]) -> Earlier | None:
    """The meeting or call that is meant: the one with the same UID (RFC 5546 section 2.1.5), else of the thread.

    Of the thread it is the one at the old time, at an offered time, else the last; never one with another UID, and a
    rejected one only where no other is.
    """
    of_thread = [e for e in known if not (activity.uid and _uid(e))]
    if same := [e for e in known if activity.uid and _uid(e) == activity.uid]:
        return same[-1]
    live = [e for e in of_thread if e.state in OPEN_STATES | ACCEPTED_STATES and _status(e) != "cancelled"]
    times = {slot.start for slot in activity.slots} | ({activity.old_start} if activity.old_start else set())
    at_time = [e for e in live if times & {slot.start for slot in _slots(e)}]
    rejected = [e for e in of_thread if e.state == "rejected"]
    return next(iter((at_time or live or rejected)[::-1]), None)


def _uid(earlier: Earlier) -> str | None:
    return earlier.suggestion.activity.uid if earlier.suggestion.activity else None


def _status(earlier: Earlier) -> str:
    return earlier.suggestion.activity.status if earlier.suggestion.activity else ""


def _slots(earlier: Earlier) -> tuple[Slot, ...]:
    return earlier.suggestion.activity.slots if earlier.suggestion.activity else ()


def _continued(activity: Activity, before: Activity) -> Activity:
    """The activity with what the thread said before and this mail does not repeat."""
    agreed = activity.status in ("confirmed", "cancelled") and not activity.slots
    old_start = activity.old_start
    if old_start is None and activity.status == "moved" and len(before.slots) == 1:
        old_start = before.slots[0].start
    return replace(
        activity,
        title=before.title or activity.title,
        slots=before.slots if agreed else activity.slots,
        old_start=old_start,
        location=activity.location or before.location,
        online_url=activity.online_url or before.online_url,
        participants=tuple(dict.fromkeys((*before.participants, *activity.participants))),
        meeting_id=activity.meeting_id or before.meeting_id,
        passcode=activity.passcode or before.passcode,
        uid=activity.uid or before.uid,
        sequence=before.sequence if activity.sequence is None else activity.sequence,
    )


def _is_old_news(activity: Activity, earlier: Earlier, message: Message) -> bool:
    """Whether the meeting is further than this mail, which came in late: by its SEQUENCE, else by the mail's date."""
    before = earlier.suggestion.activity
    if activity.uid and before and activity.uid == before.uid:
        count, known = activity.sequence or 0, before.sequence or 0
        if count != known:
            return count < known
    return bool(earlier.mail_date and message.date and message.date < earlier.mail_date)


def _says_the_same(now: Activity, before: Activity) -> bool:
    def facts(a: Activity) -> tuple[object, ...]:
        return (a.status, a.slots, a.location, a.online_url, a.meeting_id, a.passcode)

    return facts(now) == facts(before)


def _changes(now: Activity, before: Activity) -> tuple[ProposedField, ...]:
    """Old and new values, for a form; times only where the new one is a single exact one."""
    names = ("location", "online_url", "meeting_id", "passcode")
    pairs = [(name, getattr(before, name), getattr(now, name)) for name in names]
    if len(now.slots) == 1 and not now.slots[0].approx and before.slots and now.slots != before.slots:
        new, old = now.slots[0], before.slots[0]
        pairs = [("start", _iso(old.start), _iso(new.start)), ("end", _iso(old.end), _iso(new.end)), *pairs]
    return tuple(
        ProposedField(name, new, old, now.score, None, None, "thread")
        for name, old, new in pairs
        if new and (new != old or name == "end")
    )


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value is not None else None


def _dated(
    kind: SuggestionKind, activity: Activity, dossier: Dossier, message: Message, directory: Directory
) -> Suggestion:
    first = min((slot.start for slot in activity.slots), key=_day, default=None)
    return _suggest(kind, activity, activity.score * urgency(message, first), dossier, directory)


def _day(value: date) -> date:
    return date(value.year, value.month, value.day)


def _suggest(
    kind: SuggestionKind, activity: Activity, score: float, dossier: Dossier, directory: Directory
) -> Suggestion:
    return Suggestion(
        id="",
        kind=kind,
        title=activity.title or (dossier.message.subject if dossier.message else ""),
        score=round(score, 4),
        fields=(),
        evidence=activity.evidence,
        person=counterpart(dossier, directory.own_addresses),
        activity=activity,
    )
