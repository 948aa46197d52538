"""Time words to whole expressions: what stands together is one moment, two moments may be a range.

One left-to-right pass over the words; only the text between neighbours is looked at, so time is linear.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.extract.times.cues import cue_in, inside_length, relation_of, supported
from pipeline.extract.times.grammar import Cue, Grammar, Word, compiled, groups
from pipeline.extract.times.merge import from_day, merge, settle_half
from pipeline.extract.times.sharing import before_end, day_of_both
from pipeline.extract.times.symbols import (
    Anchored,
    Away,
    Clock,
    Date,
    Day,
    Every,
    Expression,
    Festival,
    Length,
    Moment,
    Part,
    ZoneName,
)

_WINDOW = 32  # how far around an expression its cue words may stand, in characters


@dataclass(frozen=True, slots=True)
class _Taken:
    """A moment and the words it was made of: places ``first`` to ``after - 1``; ``cue`` stood between them."""

    moment: Moment
    first: int
    after: int
    cue: Cue | None = None


def compose(text: str, words: list[Word], grammar: Grammar) -> list[Expression]:
    """The expressions of a folded text, in order, without overlap."""
    found: list[Expression] = []
    i = 0
    while i < len(words):
        expression, i = _expression(text, words, i, grammar)
        if expression:
            found.append(expression)
    return found


def _expression(text: str, words: list[Word], i: int, grammar: Grammar) -> tuple[Expression | None, int]:
    word = words[i]
    if isinstance(word.symbol, Length | Every) and (word.casual or word.weak):
        return None, i + 1
    if isinstance(word.symbol, Length):
        counted = _counted(text, words, i, word.symbol, grammar)
        return counted or (_length(text, word, word.symbol, grammar), i + 1)
    if isinstance(word.symbol, Every):
        return _repetition(text, words, i, grammar)
    first = _moment(text, words, i, grammar, None)
    start = word.start
    before = cue_in(grammar.before, text[max(0, start - _WINDOW) : start], ahead=True)
    last = _range_end(text, words, first, grammar, before) or _lasting_end(text, words, first, grammar)
    after_word = last.after if last else first.after
    end = words[after_word - 1].end
    if not supported(text, words[first.first : after_word], end, last is not None, before, grammar):
        return None, i + 1
    inner = cue_in(grammar.after, text[end : end + _WINDOW], ahead=False)
    if last and (closing := compiled(grammar.closes).match(text, end)):
        end = closing.end()
    after = cue_in(grammar.after, text[end : end + _WINDOW], ahead=False)
    if text[end : end + 1] == ")" and text.count("(", start, end) > text.count(")", start, end):
        end += 1
    if last is None and (repeated := _repeated(text, words, first, start, grammar)):
        return repeated
    ends = (first.moment, last.moment if last else None)
    if last and isinstance(words[last.first].symbol, Clock):
        ends = day_of_both(*ends)
    relation = relation_of(before, after, first.cue, last.moment if last else None)
    finish = end + inside_length(after, text[end : end + _WINDOW], False)
    while after_word < len(words) and words[after_word].start < finish:
        after_word += 1
    return (
        Expression(
            start - inside_length(before, text[max(0, start - _WINDOW) : start], True),
            finish,
            first=_settled(*ends),
            last=settle_half(ends[1]) if ends[1] else None,
            relation=relation,
            approx=any(cue is not None and cue.approx for cue in (before, first.cue, inner, after)),
            rule=word.rule,
        ),
        after_word,
    )


def _lasting_end(text: str, words: list[Word], first: _Taken, grammar: Grammar) -> _Taken | None:
    """The end of a time of day with the length that follows it (15時から30分間)."""
    follower = words[first.after] if first.after < len(words) else None
    clock = first.moment.clock
    if follower is None or not isinstance(follower.symbol, Length) or clock is None or follower.weak:
        return None
    length = follower.symbol
    behind = cue_in(grammar.after, text[follower.end : follower.end + _WINDOW], ahead=False)
    if behind and behind.approx:
        return None
    exact = length.minutes and not (length.months or length.days or length.seconds or length.approx)
    if not exact or not compiled(grammar.lasting).fullmatch(text[words[first.after - 1].end : follower.start]):
        return None
    hours, minute = divmod(clock.hour * 60 + clock.minute + length.minutes, 60)
    if hours >= 24 or (clock.half and hours >= 12):
        return None
    end = replace(clock, hour=hours, minute=minute, plain=clock.plain and hours <= 12)
    return _Taken(Moment(clock=end), first.after, first.after + 1)


def _counted(text: str, words: list[Word], i: int, length: Length, grammar: Grammar) -> tuple[Expression, int] | None:
    """A length counted from the day behind it ("two weeks from tomorrow"), None where it stands alone."""
    follower = words[i + 1] if i + 1 < len(words) else None
    if follower is None or follower.weak or not isinstance(follower.symbol, Date | Away | Festival | Anchored):
        return None
    link = compiled(grammar.offset).fullmatch(text[words[i].end : follower.start])
    if link is None:
        return None
    taken = _moment(text, words, i + 1, grammar, None)
    day = from_day(length, -1 if groups(link).get("back") else 1, taken.moment.day)
    if day is None:
        return None
    end = words[taken.after - 1].end
    return Expression(words[i].start, end, first=replace(taken.moment, day=day), rule="counted"), taken.after


def _length(text: str, word: Word, length: Length, grammar: Grammar) -> Expression:
    before = cue_in(grammar.before, text[max(0, word.start - _WINDOW) : word.start], ahead=True)
    after = cue_in(grammar.after, text[word.end : word.end + _WINDOW], ahead=False)
    vague = length.approx or bool(before and before.approx) or bool(after and after.approx)
    end = word.end + inside_length(after, text[word.end : word.end + _WINDOW], False)
    return Expression(word.start, end, length=replace(length, approx=vague), rule=word.rule)


def _settled(first: Moment, last: Moment | None) -> Moment:
    """The opening moment, with what only the closing one says: zone, month, year ("3-4 pm CET", "3-5 May")."""
    if last and last.zone and not first.zone:
        first = replace(first, zone=last.zone)
    if last and last.day and first.day:
        first = replace(first, day=before_end(first.day, last.day))
    return settle_half(first)


def _moment(text: str, words: list[Word], i: int, grammar: Grammar, opening: Moment | None) -> _Taken:
    """The longest run of words from place ``i`` that make one moment; ``opening`` is the start of its range."""
    moment = merge(Moment(), words[i].symbol) or Moment()
    j, cue = i + 1, None
    while j < len(words):
        gap = text[words[j - 1].end : words[j].start]
        if gap.strip(" ,\n") == "by" and isinstance(words[j].symbol, Day):
            break
        if j == i + 1 and words[i].weak and not gap.strip() and not opening and not _led(text, words[i], grammar):
            break
        if words[j].weak and words[j].rule == "bare_day":
            break
        if len(gap) > _WINDOW or not compiled(grammar.glue).fullmatch(gap) or gap.count("\n") > 1:
            break
        if _starts_anew(moment, words[j], gap, opening) or _spoils(text, moment, words[j], gap, grammar):
            break
        if "(" in gap and isinstance(words[j].symbol, ZoneName) and _glosses(text, words, j):
            break
        merged = merge(moment, words[j].symbol)
        if merged is None:
            break
        moment, j = merged, j + 1
        cue = cue_in(grammar.before, gap, ahead=True) if gap.strip() else cue
    return _Taken(moment, i, j, cue)


def _starts_anew(moment: Moment, word: Word, gap: str, opening: Moment | None) -> bool:
    """Whether a day on the next line, or after the end of a range that has its day, begins the next candidate."""
    if "、" in gap and _another(moment, word):
        return True
    if not isinstance(word.symbol, Date) or moment.clock is None:
        return False
    if isinstance(moment.day, Date) and moment.day.day is None and word.symbol.weekday is None:
        return False
    return "\n" in gap or (opening is not None and opening.day is not None) or moment.day is not None


def _another(moment: Moment, word: Word) -> bool:
    """Whether a word behind a Japanese comma begins the next of a list: 9時、夕方 or 3/12、月曜."""
    said = moment.clock is not None or moment.part is not None
    if isinstance(word.symbol, Part):
        return said
    if isinstance(moment.day, Festival):
        return isinstance(word.symbol, Day)
    if not isinstance(word.symbol, Date):
        return False
    return said or (isinstance(moment.day, Date) and moment.day.day is not None and moment.day.weekday is None)


def _spoils(text: str, moment: Moment, word: Word, gap: str, grammar: Grammar) -> bool:
    """Whether a weak number merely follows a day ("Monday 3 engineers came") and so is no time of day."""
    if not word.weak or not isinstance(word.symbol, Clock) or gap.strip():
        return False
    return not compiled(grammar.free).match(text, word.end)


def _led(text: str, word: Word, grammar: Grammar) -> bool:
    """Whether a cue such as "at" leads a weak word: "at 8 tomorrow", but not "method 17 tomorrow"."""
    if not isinstance(word.symbol, Clock) or word.symbol.minute:
        return True
    cue = cue_in(grammar.before, text[max(0, word.start - _WINDOW) : word.start], ahead=True)
    return bool(cue and cue.supports) or not text[max(0, word.start - _WINDOW) : word.start].strip()


def _glosses(text: str, words: list[Word], j: int) -> bool:
    """Whether a zone in brackets opens the same time in another zone: 9時半(日本時間16時半)."""
    follower = words[j + 1] if j + 1 < len(words) else None
    return (
        follower is not None and isinstance(follower.symbol, Clock) and ")" not in text[words[j].end : follower.start]
    )


def _range_end(text: str, words: list[Word], first: _Taken, grammar: Grammar, before: Cue | None) -> _Taken | None:
    if first.after >= len(words):
        return None
    word = words[first.after]
    gap = text[words[first.after - 1].end : word.start]
    between = any(cue is not None and cue.pattern == grammar.between for cue in (before, first.cue))
    joins = len(gap) <= _WINDOW and (
        compiled(grammar.to).fullmatch(gap) or (between and compiled(grammar.either).fullmatch(gap))
    )
    if not joins or isinstance(word.symbol, Length | Every | ZoneName):
        return None
    if first.moment.day is None and isinstance(word.symbol, Day):
        return None
    last = _moment(text, words, first.after, grammar, first.moment)
    return last if _fit(first.moment, last.moment) else None


def _fit(first: Moment, last: Moment) -> bool:
    """Whether two moments can be the ends of one range: both with a time of day, or both days."""
    timed = [bool(m.clock or m.part or m.same_time) for m in (first, last)]
    return timed[0] == timed[1] or (timed[0] and last.day is None)


def _repeated(
    text: str, words: list[Word], first: _Taken, start: int, grammar: Grammar
) -> tuple[Expression, int] | None:
    """A time of day with the repetition that follows it ("3 pm each day", "the 19th of every month")."""
    follower = words[first.after] if first.after < len(words) else None
    if follower is None or not isinstance(follower.symbol, Every) or follower.weak or follower.casual:
        return None
    gap = text[words[first.after - 1].end : follower.start].strip()
    every, day = follower.symbol, first.moment.day
    if gap == "of" and isinstance(day, Date) and day == Date(day=day.day) and every == Every("month", every.count):
        every = replace(every, day=day)
    elif gap or not first.moment.clock or day is not None:
        return None
    moment = settle_half(replace(first.moment, day=None))
    return Expression(start, follower.end, first=moment, every=every, rule=follower.rule), first.after + 1


def _repetition(text: str, words: list[Word], i: int, grammar: Grammar) -> tuple[Expression, int]:
    """A repetition with the time or range of day that follows it ("every Monday at 9", 平日の9時から17時)."""
    word = words[i]
    assert isinstance(word.symbol, Every)
    alone = Expression(word.start, word.end, every=word.symbol, rule=word.rule), i + 1
    if i + 1 == len(words) or isinstance(words[i + 1].symbol, Every | Length):
        return alone
    gap = text[word.end : words[i + 1].start]
    if len(gap) > _WINDOW or not compiled(grammar.glue).fullmatch(gap):
        return alone
    first = _moment(text, words, i + 1, grammar, None)
    if first.moment.day is not None and word.symbol.day is not None:
        return alone
    before = cue_in(grammar.before, gap, ahead=True)
    last = _range_end(text, words, first, grammar, before) if first.moment.clock else None
    after = last.after if last else first.after
    moments = _settled(first.moment, last.moment if last else None), settle_half(last.moment) if last else None
    return replace(alone[0], end=words[after - 1].end, first=moments[0], last=moments[1]), after
