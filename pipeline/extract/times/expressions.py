"""Time expressions of a text: scan for words, compose them, let lists share, resolve against the mail's date."""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from datetime import UTC, date, datetime

from pipeline.extract.times import zones
from pipeline.extract.times.compose import compose
from pipeline.extract.times.folding import fold
from pipeline.extract.times.grammar import Grammar, Word, compiled, scan
from pipeline.extract.times.relabel import days_of_month, elided_lengths
from pipeline.extract.times.resolve import resolve
from pipeline.extract.times.seen import Seen
from pipeline.extract.times.sharing import share, spread_zone
from pipeline.extract.times.spans import TimeSpan
from pipeline.extract.times.symbols import Clock, Date, Expression, ZoneName

_YEARS = range(1900, 2200)
_JAPANESE = re.compile(r"[぀-ヿ㐀-鿿]")
_PAST = {
    "en": re.compile(
        r"\b(?:was|were|had|did|didn't|wasn't|went|came|sent|got|told|said|arrived|received|ordered|paid|met|spoke|called"
        r"|(?<!\bthe )(?<!\ba )(?<!\byour )(?<!\bour )(?<!\bmy )"
        r"(?!need|proceed|feed|speed|agreed|confirmed|booked|scheduled|moved|planned|fixed|supposed|interested|delayed)\w{3,}ed)\b"
    ),
    "ja": re.compile(
        r"^(?:に|で|から|は|、|付で|頃に?)?[^、。]{0,14}?"
        r"(?:ました(?!ら)|でした(?!ら)|だった(?!ら)|なかった(?!ら)|(?:っ|い|し|ん|え|け|れ)[ただ](?=[一-龥ァ-ヶ「]|の[はがをに]))"
    ),
}
_ARRANGED = re.compile(
    r"変更|決定|確定|予約|調整|設定|承知|了解|承り|承諾|かしこまり|決ま|押さえ|設け|取り|ずら|移し|空け"
)
_FUTURE = re.compile(
    r"\b(?:will|'ll|'d|shall|would|could|can|please|by|until|before|next|how about|let's|must|should|need"
    r"|(?<!in )(?<!of )(?<!since )may"
    r"|instead|make it|like to|wants? to|hop(?:e|ing) to|plan(?:ning)? to|going to|wish to|propose|suggest|available"
    r"|follows?|leaves?|comes?|goes|arrives?|is (?:due|on|at))\b|\?"
)


def find(
    text: str,
    reference: datetime,
    language: str,
    anchor: date | None = None,
    zone: ZoneName | None = None,
    loose: bool = False,
) -> tuple[TimeSpan, ...]:
    """The time expressions of a text in order, without overlap.

    ``reference`` is the mail's date with its zone (UTC where it has none); ``language`` chooses the grammar: "ja",
    or English for every other; a text with Japanese characters in it is read as Japanese. ``anchor`` is the day that
    words such as "the day before" count from until the text names one itself; ``zone`` holds for every clock time
    without its own. ``loose`` also gives what no mail makes a date of ("now", "the day"). Linear in the text's length.
    """
    if reference.year not in _YEARS:
        return ()
    if reference.tzinfo is None:
        reference = reference.replace(tzinfo=UTC)
    tongue = "ja" if language == "ja" or _JAPANESE.search(text) else "en"
    grammar = _grammar(tongue)
    folded = fold(text)
    if grammar.gate and not compiled(grammar.gate).search(folded):
        return ()
    seen = Seen(reference.date(), zones.country(tongue, reference), zones.month_first(tongue, reference), anchor=anchor)
    scanned = elided_lengths(list(scan(folded, grammar, loose, text)))
    words = days_of_month(folded, scanned, grammar, seen.today)
    alone = compose(folded, words, grammar)
    said = {e.start: e for e in alone}
    found = share(folded, alone, grammar)
    found = spread_zone(found, _lone_zone(words, alone) or zone)
    spans = []
    for expression in found:
        span = resolve(expression, reference, replace(seen, past=_past(folded, expression, tongue)))
        if span:
            spans.append(replace(span, said=_alone(said[expression.start], expression)))
            seen = replace(seen, anchor=_anchor(span) or seen.anchor, named=_anchor(span) or seen.named)
    return tuple(spans)


def stated_zone(text: str, language: str) -> ZoneName | None:
    """The zone that a text without a clock time names for others ("all times are Pacific", すべて日本時間です)."""
    tongue = "ja" if language == "ja" or _JAPANESE.search(text) else "en"
    words = list(scan(fold(text), _grammar(tongue)))
    if any(isinstance(word.symbol, Clock) for word in words):
        return None
    return next(
        (w.symbol for w in words if isinstance(w.symbol, ZoneName) and w.symbol.name not in ("own", "theirs")), None
    )


def _alone(said: Expression, shared: Expression) -> Expression:
    """What an expression says without its neighbours, but for the month of a bare day of a list."""
    day, told = said.first.day, shared.first.day
    if isinstance(day, Date) and isinstance(told, Date) and day.day is not None and day.day == told.day:
        return replace(said, first=replace(said.first, day=told))
    return said


def _anchor(span: TimeSpan) -> date | None:
    """The day that a span names for later words to count from."""
    if span.slot is None or not span.has_day or span.vague_day:
        return None
    return span.slot.start.date() if isinstance(span.slot.start, datetime) else span.slot.start


@functools.cache
def _grammar(language: str) -> Grammar:
    if language == "ja":
        from pipeline.extract.times.grammar_ja import GRAMMAR as japanese

        return japanese
    from pipeline.extract.times.grammar_en import GRAMMAR as english

    return english


def _lone_zone(words: list[Word], found: list[Expression]) -> ZoneName | None:
    """A zone that stands apart from every expression, for all of them."""
    for word in words:
        if isinstance(word.symbol, ZoneName) and not any(e.start <= word.start < e.end for e in found):
            return word.symbol
    return None


def _past(text: str, expression: Expression, language: str) -> bool:
    """Whether the words around an expression speak of the past and not of what is to come."""
    if language == "ja":
        told = _PAST["ja"].match(text[expression.end : expression.end + 20])
        return told is not None and not _ARRANGED.search(told.group())
    around = text[max(0, expression.start - 60) : expression.end + 60]
    return bool(_PAST["en"].search(around)) and not _FUTURE.search(around)
