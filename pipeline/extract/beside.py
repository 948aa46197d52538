"""What stands beside a name: its reading and its Latin form, after it or on the lines around it."""

from __future__ import annotations

import re

from pipeline.extract import names, organisations
from pipeline.extract.kana import given_readings, is_kana, latin, sound, unify
from pipeline.extract.lines import Block
from pipeline.extract.located import Located
from pipeline.extract.words import Piece, is_japanese, piece

READING = re.compile(
    r"\s*[(\[（［]\s*([\u3041-\u3096\u30a1-\u30faｦ-ﾝ][\u3041-\u3096\u30a1-\u30faｦ-ﾟー・＝\s\u3000]{1,24})\s*[)\]）］]"
)
_KANA = r"[\u3041-\u3096\u30a1-\u30faーｦ-ﾟ]{1,8}[\s\u3000・][\u3041-\u3096\u30a1-\u30faーｦ-ﾟ]{1,8}"
_READING_LINE = re.compile(rf"(?:^|[\s\u3000])({_KANA})$")
_LABELLED_READING = re.compile(
    rf"^(?:ふりがな|フリガナ|ﾌﾘｶﾞﾅ|よみ(?:がな)?|ヨミ|読み(?:方|仮名)?|カナ)[\s\u3000]*[:：]?[\s\u3000]*({_KANA})$"
)
# a run of kana between brackets, slashes, blanks or the ends of its line
_KANA_RUN = re.compile(
    r"(?:^|(?<=[\s\u3000/／(（【\[［〔「<＜:：・]))"
    r"([\u3041-\u3096ー]{2,9}(?:[ \u3000・][\u3041-\u3096ー]{1,9})?"
    r"|[\u30a1-\u30faー]{2,9}(?:[ \u3000・][\u30a1-\u30faー]{1,9})?|[ｦ-ﾟ]{2,14}(?: [ｦ-ﾟ]{1,12})?)"
    r"(?=$|[\s\u3000/／)）】\]］〕」>＞、,])"
)
_LATIN_LINE = re.compile(r"[A-Z][A-Za-zĀ-ž'’-]+,?(?: +[A-Z][A-Za-zĀ-ž'’-]+){1,2}")
_LATIN_AFTER = re.compile(
    r"[\s\u3000]*[/(（／\[]?\s*([A-Z][A-Za-zĀ-ž'’.-]+,?(?:[ \u3000]+[A-Z][A-Za-zĀ-ž'’.-]+){1,2})\s*[)）\]]?"
)


def beside(block: Block, found: Located) -> Located:
    """The reading and the Latin form after the name, or on the line under it."""
    text, at, limit = block.text, found.name.end, block.end
    line_end = text.find("\n", at, limit)
    line_end = limit if line_end < 0 else line_end
    kana = latin_form = None
    if not is_japanese(found.name.text) and (m := READING.match(text[at:line_end])):
        kana = piece(text, at + m.start(1), at + m.end(1))
    if is_japanese(found.name.text):
        if ((m := READING.match(text[at:line_end])) and not organisations.title_japanese(m[1])) or (
            m := re.match(
                r"[\s\u3000/／]+([\u3041-\u3096]{2,8}[\s\u3000][\u3041-\u3096]{2,8})(?=\s|$)", text[at:line_end]
            )
        ):
            kana = piece(text, at + m.start(1), at + m.end(1))
            at += m.end()
        if m := _LATIN_AFTER.match(text[at:line_end]):
            latin_form = _accepted_latin(text, at + m.start(1), at + m.end(1), found)
        latin_form = (
            latin_form or _latin_before(block, found) or _latin_below(block, found) or _latin_near(block, found)
        )
        kana = kana or _kana_below(block, found) or _kana_near(block, found)
    return Located(found.name, found.family, found.rule, kana, latin_form)


def _accepted_latin(text: str, start: int, end: int, found: Located) -> Piece | None:
    p = piece(text, start, end)
    if names.same_name(p.text, found.name.text):
        return p  # also where the name ends like a legal form (AKAMATSU Sae)
    plausible = not organisations.title_western(p.text) and not organisations.legal_form_western(p.text)
    return p if plausible and (_sounds_same(found, p.text) or not organisations.company_western(p.text)) else None


