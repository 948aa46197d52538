"""Meetings and calls from sentences: what belongs together, which times stand, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pipeline.extract import agreeing, clues, lengths, meeting_times, quoted, task_lists
from pipeline.extract.clues import Clue
from pipeline.records import ActivityKind, ActivityStatus, Slot

_SURE = clues.SURE
_MAYBE = 0.1
_WORDS = 4  # letters beside its time from which a line of a programme says what is done


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting or call as its sentences tell it."""

    kind: ActivityKind
    status: ActivityStatus
    clues: tuple[Clue, ...]
    slots: tuple[Slot, ...]
    old_start: datetime | date | None
    score: float


def find(all_clues: list[Clue], reference: datetime, reply: bool, earlier: tuple[Slot, ...] = ()) -> list[Meeting]:
    """The meetings and calls of a mail, in the order of their first sentence.

    ``reply``: the mail answers another, which named the times ``earlier``.
    """
    found = []
    for group in _groups(_chosen(all_clues, earlier)):
        length_min = _length_beside(group, all_clues)
        whole = _meeting(group, reference, reply, length_min, earlier)
        parts = [_meeting(part, reference, reply, length_min, earlier) for part in _parts(group)]
        found += parts if _apart(parts, whole, all_clues) else [whole]
    return found


def _parts(group: list[Clue]) -> list[list[Clue]]:
    """The sentences of a group, those that name no day of their own with the one before that does."""
    parts: list[list[Clue]] = []
    for clue in group:
        if not parts or (_names_day(parts[-1]) and _names_day([clue])):
            parts.append([])
        parts[-1].append(clue)
    return parts


def _names_day(part: list[Clue]) -> bool:
    """Whether a sentence appoints a day of its own: with a time of day, or as an item of a list."""
    return any(
        s.has_day and s.slot and not (s.past or s.vague_day or s.anchored) and (s.has_clock or task_lists.is_item(c))
        for c in part
        for s in c.spans
    )


def _apart(parts: list[Meeting], whole: Meeting, all_clues: list[Clue]) -> bool:
    """Whether what could be one meeting is several: numbered, or each fixed for a time of its own."""
    days = {part.slots for part in parts}
    if len(parts) < 2 or len(days) < len(parts) or () in days:
        return False
    if sum(any("numbered" in c.cues for c in part.clues) for part in parts) > 1:
        return True
    if whole.status != "moved" and all(_is_announced(part) for part in parts):
        return True
    first = all_clues.index(whole.clues[0])
    told = (*all_clues[max(0, first - 1) : first], *whole.clues)
    fixed = whole.status != "moved" and any("plan_fixed" in c.cues for c in told)
    return fixed and all(part.status == "confirmed" and _names_day(list(part.clues)) for part in parts)


def _is_announced(part: Meeting) -> bool:
    """Whether the part of a programme: a day and time of its own, what is done then, and nothing that asks."""
    words = sum(c.isalpha() for c in _around_times(part.clues[0]))
    return words >= _WORDS and _names_day(list(part.clues)) and not any("proposed" in c.cues for c in part.clues)


def _around_times(clue: Clue) -> str:
    """What a sentence says beside its times."""
    text = clue.sentence.text
    ends = [0, *(s.end for s in clue.spans)]
    return "".join(
        text[end:begin] for end, begin in zip(ends, [*(s.start for s in clue.spans), len(text)], strict=True)
    )


def _length_beside(group: list[Clue], all_clues: list[Clue]) -> int | None:
    """The length that the meeting's sentences state, or one beside them that says how long it takes."""
    beside = [
        c
        for before, c, after in zip([None, *all_clues], all_clues, [*all_clues[1:], None], strict=False)
        if (before in group or after in group) and "length_needed" in c.cues
    ]
    return lengths.stated_length(s for c in (*group, *beside) for s in c.spans)


def _chosen(all_clues: list[Clue], earlier: tuple[Slot, ...]) -> list[Clue]:
    """The sentences about a meeting or call, with the lines of times beside them."""
    sure = [c.activity >= _SURE or _takes_up(c, earlier) for c in all_clues]
    for i, clue in enumerate(all_clues):
        beside = (i > 0 and sure[i - 1]) or (i + 1 < len(all_clues) and sure[i + 1])
        if not sure[i] and beside and clue.deed < _SURE and (meeting_times.mostly_times(clue) or _likely(clue)):
            sure[i] = True
    return [c for c, yes in zip(all_clues, sure, strict=True) if yes]


