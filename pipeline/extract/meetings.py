"""Meetings and calls from sentences: what belongs together, which times stand, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline.extract import agreeing, clues, quoted, slots
from pipeline.extract.clues import Clue
from pipeline.extract.slots import Said
from pipeline.extract.times import TimeSpan
from pipeline.records import ActivityKind, ActivityStatus, Slot

_SURE = clues.SURE
_MAYBE = 0.1
_FAINT = 0.85  # of the surest sentence's chance: with less, a sentence's times are not the meeting's
_WINDOW = 30  # characters beside a time in which words tell whether it is the old or the new one
_TIME_SHARE = 0.5  # a line that is mostly times belongs to the meeting beside it


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
    chosen = _chosen(all_clues, earlier)
    return [_meeting(group, reference, reply, _length_beside(group, all_clues), earlier) for group in _groups(chosen)]


def _length_beside(group: list[Clue], all_clues: list[Clue]) -> int | None:
    """The length that the meeting's sentences state, or one beside them that says how long it takes."""
    beside = [
        c
        for before, c, after in zip([None, *all_clues], all_clues, [*all_clues[1:], None], strict=False)
        if (before in group or after in group) and "length_needed" in c.cues
    ]
    return slots.stated_length(s for c in (*group, *beside) for s in c.spans)


def _chosen(all_clues: list[Clue], earlier: tuple[Slot, ...]) -> list[Clue]:
    """The sentences about a meeting or call, with the lines of times beside them."""
    sure = [c.activity >= _SURE or _takes_up(c, earlier) for c in all_clues]
    for i, clue in enumerate(all_clues):
        beside = (i > 0 and sure[i - 1]) or (i + 1 < len(all_clues) and sure[i + 1])
        if not sure[i] and beside and clue.deed < _SURE and (_mostly_times(clue) or _likely(clue)):
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
    return clue.activity >= _MAYBE and any(s.has_day and s.has_clock and not s.past for s in clue.spans)


def _mostly_times(clue: Clue) -> bool:
    spans = [s for s in clue.spans if s.has_day and s.has_clock and not s.past]
    if not spans and clues.matches("for_all", clue.sentence.text, clue.sentence.language):
        return any(s.has_clock and not s.past for s in clue.spans)
    covered = sum(s.end - s.start for s in spans)
    return covered >= _TIME_SHARE * len(clue.sentence.text)


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
    said, old = times_of(group, status, reference, earlier)
    if status == "moved" and not said and old is None:
        status = None
    final = slots.with_length((s.slot for s in said), length_min)
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
    moved = [c for c in group if "moved" in c.cues and "condition" not in c.cues]
    lost = [c for c in group if "cancelled" in c.cues or "unavailable" in c.cues]
    counter = reply and not any("moved_firmly" in c.cues for c in moved)
    if moved and (future or lost) and not counter:
        return "moved"
    if any("cancelled" in c.cues for c in group):
        others = [s for c in group if c not in lost for s in c.spans if s.slot and not s.past]
        return "moved" if others else "cancelled"
    return None


# ---- which times stand


def times_of(
    group: list[Clue], status: ActivityStatus | None, reference: datetime, earlier: tuple[Slot, ...]
) -> tuple[list[Said], datetime | date | None]:
    """The candidates that the sentences of a meeting name, and the old start of a moved one."""
    labelled = [(clue, span) for clue in group for span in clue.spans if not _deadline(clue, span)]
    if status != "moved":
        naming = _naming(group) if status is None else group
        spans = [span for clue in naming for span in _candidates(clue)]
        said = slots.gather([_filled(span, spans, earlier) for span in spans], reference, earlier)
        timed = [s for s in said if not s.slot.all_day]
        return (timed or said) if status == "cancelled" else said, None
    labelled = [piece for clue, span in labelled for piece in _halved(clue, span)]
    sides = _sides(labelled)
    old = [replace(span, relation="at") for (_, span), side in zip(labelled, sides, strict=True) if side == "old"]
    new = [span for (_, span), side in zip(labelled, sides, strict=True) if side == "new"]
    before = _with_clock_of(slots.gather(old, reference), earlier)
    said = slots.gather(_completed(new, before), reference, earlier)
    said = [s for s in said if not before or s.slot.start != before[0].slot.start]
    return said, before[0].slot.start if before else None


def _filled(span: TimeSpan, spans: list[TimeSpan], earlier: tuple[Slot, ...]) -> TimeSpan:
    """A day or a time alone with what the quoted mail says beside it, where the new text leaves the rest open."""
    whole = any(s.has_day for s in spans) and any(s.has_clock for s in spans)
    option = None if whole else quoted.meant(span, earlier)
    return replace(span, slot=option, has_day=True, has_clock=True) if option else span


