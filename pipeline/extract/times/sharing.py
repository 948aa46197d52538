"""What candidates in one list leave to each other: the day, the month, the time of day, the zone.

"Tuesday at 10 or 2" gives 2 its Tuesday; 5月15日か22日の午後 gives both their afternoon and the 22nd its May.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.extract.times.grammar import Grammar, compiled
from pipeline.extract.times.symbols import Date, Day, Expression, Moment, Period, ZoneName

_LONGEST_GAP = 48


def share(text: str, found: list[Expression], grammar: Grammar) -> list[Expression]:
    """The expressions with what their neighbours in a list say for them."""
    shared: list[Expression] = []
    for i, expression in enumerate(found):
        if i == 0 or not _gloss(text, found[i - 1], expression):
            shared.append(expression)
        elif shared[-1].first.zone is None and (shared[-1].last is None) == (expression.last is None):
            shared[-1] = _in_zone_of(shared[-1], expression, text)
    for i in range(1, len(shared)):
        if _listed(text, shared[i - 1], shared[i], grammar):
            shared[i] = replace(_from_earlier(shared[i - 1], shared[i]), listed=True)
    for i in range(len(shared) - 2, -1, -1):
        if _listed(text, shared[i], shared[i + 1], grammar):
            shared[i] = _from_later(shared[i], shared[i + 1])
    return shared


def spread_zone(found: list[Expression], zone: ZoneName | None) -> list[Expression]:
    """The expressions, a zone named apart from any clock time ("all times CET") given to those that have a clock."""
    if zone is None:
        return found
    return [
        replace(e, first=replace(e.first, zone=zone)) if e.first.clock and e.first.zone is None else e for e in found
    ]


def _listed(text: str, a: Expression, b: Expression, grammar: Grammar) -> bool:
    gap = text[a.end : b.start]
    return len(gap) <= _LONGEST_GAP and compiled(grammar.either).fullmatch(gap) is not None


def _gloss(text: str, a: Expression, b: Expression) -> bool:
    """Whether ``b`` only repeats the time of ``a`` for another zone, in brackets."""
    alone = b.first.clock is not None and b.first.day is None and b.first.zone is not None
    return alone and a.first.clock is not None and text[a.end : b.start].strip() in ("(", "/", "=")


def _in_zone_of(a: Expression, gloss: Expression, text: str) -> Expression:
    """``a`` at the time that its gloss tells in a zone (14時（日本は15時）)."""
    first = replace(a.first, clock=gloss.first.clock, zone=gloss.first.zone)
    last = replace(a.last, clock=gloss.last.clock) if a.last and gloss.last else a.last
    return replace(a, end=gloss.end + text.startswith(")", gloss.end), first=first, last=last)


def _said(moment: Moment) -> bool:
    return bool(moment.clock or moment.part or moment.same_time)


def _from_earlier(a: Expression, b: Expression) -> Expression:
    """``b`` with the day or month that ``a`` has and it lacks."""
    if a.length or b.length or a.every or b.every:
        return b
    week = isinstance(a.first.day, Period) and a.first.clock is None and b.first.clock is not None
    if b.first.day is None and a.first.day is not None and _said(b.first) and _said(a.first) and not week:
        return replace(b, first=replace(b.first, day=a.first.day, zone=b.first.zone or a.first.zone))
    if b.first.zone is None and a.first.zone is not None and b.first.clock:
        b = replace(b, first=replace(b.first, zone=a.first.zone))
    before, after = a.first.day, b.first.day
    if isinstance(before, Date) and isinstance(after, Date):
        return replace(b, first=replace(b.first, day=_with_month(before, after)))
    return b


def _with_month(before: Date, after: Date) -> Date:
    """``after`` in the month of ``before`` where it is a bare day, in its week where it is a bare weekday."""
    if after.day is not None and after.month is None and after.month_away is None and before.day is not None:
        if after.day > before.day:
            return replace(after, month=before.month, year=before.year, month_away=before.month_away)
        return after
    if after.weekday is not None and after.week is None and after.day is None and before.week is not None:
        return replace(after, week=before.week)
    return after


def _from_later(a: Expression, b: Expression) -> Expression:
    """``a`` with the time of day and month that only the last of the list says."""
    if a.length or b.length or a.every or b.every or a.last:
        return a
    if b.relation == "except" and a.relation == "at":
        a = replace(a, relation="except")
    first = a.first
    if first.day is not None and not _said(first) and b.first.day is not None and _said(b.first):
        a = replace(a, first=replace(first, clock=b.first.clock, part=b.first.part, zone=b.first.zone), last=b.last)
        if b.relation != "at" and a.relation == "at":
            a = replace(a, relation=b.relation, approx=a.approx or b.approx)
    day, later = a.first.day, b.first.day
    if isinstance(day, Date) and isinstance(later, Date):
        a = replace(a, first=replace(a.first, day=_with_later_month(day, later)))
    return a


def _with_later_month(day: Date, later: Date) -> Date:
    """A bare day in the month, a bare weekday in the week, that only the last of a list names."""
    if day.day is not None and day.month is None and later.month and later.day is not None and day.day < later.day:
        return replace(day, month=later.month, year=later.year)
    if day == Date(weekday=day.weekday) and later.week is not None:
        return replace(day, week=later.week)
    return day


def before_end(day: Day, end: Day) -> Day:
    """The opening day of a range with the month and year that only its end says ("3 to 5 May 2026")."""
    if (
        isinstance(day, Date)
        and isinstance(end, Date)
        and day == Date(day=day.day)
        and (day.day or 32) < (end.day or 0)
    ):
        return replace(day, month=end.month, year=end.year, month_away=end.month_away)
    if not (isinstance(day, Date | Period) and isinstance(end, Date | Period)) or not (day.month and end.year):
        return day
    if day.year is not None or day.year_away is not None or (isinstance(day, Period) and day.turn is not None):
        return day
    return replace(day, year=end.year - (end.month is not None and day.month > end.month))


def day_of_both(first: Moment, last: Moment | None) -> tuple[Moment, Moment | None]:
    """The ends of a range of clock times, the day that stands behind them given to both ("6-8 next Monday")."""
    if last is None or last.day is None or first.day is not None or not (first.clock and last.clock):
        return first, last
    return replace(first, day=last.day), replace(last, day=None)
