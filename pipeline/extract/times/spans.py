"""The record that the time engine gives: one time expression with its place and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.extract.times.symbols import Every, Expression, Length, PartName, Relation
from pipeline.records import Slot

_NOTHING = Expression(0, 0)

Kind = Literal["point", "date", "range", "duration", "repetition", "time", "vague"]


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """A time expression, ``text[start:end]``, and what it means for a mail of a certain date.

    ``kind``: a ``point`` has a day and a clock time, a ``date`` is whole days, a ``range`` has both ends, a ``time``
    is a time of day whose day the text does not tell (``slot`` then lies on the mail's own day); a ``duration`` has
    only ``length``, a ``repetition`` has ``every`` and its next ``slot``; ``vague`` is a time that cannot be told.
    ``relation`` tells what is said of it: ``by`` and ``within`` are deadlines.
    ``has_day`` and ``has_clock``: whether the text names a day or days (a season is too long), a time of day.
    ``past``: over when the mail was sent.
    ``same_time``: the clock time is "the same as before". ``named_zone``: the text names a time zone.
    ``listed``: an alternative to the span before it.
    ``part``: the part of the day that stands for a clock time. ``vague_day``: some day of a period.
    ``bare_weekday``: "Tuesday", which a week named before may move. ``anchored``: counted from the day named last,
    ``with_time``: and at its time ("by then"). ``conflict``: the date does not fall on the weekday written beside it.
    ``said``: the symbols behind it, as this expression alone says them.
    """

    start: int
    end: int
    kind: Kind
    slot: Slot | None
    relation: Relation = "at"
    has_day: bool = False
    has_clock: bool = False
    past: bool = False
    same_time: bool = False
    listed: bool = False
    named_zone: bool = False
    part: PartName | None = None
    vague_day: bool = False
    bare_weekday: bool = False
    anchored: bool = False
    with_time: bool = False
    conflict: bool = False
    length: Length | None = None
    every: Every | None = None
    rule: str = ""
    said: Expression = _NOTHING

    @property
    def deadline(self) -> bool:
        """Whether the form of words sets a latest time."""
        return self.relation in ("by", "before", "within", "effect")

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The slot as a tuple of none or one."""
        return (self.slot,) if self.slot else ()