def _latin_before(block: Block, found: Located) -> Piece | None:
    start = block.text.rfind("\n", block.start, found.name.start) + 1
    start = max(start, block.start)
    m = re.search(
        r"([A-Z][A-Za-zĀ-ž'’-]+(?:[ \u3000]+[A-Z][A-Za-zĀ-ž'’-]+){1,2})\s*[/(（／]\s*$",
        block.text[start : found.name.start],
    )
    return _accepted_latin(block.text, start + m.start(1), start + m.end(1), found) if m else None


def _latin_below(block: Block, found: Located) -> Piece | None:
    for line in _neighbours(block, found):
        if _LATIN_LINE.fullmatch(line.text) and _accepted_latin(block.text, line.start, line.end, found):
            family, *_ = (names.split(found.name.text, family=found.family).family or "",)
            known = bool(names.family_sounds(family))
            if _sounds_same(found, line.text) or not known:
                return line
    for line in block.lines:
        if _LATIN_LINE.fullmatch(line.text) and names.same_name(line.text, found.name.text):
            return line
    return None


def _kana_below(block: Block, found: Located) -> Piece | None:
    """The reading on a line beside the name's: alone, behind a post or a label, or anywhere under its label."""
    for line in _neighbours(block, found):
        m = _READING_LINE.search(line.text)
        if m is None or line.text == found.name.text:
            continue
        p = Piece(line.start + m.start(1), line.start + m.end(1), m[1])
        alone = m.start(1) == 0 and m.end() == len(line.text)
        if (alone and _is_reading_like(m[1])) or _reads(found, m[1]):
            return p
    for line in block.lines:
        if m := _LABELLED_READING.search(line.text):
            return Piece(line.start + m.start(1), line.start + m.end(1), m[1])
    return None


def _kana_near(block: Block, found: Located) -> Piece | None:
    """Kana that sounds like the name, on its line or one beside it."""
    for line in _around(block, found):
        for m in _KANA_RUN.finditer(line.text) if is_japanese(line.text) else ():
            p = Piece(line.start + m.start(1), line.start + m.end(1), m[1])
            if not found.name.start <= p.start < found.name.end and _spells(found, m[1]):
                return p
    return None


def _latin_near(block: Block, found: Located) -> Piece | None:
    """Latin words that sound like the name, on its line or one beside it."""
    for line in _around(block, found):
        for m in _LATIN_LINE.finditer(line.text):
            if names.same_name(m.group(), found.name.text):
                return Piece(line.start + m.start(), line.start + m.end(), m.group())
    return None


def _spells(found: Located, kana: str) -> bool:
    """Is kana a reading of family and given name, of which the gazetteer knows at least one?"""
    parts = names.split(found.name.text, family=found.family)
    if parts.given is None or is_kana(found.name.text):
        return False
    families = names.family_sounds(parts.family or "")
    givens = {latin(r) for r in given_readings().get(unify(parts.given), ())}
    first, *rest = re.split(r"[\s\u3000・]", kana)
    if rest:
        return latin(first) in families or latin(rest[0]) in givens
    whole = latin(kana)
    opens = any(whole.startswith(f) and len(whole) > len(f) + 1 for f in families)
    return opens and (not givens or any(whole.endswith(g) for g in givens))


def _is_reading_like(kana: str) -> bool:
    """May two words of kana be a reading: of one script, and no firm?"""
    hira = re.fullmatch(r"[\u3041-\u3096ー\s\u3000]+", kana) is not None
    return hira or re.search(r"[\u3041-\u3096]", kana) is None


def _reads(found: Located, kana: str) -> bool:
    """Does a part of a kana reading sound like the family or the given name?"""
    parts = names.split(found.name.text, family=found.family)
    family, *rest = re.split(r"[\s\u3000]+", kana)
    given = {latin(r) for r in given_readings().get(unify(parts.given or ""), ())}
    return latin(family) in names.family_sounds(parts.family or "") or bool(rest and latin(rest[0]) in given)


def _neighbours(block: Block, found: Located) -> list[Piece]:
    index = next((i for i, line in enumerate(block.lines) if line.start <= found.name.start < line.end), None)
    if index is None:
        return []
    return [block.lines[i] for i in (index + 1, index - 1) if 0 <= i < len(block.lines)]


def _around(block: Block, found: Located) -> list[Piece]:
    own = [line for line in block.lines if line.start <= found.name.start < line.end]
    return own + _neighbours(block, found)


def _sounds_same(found: Located, latin_name: str) -> bool:
    family = names.split(found.name.text, family=found.family).family or ""
    sounds = {sound(t) for t in re.split(r"[\s,]+", latin_name)}
    return bool(names.family_sounds(family) & sounds) or (is_kana(family) and latin(family) in sounds)
