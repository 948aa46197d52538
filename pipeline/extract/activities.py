"""Meetings, calls and tasks of a mail, from its calendar parts and its newest sentences."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.extract import clues, invitations, meetings, named, online, participants, places, quoted, tasks, titles
from pipeline.extract.clues import Clue
from pipeline.extract.meetings import Meeting
from pipeline.extract.tasks import Task
from pipeline.records import Activity, Evidence, Message, Name, Noise, QuotedMessage, ScoredSentence, Segment

_UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


def find(
    message: Message,
    segments: tuple[Segment, ...],
    scored: tuple[ScoredSentence, ...],
    noise: Noise | None,
    earlier: tuple[QuotedMessage, ...] = (),
    names: tuple[Name, ...] = (),
) -> tuple[Activity, ...]:
    """The activities of a mail, meetings and calls before tasks, each in the order of its first sentence.

    A calendar part is preferred over prose for the meeting it holds. Machine mail other than invitations gives none,
    and neither does a mail without a date. ``earlier`` are the mails it quotes, whose times it may only point at;
    ``names`` those in its newest text.
    """
    invited = invitations.find(message, segments)
    if invited or noise is not None or message.date is None:
        return invited
    all_clues = clues.read(scored, message.date)
    offered = quoted.options(earlier, message.date)
    found = [
        _of_meeting(meeting, message, segments, all_clues, names)
        for meeting in meetings.find(all_clues, message.date, _reply(message), offered)
    ]
    return (*found, *(_of_task(t) for t in tasks.find(all_clues)))


def _reply(message: Message) -> bool:
    return bool(message.in_reply_to) or titles.is_reply(message.subject)


def _of_meeting(
    meeting: Meeting,
    message: Message,
    segments: tuple[Segment, ...],
    all_clues: list[Clue],
    names: tuple[Name, ...],
) -> Activity:
    sentences = [(c.sentence.text, c.sentence.language) for c in meeting.clues]
    everything = [(c.sentence.text, c.sentence.language) for c in all_clues]
    said = participants.find(sentences, everything, message)
    entrance = online.entrance("\n".join(message.text[s.start : s.end] for s in segments if s.zone != "quote"))
    return Activity(
        kind=meeting.kind,
        status=meeting.status,
        title=titles.of_meeting(message.subject, meeting.clues[0].sentence.text),
        score=meeting.score,
        evidence=tuple(c.evidence for c in meeting.clues),
        slots=meeting.slots,
        old_start=meeting.old_start,
        location=places.location(meeting.clues, all_clues) or named.location_of(names, meeting.clues),
        online_url=entrance.url,
        participants=named.participants_of(said, names, meeting.clues, message),
        meeting_id=entrance.meeting_id,
        passcode=entrance.passcode,
    )


def _of_task(task: Task) -> Activity:
    evidence: tuple[Evidence, ...] = tuple(c.evidence for c in task.clues)
    return Activity(
        kind="task",
        status="open",
        title=titles.of_task(task.clues[0].sentence.text),
        score=task.score,
        evidence=evidence,
        due=task.due,
        owner=task.owner,
    )