def _naming(group: list[Clue]) -> list[Clue]:
    """The sentences whose times can be the meeting's.

    Where one offers a day and time, those that decline a time or are far less surely about the meeting tell reasons.
    """
    exact = [c for c in group if any(s.has_day and s.has_clock and not s.past for s in c.spans)]
    offers = [c for c in exact if not c.cues & {"unavailable", "cancelled"}]
    if not offers:
        return group
    best = max(c.activity for c in offers)
    declined = [c for c in group if c.cues & {"unavailable", "cancelled"} and "confirmed" not in c.cues]
    return [c for c in group if c not in declined and (c.activity >= _FAINT * best or _mostly_times(c))]


def _with_clock_of(old: list[Said], earlier: tuple[Slot, ...]) -> list[Said]:
    """The old day with the time of day that the quoted mail gave it."""
    if not old or not old[0].slot.all_day:
        return old
    same = [s for s in earlier if isinstance(s.start, datetime) and s.start.date() == old[0].slot.start]
    return [replace(old[0], slot=same[0]), *old[1:]] if same else old


def _candidates(clue: Clue) -> list[TimeSpan]:
    """The spans of a sentence, without a bare day that stands beside exact times as a reason or a passing remark."""
    spans = [s for s in clue.spans if not _deadline(clue, s)]
    timed = [s.has_day and s.has_clock and not s.past for s in spans]
    if not any(timed):
        return spans
    listed = [s.listed or (i + 1 < len(spans) and spans[i + 1].listed) for i, s in enumerate(spans)]
    keep = [
        s.has_clock or s.vague_day or s.kind == "duration" or s.part == "day" or near
        for s, near in zip(spans, listed, strict=True)
    ]
    return [s for s, kept in zip(spans, keep, strict=True) if kept]


def _deadline(clue: Clue, span: TimeSpan) -> bool:
    """Whether a span in a meeting's sentence is the date of an answer, not of the meeting."""
    return span.relation in ("by", "within") and clue.deed >= _SURE > clue.activity


def _halved(clue: Clue, span: TimeSpan) -> list[tuple[Clue, TimeSpan]]:
    """A range that is really "from old to new" as its two ends."""
    if span.kind not in ("range", "time") or span.slot is None or span.slot.end is None or "moved" not in clue.cues:
        return [(clue, span)]
    ahead = clue.sentence.text[max(0, span.start - 6) : span.start].lower()
    other_day = slots.day_of(span.slot.start) != slots.day_of(span.slot.end)
    inside = "from " in clue.text_of(span).lower()
    if span.slot.approx or not (other_day or inside or ahead.rstrip().endswith("from")):
        return [(clue, span)]
    slot = span.slot
    first = replace(span, slot=replace(slot, end=None), relation="from", end=span.start + 1)
    assert slot.end is not None
    last = replace(span, slot=Slot(slot.end, None, slot.all_day, approx=False), relation="at", start=span.end - 1)
    return [(clue, first), (clue, last)]


def _sides(labelled: list[tuple[Clue, TimeSpan]]) -> list[str]:
    """For each time whether it is the old or the new one, or neither ("" for lengths)."""
    sides = [_side(clue, span) for clue, span in labelled]
    timed = [i for i, (_, span) in enumerate(labelled) if span.slot and span.kind not in ("duration", "repetition")]
    open_ones = [i for i in timed if not sides[i]]
    if open_ones and not any(s == "old" for s in sides) and len(timed) > 1:
        sides[open_ones[0]] = "old"
    for i in timed:
        sides[i] = sides[i] or "new"
    if not any(sides[i] == "new" for i in timed) and len(timed) > 1:
        sides[timed[-1]] = "new"
    return sides


def _side(clue: Clue, span: TimeSpan) -> str:
    if span.slot is None or span.kind in ("duration", "repetition"):
        return ""
    if span.same_time:
        return "new"
    if span.relation == "except":
        return "old"
    if span.relation == "from" and span.end == span.start + 1:
        return "old"
    text, language = clue.sentence.text, clue.sentence.language
    before, after = text[max(0, span.start - _WINDOW) : span.start], text[span.end : span.end + _WINDOW]
    for name, side, window in (
        ("new_after", "new", after),
        ("old_before", "old", before),
        ("old_after", "old", after),
        ("new_before", "new", before),
    ):
        if clues.matches(name, window, language):
            return side
    return "old" if clue.cues & {"unavailable", "cancelled"} and "moved" not in clue.cues else ""


def _completed(new: list[TimeSpan], before: list[Said]) -> list[TimeSpan]:
    """The new times with what they leave to the old one: its clock time or its day."""
    if not before:
        return new
    dated = any(span.has_day for span in new)
    old = before[0].slot.start
    done = []
    for span in new:
        slot = span.slot
        assert slot is not None
        if span.same_time and isinstance(old, datetime):
            start = datetime.combine(slots.day_of(slot.start), old.timetz())
            span = replace(span, slot=Slot(start, None, all_day=False, approx=False), has_clock=True)
        elif not dated and isinstance(slot.start, datetime):
            shift = slots.day_of(old) - slot.start.date()
            end = slot.end + shift if isinstance(slot.end, datetime) else None
            span = replace(span, slot=replace(slot, start=slot.start + shift, end=end), has_day=True)
        done.append(span)
    return done
