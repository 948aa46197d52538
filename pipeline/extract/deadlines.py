"""By when a deed is due: what its own sentence says, and what another sentence sets for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

from pipeline.extract import slots
from pipeline.extract.clues import Clue
from pipeline.extract.times import TimeSpan
from pipeline.extract.times.resolve import due as due_of

_IF = re.compile(
    r"^\W*(?:if|unless|in case|once|when|as soon as|should)\b[^,]*?(?:,|(?= (?:i|we)(?:'ll| will)\b))", re.I
)
_SAME_DAY = re.compile(r"\bsame (?:day|date|evening|morning)$", re.I)
_UP_TO = re.compile(r"\b(?:to|until|till|through|on)\s+(?:the\s+)?$", re.I)
_REASON = re.compile(r"(?:, as | as soon as |\bbecause |\bso that |, since )", re.I)


def of_the_deed(clue: Clue) -> list[TimeSpan]:
    """The spans of a sentence that can be the deed's own.

    Not those of its condition or of a mere reason, the day that a term is to be extended to, or "the same day".
    """
    spans = [s for s in clue.spans if not _SAME_DAY.search(clue.text_of(s)) and not _moves_to(clue, s)]
    if clue.sentence.language == "ja":
        return spans
    condition = _IF.match(clue.sentence.text)
    begin = condition.end() if condition else 0
    reason = _REASON.search(clue.sentence.text, begin)
    end = reason.start() if reason else len(clue.sentence.text)
    own = [s for s in spans if s.start >= begin]
    return [s for s in own if s.start < end or s.deadline]


def _moves_to(clue: Clue, span: TimeSpan) -> bool:
    """Whether a term is to be extended to that day."""
    if "extended" not in clue.cues or span.relation == "by":
        return False
    return clue.sentence.language == "ja" or _UP_TO.search(clue.sentence.text, 0, span.start) is not None


def latest(spans: Iterable[TimeSpan]) -> datetime | date | None:
    """The deadline that a sentence names: a form of "by" first, else its only exact time to come."""
    timed = [s for s in spans if s.slot and s.kind not in ("duration", "repetition") and not s.past]
    timed = [s for s in timed if (s.has_day or s.has_clock) and s.relation not in ("since", "except")]
    exact = [s for s in timed if not s.vague_day or _a_week(s)]
    firm = [s for s in exact if s.relation not in ("until", "from")]
    for choice in (
        [s for s in timed if s.deadline],
        [s for s in timed if s.relation == "until"],
        [s for s in firm if s.has_day],
        firm,
        exact,
    ):
        if choice:
            return due_of(choice[0])
    return None


def set_by(clue: Clue) -> datetime | date | None:
    """The deadline that a sentence sets for what others ask: only a form of "by" or "until" does."""
    return latest(s for s in clue.spans if s.deadline or s.relation == "until")


def named_by(clue: Clue) -> datetime | date | None:
    """The date of a sentence that speaks of the deadline itself (期限は3月16日です, "replies are due on Friday")."""
    if "extended" in clue.cues:
        return None
    return set_by(clue) or (latest(clue.spans) if "deadline_of_all" in clue.cues else None)


def _a_week(span: TimeSpan) -> bool:
    """Whether a vague day is one of a week ("this week" means by its Friday), not of a month."""
    slot = span.slot
    if slot is None or slot.end is None:
        return True
    return (slots.day_of(slot.end) - slots.day_of(slot.start)).days < 7
