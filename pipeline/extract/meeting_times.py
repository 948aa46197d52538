"""Which times the sentences of a meeting appoint it for, and which is the old one of a meeting that is moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from pipeline.extract import asides, clues, quoted, slots, task_lists
from pipeline.extract.clues import Clue
from pipeline.extract.slots import Said
from pipeline.extract.times import TimeSpan
from pipeline.records import ActivityStatus, Slot

_SURE = clues.SURE
_FAINT = 0.85  # of the surest sentence's chance: with less, a sentence's times are not the meeting's
_WINDOW = 30  # characters beside a time in which words tell whether it is the old or the new one
_HALF_DAY = timedelta(hours=12)
_EVENINGS = frozenset({"evening", "night", "tonight", "dinner", "early_evening", "late_evening"})
_TIME_SHARE = 0.5  # a line that is mostly times belongs to the meeting beside it


def of(
    group: list[Clue], status: ActivityStatus | None, reference: datetime, earlier: tuple[Slot, ...]
) -> tuple[list[Said], datetime | date | None]:
    """The candidates that the sentences of a meeting name, and the old start of a moved one."""
    group = [_in_the_evening(clue, before) for before, clue in zip([None, *group], group, strict=False)]
    labelled = [(c, s) for c in group for s in c.spans if not _deadline(c, s) and not asides.repeats(c, s)]
    same_as = earlier or tuple(filter(None, (group[0].timed,)))
    if status != "moved":
        naming = _naming(group) if status is None else group
        spans = asides.without([(clue, span) for clue in naming for span in _candidates(clue)])
        if not any(span.has_day for span in spans) and max(c.scores["meeting"] for c in group) >= _SURE:
            told = [(clue, _on_named_day(clue, span)) for clue in naming for span in _candidates(clue)]
            spans = asides.without(told)
        said = slots.gather([_filled(span, spans, earlier) for span in spans], reference, same_as)
        timed = [s for s in said if not s.slot.all_day]
        return (timed or said) if status == "cancelled" else said, None
    labelled = [piece for clue, span in labelled for piece in _halved(clue, span)]
    sides = _sides(labelled)
    old = [replace(span, relation="at") for (_, span), side in zip(labelled, sides, strict=True) if side == "old"]
    new = [span for (_, span), side in zip(labelled, sides, strict=True) if side == "new"]
    before = _with_clock_of(slots.gather(old, reference), earlier)
    said = slots.gather(_completed(new, before), reference, same_as)
    said = [s for s in said if not before or s.slot.start != before[0].slot.start]
    return said, before[0].slot.start if before else None


def _in_the_evening(clue: Clue, before: Clue | None) -> Clue:
    """A sentence whose "7" is in the evening, because the meeting is a dinner or on some evening."""
    open_before = before is not None and not any(s.has_clock and not s.part for s in before.spans)
    told = [clue, *([before] if before and open_before else [])]
    late = any("evening_event" in c.cues or any(s.part in _EVENINGS for s in c.spans) for c in told)
    return replace(clue, spans=tuple(_later(s) for s in clue.spans)) if late else clue


def _later(span: TimeSpan) -> TimeSpan:
    """A time of day of either half as that of the evening."""
    clock, slot = span.said.first.clock, span.slot
    either_half = clock is not None and clock.plain and clock.half is None and 6 < clock.hour < 10
    if slot is None or not either_half or not isinstance(slot.start, datetime) or slot.start.hour > 12:
        return span
    end = slot.end + _HALF_DAY if isinstance(slot.end, datetime) and slot.end.hour <= 12 else slot.end
    return replace(span, slot=replace(slot, start=slot.start + _HALF_DAY, end=end))


def _on_named_day(clue: Clue, span: TimeSpan) -> TimeSpan:
    """A time of day on the day that an earlier sentence named, though that sentence is not about the meeting.

    Calls are left out: "I'll ring you at 5" is today.
    """
    if clue.day is None or span.slot is None or not span.has_clock or span.has_day:
        return span
    return replace(span, slot=slots.on_day(span.slot, clue.day))


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
    return [c for c in group if c not in declined and (c.activity >= _FAINT * best or mostly_times(c) or _adds(c))]


def _adds(clue: Clue) -> bool:
    """Whether a sentence names a further time for a meeting that stands beside it."""
    return "failing_that" in clue.cues or any(s.has_day and is_free(clue, s) for s in clue.spans)


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
        s.has_clock or s.vague_day or s.part == "day" or near or is_free(clue, s) or _only_limits(s)
        for s, near in zip(spans, listed, strict=True)
    ]
    return [s for s, kept in zip(spans, keep, strict=True) if kept]


def _only_limits(span: TimeSpan) -> bool:
    """Whether a span is no candidate but tells how long, or which day is out of the question."""
    return span.kind == "duration" or span.relation == "except"


def is_free(clue: Clue, span: TimeSpan) -> bool:
    """Whether all of a day to come is said to suit ("any time on Wednesday", 4日は一日空いています)."""
    if span.part == "day":
        return True
    text, language = clue.sentence.text, clue.sentence.language
    return clues.matches("free_after", text[span.end : span.end + _WINDOW], language) or clues.matches(
        "free_before", text[max(0, span.start - _WINDOW) : span.start], language
    )


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
    for before, i in pairwise(timed):
        sides[i] = sides[before] if labelled[i][1].listed and not sides[i] else sides[i]
    first_new = next((i for i in timed if sides[i] == "new"), len(labelled))
    open_ones = [i for i in timed if not sides[i] and i < first_new]
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


def mostly_times(clue: Clue) -> bool:
    """Whether a line is little more than times to come, and so belongs to the meeting beside it."""
    spans = [s for s in clue.spans if s.has_day and s.has_clock and not s.past]
    if not spans and clues.matches("for_all", clue.sentence.text, clue.sentence.language):
        return any(s.has_clock and not s.past for s in clue.spans)
    if task_lists.is_item(clue) and any(s.has_day and not s.past and is_free(clue, s) for s in clue.spans):
        return True
    covered = sum(s.end - s.start for s in spans)
    return covered >= _TIME_SHARE * len(clue.sentence.text)
