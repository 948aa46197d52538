"""The language of a text: by script first, Latin script by its commonest words and letters."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache

from pipeline.parse.lines import phrases

_SAMPLE = 2000
_SURE = 0.9
_LONGEST_CODE = 3  # WA, EST and USA are words of no language
_SHARED_LETTER = 0.6
_CAPITALISED = 0.5  # names travel
_ONE_LETTER = 0.4  # "y" and "o" are words and signs
_KANA = re.compile("[\u3041-\u309f\u30a0-\u30ff\uff66-\uff9d]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_PLACE = re.compile(r"[^\s@]{0,64}@\S{0,200}|(?:https?://|www\.)\S{0,200}")  # addresses and links speak no language
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SCRIPTS = (
    ("ko", re.compile("[\uac00-\ud7a3\u1100-\u11ff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
)
_OTHER = re.compile("|".join(script.pattern for _, script in _SCRIPTS))
_LATIN = re.compile("[A-Za-zÀ-ɏḀ-ỿ]")
_CYRILLIC = ("uk", "sr", "bg")


def detect(text: str) -> str:
    """``ja``, ``en`` or another ISO 639-1 code; ``und`` where the text has no words.

    Words of no known language count as English, the language of what is left untranslated in mail.
    """
    sample = text[:_SAMPLE]
    if sample.isascii():
        words = _WORD.findall(_without_places(sample))
        return _latin(words) or "en" if words else "und"
    han, kana = len(_HAN.findall(sample)), len(_KANA.findall(sample))
    letters = _without_places(sample)
    latin = len(_LATIN.findall(letters))
    wide = 2.5 * (han + kana)  # a Japanese character says about as much as two to three letters
    most, code = _other_script(sample)
    if wide and wide >= max(latin * 0.5, 2.5 * most):
        return "zh" if _is_chinese(sample, han, kana) else "ja"
    if most > max(latin, 1):
        return _cyrillic(sample) if code == "ru" else code
    if latin:
        return _latin(_WORD.findall(letters)) or ("ja" if wide else "en")
    return "ja" if wide else "und"


def _without_places(sample: str) -> str:
    """The text with its addresses and links, which hold no white space, cut out."""
    if "@" not in sample and "://" not in sample and "www." not in sample:
        return sample
    words = sample.split()
    for i, word in enumerate(words):
        if "@" in word or "://" in word or "www." in word:
            words[i] = _PLACE.sub(" ", word)
    return " ".join(words)


def _other_script(sample: str) -> tuple[int, str]:
    """The script that is neither Latin nor Japanese with the most letters, and how many."""
    if not _OTHER.search(sample):
        return 0, ""
    others = [(len(script.findall(sample)), code) for code, script in _SCRIPTS]
    return max(others, key=lambda found: found[0])


def _is_chinese(sample: str, han: int, kana: int) -> bool:
    """Characters that Japanese does not write tell Chinese; so does its comma where there is no kana."""
    told = sum(sample.count(letter) for letter in _letters_of("zh")) + _simplified(sample)
    if kana:
        return told > kana
    return told > 0 or ("，" in sample and han >= 4)


def _simplified(sample: str) -> int:
    """How many characters are in the Chinese standard set and not in the Japanese one."""
    return sum(_is_simplified(character) for character in _HAN.findall(sample))


@cache
def _is_simplified(character: str) -> bool:
    return _encodes(character, "gb2312") and not _encodes(character, "cp932")


def _encodes(character: str, charset: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _cyrillic(sample: str) -> str:
    small = sample.lower()
    if any(letter in small for letter in _letters_of("ru")):
        return "ru"
    counts = {code: sum(small.count(letter) for letter in _letters_of(code)) for code in _CYRILLIC}
    best = max(_CYRILLIC, key=lambda code: counts[code])
    return best if counts[best] else "ru"


def _latin(words: Iterable[str]) -> str | None:
    """The language whose common words and letters a text has most of; None where it has none of any."""
    scores: defaultdict[str, float] = defaultdict(float)
    common, letters = _common_words(), _letters()
    for written, count in Counter(words).items():
        if len(written) <= _LONGEST_CODE and written.isupper():
            continue
        word = written.lower().replace("’", "'")
        if codes := common.get(word, ()):
            weight = count * (1.0 if len(word) > 1 else _ONE_LETTER) / len(codes)
            for code in codes:
                scores[code] += weight
        if not word.isascii():
            share = count * (1.0 if written[0].islower() else _CAPITALISED)
            for letter in dict.fromkeys(word):
                codes = letters.get(letter, ())
                for code in codes:
                    scores[code] += share * (1.0 if len(codes) == 1 else _SHARED_LETTER / len(codes))
    if not any(scores.values()):
        return None
    best = max(scores, key=lambda code: (scores[code], code == "en"))
    return best if scores[best] >= _SURE and scores[best] > scores["en"] * 1.15 else "en"


@cache
def _common_words() -> dict[str, tuple[str, ...]]:
    """The languages in which a word is common."""
    return _by_item("common_words.tsv")


@cache
def _letters() -> dict[str, tuple[str, ...]]:
    """The languages that a letter hints at."""
    return _by_item("language_letters.tsv")


@cache
def _letters_of(code: str) -> str:
    return "".join(letter for letter, codes in _letters().items() if code in codes)


def _by_item(name: str) -> dict[str, tuple[str, ...]]:
    codes: dict[str, list[str]] = {}
    for code, items in (row.split("\t") for row in phrases(name)):
        for item in dict.fromkeys(items.split()):
            codes.setdefault(item, []).append(code)
    return {item: tuple(found) for item, found in codes.items()}
