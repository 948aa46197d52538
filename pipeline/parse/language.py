"""The language of a text: by script first, Latin script by its commonest words."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

_SAMPLE = 2000
_KANA = re.compile("[\u3041-\u309f\u30a0-\u30ff\uff66-\uff9d]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_PLACE = re.compile(r"[^\s@]{0,64}@\S{0,200}|(?:https?://|www\.)\S{0,200}")  # addresses and links speak no language
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SCRIPTS = (
    ("ko", re.compile("[\uac00-\ud7a3\u1100-\u11ff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
)
_LATIN = re.compile("[A-Za-zÀ-ɏ]")


def detect(text: str) -> str:
    """``ja``, ``en`` or another ISO 639-1 code; ``und`` where the text has no words."""
    sample = text[:_SAMPLE]
    if sample.isascii():
        return _latin(sample)
    han, kana = len(_HAN.findall(sample)), len(_KANA.findall(sample))
    latin = len(_LATIN.findall(_without_places(sample)))
    wide = 2.5 * (han + kana)  # a Japanese character says about as much as two to three letters
    others = [(len(script.findall(sample)), code) for code, script in _SCRIPTS]
    most, code = max(others, key=lambda found: found[0])
    if wide and wide >= max(latin * 0.5, 2.5 * most):
        return "ja" if kana or not _chinese(sample) else "zh"
    if most > max(latin, 1):
        return code
    return _latin(sample) if latin else ("ja" if wide else "und")


def _without_places(sample: str) -> str:
    return _PLACE.sub(" ", sample) if "@" in sample or "://" in sample or "www." in sample else sample


def _chinese(sample: str) -> bool:
    """Han without kana is Chinese only if it says so with words that Japanese does not write."""
    return len(re.findall("[们这为们对说请谢您吗呢么没还给让时间发现]", sample)) * 12 > len(sample)


def _latin(sample: str) -> str:
    words = _WORD.findall(_without_places(sample))
    if not words:
        return "und"
    common = _common_words()
    counts: dict[str, int] = {}
    for word in words:
        for code in common.get(word.lower().replace("’", "'"), ()):
            counts[code] = counts.get(code, 0) + 1
    code = max(counts, key=lambda c: (counts[c], c == "en"), default="en")
    return code if counts.get(code, 0) >= 2 and counts[code] > counts.get("en", 0) * 1.15 else "en"


@cache
def _common_words() -> dict[str, tuple[str, ...]]:
    """The languages in which a word is common."""
    rows = resources.files(__package__).joinpath("common_words.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [row.split("\t") for row in rows if row and not row.startswith("#")]
    codes: dict[str, list[str]] = {}
    for code, words in pairs:
        for word in dict.fromkeys(words.split()):
            codes.setdefault(word, []).append(code)
    return {word: tuple(found) for word, found in codes.items()}
