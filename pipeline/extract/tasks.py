"""Tasks from sentences: one for each deed asked for or promised, with its latest date and who owes it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

from pipeline.extract import clues, deadlines, slots, task_lists, weighing
from pipeline.extract import participants as people
from pipeline.extract.clues import Clue
from pipeline.extract.times import TimeSpan

_SURE = clues.SURE
_CLEARLY = 0.2
_MOST_DEADLINES = 20  # that a mail sets apart from its deeds; more come from no person


@dataclass(frozen=True, slots=True)
class Task:
    """A deed as its sentences tell it."""

    clues: tuple[Clue, ...]
    due: datetime | date | None
    owner: str
    score: float


def find(all_clues: list[Clue]) -> list[Task]:
    """The tasks of a mail in their order."""
    found: list[Task] = []
    all_clues = all_clues[:1] + [_on_day_of(before, clue) for before, clue in pairwise(all_clues)]
    over = task_lists.headings(all_clues)
    for i, clue in enumerate(all_clues):
        above = over[i]
        heading = None if above is None else all_clues[above]
        if heading and task_lists.asks_for_items(heading):
            found += [_asked_item(clue, heading)] if task_lists.is_asked(clue) else []
        elif heading and found and found[-1].clues[0] is heading and task_lists.is_detail(clue, heading):
            found[-1] = replace(found[-1], clues=(*found[-1].clues, clue))
        elif _is_deed(clue, i + 1 < len(all_clues) and over[i + 1] == i):
            found += _request_and_promise(clue) or [_task(clue, heading, all_clues[i + 1 : i + 2])]
    return _with_need_before(_with_deadlines(found, all_clues), all_clues)


def _on_day_of(before: Clue, clue: Clue) -> Clue:
    """A sentence whose bare times of day are those of the day that the meeting or deed before it is on."""
    if max(before.activity, before.deed) < _SURE:
        return clue
    named = [s for s in before.spans if s.has_day and s.slot and not (s.past or s.vague_day or s.deadline)]
    if not named or named[-1].slot is None or named[-1].relation == "except":
        return clue
    day = slots.day_of(named[-1].slot.start)
    return replace(clue, spans=tuple(_on(day, span) for span in clue.spans))


def _on(day: date, span: TimeSpan) -> TimeSpan:
    bare = span.has_clock and not span.has_day and span.part is None
    if not bare or span.slot is None or not isinstance(span.slot.start, datetime):
        return span
    return replace(span, slot=slots.on_day(span.slot, day))


def _is_deed(clue: Clue, over_items: bool) -> bool:
    return (
        clue.deed >= _SURE
        and not (_only_calls(clue) or _forbids(clue))
        and not (over_items and task_lists.asks_for_items(clue))
    )


def _forbids(clue: Clue) -> bool:
    """Whether a sentence only asks that something be left undone ("please don't send a brochure")."""
    if "forbids" not in clue.cues or "promise" in clue.cues:
        return False
    return not weighing.deeds(clue.sentence.text, clue.sentence.language).get("imperative_inside")


def _asked_item(item: Clue, heading: Clue) -> Task:
    """An item of a list whose heading asks for whatever the items name."""
    due = deadlines.latest(deadlines.of_the_deed(item)) or deadlines.set_by(heading)
    return Task((heading, item), due, "recipient", max(item.deed, heading.deed))


def _task(clue: Clue, heading: Clue | None, after: list[Clue]) -> Task:
    """The deed of one sentence, with the deadline of the heading over its list or of the sentence behind it."""
    due = deadlines.latest(deadlines.of_the_deed(clue)) or deadlines.of_its_month(clue)
    task = Task((clue,), due, _owner(clue), clue.deed)
    beside = [c for c in after if c.deed < _SURE and c.activity < _SURE]
    for other in (*([heading] if heading else []), *beside):
        if task.due is None:
            task = _due(task, other, deadlines.set_by(other))
    return task


def _due(task: Task, other: Clue, due: datetime | date | None) -> Task:
    """The task with a deadline that another sentence sets, if it does."""
    if due is None or other in task.clues:
        return task
    return replace(task, due=due, clues=tuple(sorted((*task.clues, other), key=lambda c: c.sentence.start)))


def _with_deadlines(found: list[Task], all_clues: list[Clue]) -> list[Task]:
    """The tasks with what the sentences say that speak of a deadline only; those are no tasks beside others."""
    setting = [clue for clue in all_clues if clue.cues & {"deadline_of_all", "ultimatum"}]
    for clue in setting[:_MOST_DEADLINES]:
        due = deadlines.named_by(clue)
        chosen = _meant(clue, found) if due is not None else []
        if chosen:
            found = [_due(t, clue, due) if t in chosen else t for t in found if t.clues != (clue,)]
    return found


def _with_need_before(found: list[Task], all_clues: list[Clue]) -> list[Task]:
    """Undated deeds asked for in the sentence behind one that says by when the outcome is needed."""
    needs = {id(clue): before for before, clue in pairwise(all_clues) if _tells_need(before)}
    done = []
    for task in found:
        need = needs.get(id(task.clues[0]))
        if need is not None and task.due is None and task.owner == "recipient":
            task = _due(task, need, deadlines.named_by(need))
        done.append(task)
    return done


def _tells_need(clue: Clue) -> bool:
    return clue.deed < _SURE and clue.activity < _SURE and "deadline_beside" in clue.cues


def _meant(clue: Clue, found: list[Task]) -> list[Task]:
    """The tasks without a date that a deadline is for: the items of a list, else the surest deed asked before it."""
    undated = [t for t in found if t.due is None and t.owner == "recipient" and clue not in t.clues]
    items = [t for t in undated if task_lists.is_item(t.clues[-1])]
    before = [t for t in undated if t.clues[-1].sentence.start < clue.sentence.start]
    if "ultimatum" in clue.cues:
        return before[-1:]
    return items or sorted(before, key=lambda t: -t.score)[:1]


_THEN_WE_EN = re.compile(r"(?:[,;–—-]|\band|\bthen)\s(?:and\s|then\s)?(?:[Ww]e|I)(?:['’]ll|\s(?:will|shall))\b")


def _request_and_promise(clue: Clue) -> list[Task]:
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
    asked = deadlines.latest(s for s in clue.spans if s.end <= cut)
    promised = deadlines.latest(s for s in clue.spans if s.start >= cut)
    return [Task((clue,), asked, "recipient", clue.deed), Task((clue,), promised, "sender", clue.deed)]


def _only_calls(clue: Clue) -> bool:
    """Whether the deed is the call itself ("I'll ring you at 3"), which is no task beside the call."""
    return "call" in clue.cues and clue.scores["call"] >= _SURE and clue.scores["call"] + _CLEARLY > clue.deed


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
