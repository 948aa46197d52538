"""Words beside an expression: what they say of it, what of them belongs to it, and whether they carry weak words."""

from __future__ import annotations

from pipeline.extract.times.grammar import Cue, Grammar, Word, compiled
from pipeline.extract.times.symbols import Clock, Moment, Relation, ZoneName


def cue_in(cues: tuple[Cue, ...], window: str, ahead: bool) -> Cue | None:
    """The first cue that ends the text ahead of an expression, or begins the text behind it."""
    for cue in cues:
        if compiled(f"(?:{cue.pattern})$").search(window) if ahead else compiled(cue.pattern).match(window):
            return cue
    return None


def inside_length(cue: Cue | None, window: str, ahead: bool) -> int:
    """How much of a cue beside an expression belongs to its span."""
    if cue is None or not cue.inside:
        return 0
    match = compiled(f"(?:{cue.pattern})$").search(window) if ahead else compiled(cue.pattern).match(window)
    return len(match.group()) if match else 0


def relation_of(before: Cue | None, after: Cue | None, within: Cue | None, last: Moment | None) -> Relation:
    """What the cues behind, between and ahead of its words say of an expression that ends with ``last``."""
    clocks = last is not None and (last.clock is not None or last.part is not None)
    for cue in (after, within, before):
        if cue and clocks and cue.relation in ("by", "before"):
            continue
        if cue and cue.relation and not (last and cue.relation in ("from", "until", "after", "since")):
            return cue.relation
    return "at"


def supported(text: str, taken: list[Word], end: int, ranged: bool, before: Cue | None, grammar: Grammar) -> bool:
    """Whether the words carry an expression: a strong one among them, or a cue before and a free end behind."""
    if all(word.casual for word in taken):
        return False
    if any(not word.weak for word in taken):
        return any(not isinstance(word.symbol, ZoneName) for word in taken)
    if len({type(word.symbol) for word in taken} - {ZoneName}) > 1 and not ranged:
        return True
    if {type(word.symbol) for word in taken} == {Clock, ZoneName} and not isinstance(taken[0].symbol, ZoneName):
        return True
    if before is None or not before.supports:
        return False
    if all(isinstance(word.symbol, ZoneName) for word in taken):
        return False
    if before.days_only and all(isinstance(word.symbol, Clock | ZoneName) for word in taken):
        return False
    return compiled(grammar.free).match(text, end) is not None
