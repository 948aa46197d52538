"""English number words."""

from __future__ import annotations

HOUR_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_TEENS = "thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
_UNITS = ("zero", *HOUR_WORDS.split("|"), *_TEENS.split("|"))
_NTH = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth"
_LATER_NTH = (
    "tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth"
)
_ORDINALS = (*_NTH.split("|"), *_LATER_NTH.split("|"))
_VAGUE = {"a": 1, "an": 1, "another": 1, "couple": 2, "couple of": 2, "few": 3, "few of": 3}

COUNT = (
    r"(?:\d{1,3}(?:\.\d)?|(?:a )?(?:couple|few)(?: of)?"
    rf"|(?:{'|'.join(_TENS)})(?:[ -](?:one|two|three|four|five|six|seven|eight|nine)\b)?"
    rf"|{_TEENS}|ten|eleven|twelve|{HOUR_WORDS}|an?|another)"
)
ORDINAL = rf"(?:\d{{1,2}}(?:st|nd|rd|th)|{_LATER_NTH}|twenty[ -](?:{_NTH})|thirtieth|thirty[ -]first|{_NTH})"


def number(text: str) -> float:
    """The value of a count as COUNT matches it: digits, "two", "twenty-five", "a couple of"."""
    text = text.strip().removeprefix("a ")
    if text[0].isdigit():
        return float(text)
    if text in _VAGUE:
        return _VAGUE[text]
    if text in _UNITS:
        return _UNITS.index(text)
    tens, _, rest = text.replace("-", " ").partition(" ")
    return _TENS[tens] + (_UNITS.index(rest) if rest else 0)


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
