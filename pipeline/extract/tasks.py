"""Tasks from sentences: one for each deed asked for or promised, with its latest date and who owes it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline.extract import clues, slots
from pipeline.extract import participants as people
from pipeline.extract.clues import Clue
from pipeline.extract.times import TimeSpan
from pipeline.extract.times.resolve import due as due_of

_SURE = clues.SURE
_CLEARLY = 0.2
_LIST_ITEM = re.compile(r"\s*(?:[-*・•●○■□◆▪–]|[(（]?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4}|[０-９])[.)．）、]|[①-⑳])")


@dataclass(frozen=True, slots=True)
class Task:
    """A deed as its sentences tell it."""

    clues: tuple[Clue, ...]
    due: datetime | date | None
    owner: str
    score: float


def find(all_clues: list[Clue], reference: datetime) -> list[Task]:
    """The tasks of a mail in their order."""
    found: list[Task] = []
    heading: Clue | None = None
    for i, clue in enumerate(all_clues):
        if clue.sentence.text.rstrip().endswith((":", "：")):
            heading = clue
        if clue.deed < _SURE or _only_calls(clue):
            continue
        both = _request_and_promise(clue, reference)
        task = Task((clue,), latest(_of_the_deed(clue), reference), _owner(clue), clue.deed)
        if task.due is None and not both:
            task = _dated_beside(task, all_clues, i, heading, reference)
        found += both or [task]
    return found


_THEN_WE_EN = re.compile(r"(?:[,;–—-]|\band|\bthen)\s(?:and\s|then\s)?(?:[Ww]e|I)(?:['’]ll|\s(?:will|shall))\b")


def _request_and_promise(clue: Clue, reference: datetime) -> list[Task]:
    """The two deeds of "send it and I'll sign it"; none where a sentence does not ask and then promise.

    Japanese sentences mostly promise first, as the reason of what they ask, and that is no deed of its own.
    """
    text, language = clue.sentence.text, clue.sentence.language
    then = None if language == "ja" else _THEN_WE_EN.search(text)
    if then is None:
        return []
    cut = then.start()
    if not (clues.matches("task", text[:cut], language) and clues.matches("promise", text[cut:], language)):
        return []
    asked = latest([s for s in clue.spans if s.end <= cut], reference)
    promised = latest([s for s in clue.spans if s.start >= cut], reference)
    return [Task((clue,), asked, "recipient", clue.deed), Task((clue,), promised, "sender", clue.deed)]


def _only_calls(clue: Clue) -> bool:
    """Whether the deed is the call itself ("I'll ring you at 3"), which is no task beside the call."""
    return "call" in clue.cues and clue.scores["call"] >= _SURE and clue.scores["call"] + _CLEARLY > clue.deed


def _dated_beside(task: Task, all_clues: list[Clue], i: int, heading: Clue | None, reference: datetime) -> Task:
    """The task with the deadline of the heading over its list, or of a sentence beside it that only sets one."""
    beside = [c for c in all_clues[i + 1 : i + 2] if c.deed < _SURE and c.activity < _SURE]
    if heading is not None and _LIST_ITEM.match(task.clues[0].sentence.text):
        beside.insert(0, heading)
    for clue in beside:
        due = latest([s for s in clue.spans if s.deadline or s.relation == "until"], reference)
        if due is not None and clue is not task.clues[0]:
            return replace(task, due=due, clues=tuple(sorted((*task.clues, clue), key=lambda c: c.sentence.start)))
    return task


_IF = re.compile(
    r"^\W*(?:if|unless|in case|once|when|as soon as|should)\b[^,]*?(?:,|(?= (?:i|we)(?:'ll| will)\b))", re.I
)
_REASON = re.compile(r"(?:, as | as soon as |\bbecause |\bso that |, since )", re.I)


def _of_the_deed(clue: Clue) -> list[TimeSpan]:
    """The spans of a sentence that can be the deed's own: not those of its condition, or of a mere reason."""
    if clue.sentence.language == "ja":
        return list(clue.spans)
    condition = _IF.match(clue.sentence.text)
    begin = condition.end() if condition else 0
    reason = _REASON.search(clue.sentence.text, begin)
    end = reason.start() if reason else len(clue.sentence.text)
    own = [s for s in clue.spans if s.start >= begin]
    return [s for s in own if s.start < end or s.deadline]


def latest(spans: Iterable[TimeSpan], reference: datetime) -> datetime | date | None:
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


def _a_week(span: TimeSpan) -> bool:
    """Whether a vague day is one of a week ("this week" means by its Friday), not of a month."""
    slot = span.slot
    if slot is None or slot.end is None:
        return True
    return (slots.day_of(slot.end) - slots.day_of(slot.start)).days < 7


_NAMED_EN = re.compile(
    r"^(?:\W*(?:Also|And|Then|So),? )?(?:our \w+,? )?(?:(?:Mr|Mrs|Ms|Dr)\.? )?([A-Z][a-z]+(?: [A-Z][a-z]+)?)"
    r"(?:,[^,]{1,40},)?(?: will(?! be\b)|'ll| shall| is going to)\b"
)
_NAMED_JA = re.compile(
    r"(?:[一-龥]の|弊社|当社)([一-龥]{1,3})(?:さん|様)?が[^。]{0,40}?(?:ます|ました)(?:。|$)"
    r"|(?:^|[はを、])([一-龥]{1,3})(?:さん|様)?から[^。]{0,30}?せます(?:。|$)"
)
_NO_NAME_JA = frozenset(
    {
        "私",
        "弊社",
        "当社",
        "担当",
        "担当者",
        "当方",
        "会社",
        "本社",
        "上司",
        "部下",
        "同僚",
        "業者",
        "部長",
        "課長",
        "社長",
    }
)


def _owner(clue: Clue) -> str:
    """Who owes the deed: whoever the sentence names as its doer, else sender or recipient by the kind of sentence."""
    if clue.scores["promise"] <= clue.scores["task"]:
        return "recipient"
    text = " ".join(clue.sentence.text.split())
    named = _NAMED_JA.search(text) if clue.sentence.language == "ja" else _NAMED_EN.match(text)
    name: str | None = next(filter(None, named.groups()), None) if named else None
    if name is None or name in _NO_NAME_JA or name.split()[0] in people.no_names():
        return "sender"
    return name
