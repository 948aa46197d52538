"""English number words: counts, ordinals and years."""

from __future__ import annotations

import re

HOUR_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TEENS = "thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_UNITS = ("zero", *HOUR_WORDS.split("|"), *_TEENS.split("|"))
_NTH = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth"
_LATER_NTH = (
    "tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth"
)
_ORDINALS = (*_NTH.split("|"), *_LATER_NTH.split("|"))
_VAGUE = {
    "a": 1, "an": 1, "another": 1, "couple": 2, "couple of": 2, "few": 3, "few of": 3, "several": 3, "some": 3,
    "half": 0.5, "½": 0.5, "quarter": 0.25, "¼": 0.25, "dozen": 12,
}  # fmt: skip
VAGUE_COUNTS = ("couple", "few", "several", "some")

_TENS_WORD = rf"(?:{'|'.join(_TENS)})"
SMALL = rf"(?:{_TENS_WORD}(?:(?:[ -]| and )(?:{_ONES})\b)?|{_TEENS}|{HOUR_WORDS})"
COUNT = (
    r"(?:\d{1,3},\d{3}|\d{1,4}(?:\.\d{1,2})?(?! ?½)|\d{0,2} ?½|(?:a )?(?:couple|few)(?: of)?|several|some|(?:a )?dozen"
    rf"|(?:(?:an?|one) hundred(?: and)? ?)?{SMALL}|(?:an?|one) hundred|an?|another)"
)
ORDINAL = rf"(?:\d{{1,2}} ?(?:st|nd|rd|th)\b|{_LATER_NTH}|twenty[ -](?:{_NTH})|thirtieth|thirty[ -]first|{_NTH})"
YEAR_WORDS = (
    rf"(?:(?:two thousand)(?: and)?(?: {SMALL})?|(?:nineteen|twenty)[ -](?:hundred|oh[ -](?:{_ONES})|{_TEENS}"
    rf"|ten|eleven|twelve|{_TENS_WORD}(?:[ -](?:{_ONES}))?))"
)


def number(text: str) -> float:
    """The value of a count as COUNT matches it: digits, "two", "twenty-five", "a couple of"."""
    text = re.sub(r"[ -]+| and ", " ", text.strip())
    if text[0].isdigit():
        whole, half = re.match(r"([\d.]*) ?(½?)", text.replace(",", "")).groups()  # type: ignore[union-attr]
        return float(whole) + (0.5 if half else 0)
    if text in _VAGUE:
        return _VAGUE[text]
    if text.removeprefix("a ") in _VAGUE:
        return _VAGUE[text.removeprefix("a ")]
    return float(sum(_word(w) for w in text.split() if w != "and"))


def _word(word: str) -> int:
    if word in ("a", "an"):
        return 1
    if word == "hundred":
        return 99  # "one hundred" is 1 + 99
    return _TENS[word] if word in _TENS else _UNITS.index(word)


def ordinal(text: str) -> int:
    """The value of an ordinal as ORDINAL matches it: "3rd", "third", "twenty-first"."""
    if text[0].isdigit():
        return int(text[:-2])
    if text in _ORDINALS:
        return _ORDINALS.index(text) + 1
    if text == "thirtieth":
        return 30
    tens, _, rest = text.replace("-", " ").partition(" ")
    return _TENS[tens] + _ORDINALS.index(rest) + 1


def year_in_words(text: str) -> int:
    """The value of a year as YEAR_WORDS matches it: "two thousand and twenty", "nineteen ninety-six"."""
    words = text.replace("-", " ").replace(" and ", " ").split()
    century, rest = (2000, words[2:]) if words[:2] == ["two", "thousand"] else (_word(words[0]) * 100, words[1:])
    return century + sum(_word(w) for w in rest if w not in ("hundred", "oh"))