def _takes_up(clue: Clue, earlier: tuple[Slot, ...]) -> bool:
    """Whether a sentence takes one of the times that the quoted mail offered."""
    if clue.deed >= _SURE or clue.cues & {"cancelled", "unavailable"}:
        return False
    pointed = quoted.pointed_at(clue.sentence.text, clue.sentence.language, earlier) is not None
    return pointed or ("confirmed" in clue.cues and any(quoted.meant(s, earlier) for s in clue.spans))


def _likely(clue: Clue) -> bool:
    """Whether a sentence beside a sure one names a time to come and may well be about the same meeting."""
    ahead = [s for s in clue.spans if s.has_day and not s.past and s.slot]
    if "failing_that" in clue.cues and any(not s.deadline for s in ahead):
        return True
    return clue.activity >= _MAYBE and any(s.has_clock or meeting_times.is_free(clue, s) for s in ahead)


def _groups(chosen: list[Clue]) -> list[list[Clue]]:
    """Sentences of one meeting together; a call beside a meeting is its own where both have times."""
    calls = [c for c in chosen if c.scores["call"] >= _SURE > c.scores["meeting"]]
    meets = [c for c in chosen if c not in calls]
    apart = [any(s.slot and not s.past for c in group for s in c.spans) for group in (calls, meets)]
    if calls and meets and all(apart):
        return sorted([calls, meets], key=lambda group: group[0].sentence.start)
    return [chosen] if chosen else []


def _meeting(
    group: list[Clue], reference: datetime, reply: bool, length_min: int | None, earlier: tuple[Slot, ...]
) -> Meeting:
    status = _status(group, reply)
    said, old = meeting_times.of(group, status, reference, earlier)
    if status == "moved" and not said and old is None:
        status = None
    final = lengths.with_length((s.slot for s in said), length_min)
    taken = () if final or status == "moved" else _pointed(group, earlier)
    if status == "cancelled" and old is not None and not (final or taken):
        final, old = (_slot_of(old),), None
    agreed = bool(taken) or agreeing.is_confirmed(group, final, reply)
    settled = status or ("confirmed" if agreed else "proposed")
    return Meeting(_kind(group), settled, tuple(group), final or taken, old, max(c.activity for c in group))


def _pointed(group: list[Clue], earlier: tuple[Slot, ...]) -> tuple[Slot, ...]:
    for clue in group:
        if slot := quoted.pointed_at(clue.sentence.text, clue.sentence.language, earlier):
            return (slot,)
    return ()


def _slot_of(start: datetime | date) -> Slot:
    return Slot(start, None, all_day=not isinstance(start, datetime), approx=False)


def _kind(group: list[Clue]) -> ActivityKind:
    call, meeting = (sum(c.scores[tag] + 0.5 * (tag in c.cues) for c in group) for tag in ("call", "meeting"))
    return "call" if call > meeting else "meeting"


# ---- how far it has come


def _status(group: list[Clue], reply: bool) -> ActivityStatus | None:
    """Moved or cancelled where the words say so, else None."""
    future = any(s.slot and not s.past for c in group for s in c.spans)
    moved = [c for c in group if _moves(c)]
    lost = [c for c in group if "cancelled" in c.cues or "unavailable" in c.cues]
    counter = reply and not any("moved_firmly" in c.cues for c in moved)
    if moved and (future or lost) and not counter:
        return "moved"
    if any("cancelled" in c.cues for c in group):
        others = [s for c in group if c not in lost for s in c.spans if s.slot and not s.past]
        return "moved" if others else "cancelled"
    return None


def _moves(clue: Clue) -> bool:
    """Whether a sentence moves the meeting, not only for some case (雨の場合は延期); "otherwise" names one more day."""
    firmly = clue.sentence.language != "ja" and "moved_firmly" in clue.cues
    return "moved" in clue.cues and ("condition" not in clue.cues or firmly)
