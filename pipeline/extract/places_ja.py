"""Places of meetings in Japanese sentences."""

from __future__ import annotations

import functools
import re

from pipeline.extract import addresses_ja
from pipeline.extract.place_words import TIME, any_of, one_of, words

_CHAR = r"[一-龥々ヶヵァ-ヶーA-Za-z0-9０-９Ａ-Ｚａ-ｚ・&＆\-－#＃]"
_OPENER = (
    rf"(?:^|(?<=[{TIME}、。，,　 にはがをへとものでて※◎・：:])|(?<=から)|(?<=より)|(?<=ごろ)|(?<=どおり)|(?<=以降))"
)
_QUOTED = r"「[^」\n]{1,16}」"
_UNIT = rf"(?:{_CHAR}|{_QUOTED}|（[^）\n]{{1,12}}）|[ 　](?={_CHAR}))"
_OWNERS = r"(?:うち|そちら|こちら|いつも|例|俺|僕|私|わたし)の"
_CLOSING = (
    r"(?:\s*(?:です|でございます|となります|といたします|とします|になります|を予定しております|のまま(?:です)?"
    r"|にて.*|で(?:す|行います|お待ち.*|お願い.*)?))?"
)
_NUMBER = r"(?:[0-9０-９一二三四五六][.．、)）　 ]*)?"
_BREAK = re.compile(r"[ 　]*\n[ 　]*")
_PERSON = re.compile(r"(?:様|さん|氏|殿|部長|課長|係長|社長|所長|工場長|店長|主任|先生)$")
_NO_VALUE = re.compile(
    r"未定|でも|追って|後日|調整中|検討中|(?:ます|ません|ました|した|する|いる|ある|ない|たい|ください|か)$"
)


@functools.cache
def _labels() -> tuple[re.Pattern[str], ...]:
    label = any_of("label_ja")
    return (
        re.compile(
            rf"^[^\w\n]*{_NUMBER}{label}[ 　]*[】\])）]?[ 　]*(?:[:：／/]|(?<=[】　 ]))"
            rf"[ 　]*(\S[^\n。]{{1,60}}?){_CLOSING}[ 　]*。?$",
            re.MULTILINE,
        ),
        re.compile(
            r"(?:場所|会場|開催場所|集合場所)は、?(?:変わらず|変更なく|前回と|例年どおり|同じく?|引き続き){0,2}、?"
            r"([^\n。、はが]{2,40}?)(?:です|でございます|となります|といたします|とします"
            r"|に(?:なります|いたします|します)|のまま|で(?:お|行|い|。|$)|にて"
            r"|を(?:予定|仮?押さえ|予約|ご用意|お借り|考え|希望)|(?=[、。]|$))"
        ),
    )


def labelled(text: str) -> str | None:
    """What stands behind a label (場所：…) or in a plain statement of the place (会場は…です)."""
    for pattern in _labels():
        match = pattern.search(text)
        if match and "://" not in match.group(1) and not _NO_VALUE.search(match.group(1)):
            return match.group(1).strip()
    return None


@functools.cache
def _named() -> str:
    """A place by its last word (本社3階 大会議室), or the house of writer or reader (御社)."""
    house = any_of("premises_ja")
    run = rf"(?:{_OWNERS})?(?:{_UNIT}{{1,20}}?の){{0,2}}{_UNIT}{{0,20}}?{any_of('noun_ja')}(?:{_UNIT}{{0,10}})?"
    return rf"(?P<place>{run}(?:の{_CHAR}{{1,10}})?|{house})"


@functools.cache
def _plain() -> tuple[re.Pattern[str], ...]:
    """Statements of a place that need no time beside them."""
    said = r"にて、|で(?:お待ち|待って)|を(?:仮?押さえ|予約|確保|ご?用意|お借り|取[っりる])"
    return (re.compile(rf"{_OPENER}{_named()}(?:{said})"),)


@functools.cache
def _beside_times() -> tuple[re.Pattern[str], ...]:
    named, come, meet = _named(), any_of("come_ja"), any_of("meet_ja")
    between = rf"(?:[^。\n{TIME}]{{0,16}}?|[^。\n]{{0,4}}{TIME}[^。、\n]{{0,8}}?)"
    return (
        re.compile(
            rf"{_OPENER}{named}(?:(?:に|へ|まで)(?:も|は)?、?{between}{come}"
            rf"|(?:にて|で(?!す|き|し|あ|ご|は?な))は?、?(?:{TIME}|{between}{meet}|。|$)"
            r"|を、?(?:ご?(?:見学|訪問|視察|案内)|拝見|ご覧))"
        ),
        re.compile(rf"{TIME}(?:に|から|より|、|は、?|　| |に、)*{named}(?:にて|で(?:す|の|、|。|$)|へ|まで|。|$)"),
    )


@functools.cache
def _towns_met() -> tuple[re.Pattern[str], ...]:
    """Towns and houses, which need a word of coming or seeing."""
    place = rf"(?P<place>{_CHAR}{{2,8}}?)"
    why = r"(?:(?:ご?挨拶|お詫び|謝罪|ご?説明)に|直接)?"
    return (
        re.compile(rf"{_OPENER}{place}(?:へ|まで|に)(?:も|は)?、?{why}{any_of('come_ja')}"),
        re.compile(rf"{_OPENER}{place}(?:にて|で)(?:お?会|お目に)"),
    )


@functools.cache
def _towns() -> frozenset[str]:
    names = addresses_ja.municipalities()
    return (
        names
        | {re.sub(r"[市区町村]$", "", name) for name in names if len(name) > 2}
        | frozenset(re.sub(r"[都府県]$", "", name) for name in ("東京都", "大阪府", "京都府"))
    )


def tied(text: str, beside: bool = False) -> list[tuple[int, str]]:
    """Places that a sentence ties to its time or to a word of meeting, each with its rank (lowest is best).

    ``text``: the sentence with one sign in place of each time expression. ``beside``: the sentence is not the
    meeting's own but stands next to it, so that only plain statements of a place count.
    """
    text = _BREAK.sub("", text)
    found = _found(_plain(), text, named=True)
    if beside:
        return found
    return found + _found(_beside_times(), text, named=True) + _found(_towns_met(), text, named=False) + _online(text)


def _found(patterns: tuple[re.Pattern[str], ...], text: str, named: bool) -> list[tuple[int, str]]:
    found = []
    for pattern in patterns:
        for match in pattern.finditer(text):
            place = _before().sub("", match.group("place").strip(" 　・"))
            if _stands(place, named):
                found.append((0 if named else 1, place))
    return found


def _stands(place: str, named: bool) -> bool:
    """Whether a run of characters before a particle is a place."""
    if TIME in place or _PERSON.search(place):
        return False
    if any(place.endswith(word) for word in _no_place()):
        return False
    return named or place in _towns() or one_of("premises_ja").fullmatch(place) is not None


@functools.cache
def _no_place() -> tuple[str, ...]:
    return tuple(words()["no_place_ja"])


@functools.cache
def _before() -> re.Pattern[str]:
    return re.compile("^" + any_of("before_ja"))


@functools.cache
def _online_tool() -> re.Pattern[str]:
    return re.compile(rf"オンライン（{any_of('tools')}）")


def _online(text: str) -> list[tuple[int, str]]:
    """A meeting online that names its tool: オンライン（Teams）."""
    match = _online_tool().search(text)
    return [(9, match.group())] if match else []
