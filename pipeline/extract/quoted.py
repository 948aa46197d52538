"""Times that the new text only points at: those that the mail it answers named.

The quote gives no activity of its own; it is read only for "the second works", "Tuesday's fine" and "same time".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time

from pipeline.extract import clues, slots
from pipeline.extract import times as engine
from pipeline.extract.times import TimeSpan
from pipeline.records import QuotedMessage, Slot

_LONGEST_QUOTE = 20_000
_MOST_MESSAGES = 3
_NTH = ("first", "second", "third", "fourth", "fifth")
_JAPANESE = re.compile(r"[ぁ-ヿ一-龥]")


def options(messages: Sequence[QuotedMessage], reference: datetime) -> tuple[Slot, ...]:
    """The times to come that the newest quoted mail with any names, in order, seen from that mail's own date.

    ``reference`` is the date of the mail that quotes, which stands in where the quoted one tells none.
    """
    for message in sorted(messages[:_MOST_MESSAGES], key=lambda m: m.depth):
        named = _named(message.text[:_LONGEST_QUOTE], _sent(message.date, reference))
        if named:
            return named
    return ()


def _sent(told: datetime | date | None, reference: datetime) -> datetime:
    if isinstance(told, datetime):
        return told
    return reference if told is None else datetime.combine(told, time(12), reference.tzinfo)


def _named(text: str, sent: datetime) -> tuple[Slot, ...]:
    found = engine.find(text, sent, "ja" if _JAPANESE.search(text) else "en")
    spans = [s for s in found if s.has_day and not s.deadline and not s.past]
    return tuple(said.slot for said in slots.gather(spans, sent))


def pointed_at(text: str, language: str, among: tuple[Slot, ...]) -> Slot | None:
    """The option that a sentence points at by its place ("your second option", 第二候補, ②, "the last one")."""
    for number, name in enumerate(_NTH):
        if number < len(among) and clues.matches(f"option_{name}", text, language):
            return among[number]
    if among and clues.matches("option_last", text, language):
        return among[-1]
    return None


def meant(span: TimeSpan, among: tuple[Slot, ...]) -> Slot | None:
    """The option that a day without a time, or a time without a day, picks out of those offered."""
    slot = span.slot
    if slot is None or slot.approx or slot.end is not None or span.past:
        return None
    fitting = [option for option in among if _fits(span, slot, option)]
    return fitting[0] if len(fitting) == 1 else None


def _fits(span: TimeSpan, slot: Slot, option: Slot) -> bool:
    if not isinstance(option.start, datetime):
        return False
    if span.has_day and not span.has_clock:
        day, offered = slots.day_of(slot.start), option.start.date()
        return day == offered or (span.bare_weekday and day.weekday() == offered.weekday())
    if span.has_clock and not span.has_day and isinstance(slot.start, datetime):
        return slot.start.timetz() == option.start.timetz()
    return False
