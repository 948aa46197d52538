"""Times that the new text only points at: the options of the quoted mail, and the time agreed there.

The quote gives no activity of its own; it is read only for "your second option" and "same time".
"""

from __future__ import annotations

from datetime import datetime

from pipeline.extract import clues, slots
from pipeline.extract import times as engine
from pipeline.records import Message, Segment, Slot

_LONGEST_QUOTE = 20_000
_NTH = ("first", "second", "third", "fourth", "fifth")


def options(message: Message, segments: tuple[Segment, ...], reference: datetime) -> tuple[Slot, ...]:
    """The times to come that the newest quoted mail names, in order."""
    quote = next((s for s in segments if s.zone == "quote"), None)
    if quote is None:
        return ()
    text = message.text[quote.start : min(quote.end, quote.start + _LONGEST_QUOTE)]
    plain = "\n".join(line.lstrip("> \u3000") for line in text.splitlines())
    spans = [s for s in engine.find(plain, reference, quote.language) if s.has_day and not s.deadline and not s.past]
    return tuple(said.slot for said in slots.gather(spans, reference) if said.slot.start)


def pointed_at(text: str, language: str, among: tuple[Slot, ...]) -> Slot | None:
    """The option that a sentence points at by its number ("your second option", 第二候補, ②)."""
    for number, name in enumerate(_NTH):
        if number < len(among) and clues.matches(f"option_{name}", text, language):
            return among[number]
    return None
