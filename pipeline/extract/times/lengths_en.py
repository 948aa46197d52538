"""English lengths of time: "two weeks and 3 days", "an hour and a half", "half a day", "1h30m", "a couple of days"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.extract.times.numbers_en import COUNT, VAGUE_COUNTS, number
from pipeline.extract.times.symbols import Away, Length, Unit

UNIT = (
    r"(?:seconds|(?<=\d )second|(?<=one )second|(?<=half a )second|secs?"
    r"|minutes?|mins?|(?:working |business |office )?hours?|(?<!an )hrs?|nights?|(?:calendar )?days?"
    r"|(?:working|business|work|week)[ -]?days?|weekends?|weeks?|wks?|fortnights?|months?|mths?"
    r"|quarters?(?! (?:of|to|past)\b)|years?|yrs?|decades?|centur(?:y|ies))"
)
_SHORT = r"(?:hrs|hr|h|mins|min|m|secs|sec|s|d|w|y)"
_MANNER = (
    r"(?:full |long |whole |short |good(?! (?:day|week|weekend|year|evening|night)\b) |solid |clear |consecutive "
    r"|straight |more |further |additional )?"
)
_ONE = (
    rf"(?:(?:{COUNT}(?: to | or | - |-))?{COUNT}(?: ?\(\d+\))?(?:[ -]|(?<=\d)){_MANNER}{UNIT}\b"
    r"|(?<![\w-])\d{1,3}(?:\.\d)?h\b)"
)
_FRACTION = r"(?:half|(?:a |three )?quarters?)"
_HALVES = (
    rf"(?:{COUNT} and (?:an? )?{_FRACTION} {UNIT}"
    rf"|{_FRACTION}(?: an? |[ -]|[ -]an[ -]| of an? )(?:hour|day|year|month|week|century)s?"
    r"|an? half(?:[ -])(?:hour|day|year|month|week))\b"
)
_TAIL = r"(?: and (?:an? )?(?:half|quarter)\b| or (?:two|three|so)\b)"
_BETWEEN = re.compile(r"\d-\d|\b(?:to|or)\b")
_COMPACT = r"\d{1,2}h(?:rs?)? ?[0-5]?\d ?m(?:ins?)?\b"
LENGTH = rf"(?:{_COMPACT}|{_HALVES}|{_ONE}(?:{_TAIL}|(?:,? and |, ?| )\b{_ONE}){{0,3}})"
_PIECE = re.compile(
    r"and (?:an? )?(?P<tail>half|quarter)\b(?! (?:of|an?|hour|day|year))"
    rf"|(?:(?<![a-z])|(?<=\dh))(?P<count>{COUNT})(?: and (?:an? )?(?P<more>half|quarter))?(?: ?\(\d+\))?[ -]?{_MANNER}"
    rf"(?P<unit>{UNIT}\b|(?<=\d){_SHORT}(?![a-z]))"
    rf"|(?<![a-z])(?P<fraction>{_FRACTION})(?:[ -]an?)?[ -]?(?:of )?(?:an? )?(?P<whole>{UNIT})"
)
_FRACTIONS = {"half": 0.5, "quarter": 0.25, "a quarter": 0.25, "three quarters": 0.75}
_MONTHS: dict[Unit, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12, "decade": 120, "century": 1200}
_SMALLER: dict[Unit, tuple[Unit, int]] = {
    "century": ("year", 100), "decade": ("year", 10), "year": ("month", 12), "quarter": ("month", 3),
    "month": ("day", 30), "week": ("day", 7), "day": ("hour", 24), "hour": ("minute", 60), "minute": ("second", 60),
}  # fmt: skip


def unit(text: str) -> tuple[Unit, int]:
    """The unit a word names and how many of it ("fortnights" are 2 weeks)."""
    text = text.replace("calendar ", "").replace(" ", "").replace("-", "")
    if text.startswith(("working", "business", "workd", "weekd")):
        return ("week", 1) if text.endswith("week") else ("workday", 1)
    if text.startswith("fortnight"):
        return "week", 2
    if text.startswith("weekend"):
        return "weekend", 1
    names: dict[str, Unit] = {
        "mi": "minute", "h": "hour", "da": "day", "d": "day", "w": "week", "mo": "month", "mt": "month",
        "q": "quarter", "y": "year", "se": "second", "s": "second", "m": "minute", "n": "day",
        "c": "century", "f": "year",
    }  # fmt: skip
    if text.startswith("decade"):
        return "decade", 1
    if text.startswith(("calendary", "financialy", "fiscaly", "schooly", "academicy")):
        return "year", 1
    return next(value for key, value in names.items() if text.startswith(key)), 1


def pieces(text: str) -> Iterator[tuple[float, Unit]]:
    """The counts and units of a length as LENGTH matches it, the largest first; a half goes to the unit before it."""
    last: Unit | None = None
    for found in _PIECE.finditer(text):
        if found["tail"]:
            yield from _smaller(_FRACTIONS[found["tail"]], last or "hour")
            continue
        name, times = unit(found["unit"] or found["whole"])
        count = number(found["count"]) if found["count"] else _FRACTIONS[found["fraction"]]
        count += _FRACTIONS[found["more"]] if found["more"] else 0
        last = name
        if count * times % 1:
            yield from _smaller(count * times, name)
        else:
            yield count * times, name


def _smaller(count: float, name: Unit) -> Iterator[tuple[float, Unit]]:
    """A count with a fraction as whole units: 2.5 hours are 150 minutes, half a day 12 hours."""
    while count % 1 and name in _SMALLER:
        name, times = _SMALLER[name]
        count = round(count * times, 3)
    yield count, name


def length(text: str) -> Length:
    """The symbol of a length as LENGTH matches it."""
    found = list(pieces(text))
    months = sum(n * _MONTHS[u] for n, u in found if u in _MONTHS)
    days = sum(n * (7 if u == "week" else 2 if u == "weekend" else 1) for n, u in found if u in _DAYS)
    minutes = sum(n * (60 if u == "hour" else 1) for n, u in found if u in ("hour", "minute"))
    seconds = sum(n for n, u in found if u == "second")
    return Length(round(months), round(days), round(minutes), vague(text), seconds, found[-1][1] if found else None)


_DAYS = ("day", "workday", "week", "weekend")


def vague(text: str) -> bool:
    """Whether the count is no exact one ("a few days")."""
    return any(word in VAGUE_COUNTS for word in text.split()) or _BETWEEN.search(text) is not None


def away(text: str, sign: int, approx: bool = False) -> Away | None:
    """A length as a distance from the mail's date; several units make a chain."""
    found: Away | None = None
    for count, name in pieces(text):
        found = Away(sign * round(count), name, approx=approx or vague(text), base=found)
    return found
