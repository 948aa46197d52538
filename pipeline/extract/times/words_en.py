"""Pieces of patterns that the rows of the English grammar share; they run on folded text."""

from __future__ import annotations

import re

from pipeline.extract.times import festivals
from pipeline.extract.times.numbers_en import HOUR_WORDS, ORDINAL, YEAR_WORDS

# Names of festivals in Latin letters; an apostrophe may stand before or after a final s.
FESTIVAL = "|".join(
    re.sub(r"s\b", "'?s'?", re.escape(name)).replace("\\ ", " ") for name in festivals.names() if name.isascii()
)
B = r"(?<![\w@/.-])"
E = r"(?![\w@])"
MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b(?:\.(?= ?[\d,]))?"
)
LONG_MONTH = (
    r"(?P<month>january|february|april|june|july|august|september|october|november|december"
    r"|jan|feb|apr|aug|sept|oct|nov|dec)\b"
)
LONG_WEEKDAY = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
WEEKDAY = rf"(?P<weekday>{LONG_WEEKDAY}|tues?|weds?|thurs?|thu|mon|fri|sat|sun)\b(?:\.(?= ?\w))?"
YEAR = r"(?P<year>(?:1[5-9]|20|21)\d\d|'\d\d)"
ANY_YEAR = rf"(?:{YEAR}|(?P<yearwords>{YEAR_WORDS}))"
DAY = rf"(?P<day>{ORDINAL}|\d{{1,2}})"
DAY_WORD = rf"(?P<day>{ORDINAL}|\d{{1,2}}|(?:twenty|thirty)[ -](?:one|two|three|four|five|six|seven|eight|nine))"
HALF = r"(?P<half>[ap]\.m\.(?=[^\w]|$)|[ap]\.?m\b|[ap] \. m(?: \.)?|[ap] m\b)"
PERIOD = (
    r"(?P<unit>week ?end|working week|work ?week|week|fortnight|month|quarter|(?:financial |fiscal |calendar |school |academic )?year"
    r"|decade|century)"
)
NTH = r"(?P<nth>first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th)"
WHICH = r"(?P<which>(?:the |this )?(?:next|coming|upcoming|following|last|past|previous|current|new)|this)"
SEASON = r"(?P<season>spring|summer|autumn|winter)"
HOUR_WORD = rf"(?P<hourword>{HOUR_WORDS})"
MINUTE_WORD = r"(?P<minuteword>oh[ -](?:five|one|two|three|four|six|seven|eight|nine)|(?:twenty|thirty|forty|fifty)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)"
PORTION = (
    r"(?P<portion>mid(?:dle)?[ -]to[ -]late|early[ -]to[ -]mid(?:dle)?|first (?:few )?days of|last (?:few )?days of|early|earlier|mid|middle|late|later|(?:very )?(?:end|beginning|start|middle|back end)(?: of)?"
    r"|first half of|second half of|latter half of|first part of|latter part of|first thing|last day of)"
)
# One of these stands in every English time expression.
GATE = (
    r"\d|½|\b(?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|day|days|week|month|year"
    r"|hour|hr|mins?\b|minute|secs?\b|seconds|night|morning|forenoon|afternoon|arvo|evening|noon|mid|lunch|dinner|supper|breakfast|tea ?time|bed ?time|to(?:day|night|nite"
    r"|morrow|mm?orr?ow)|tdy|tm[rw]|yesterday|overnight|before|then|that|same|usual|original|agreed|quarter|half|decade|centur|fortnight"
    r"|season|spring|summer|autumn|winter|fall|weekend|eo[dwmyqb]|co[bp]|[ymq]td|q[1-4]|h[12]|fy|cy|sy|dail|everyday|night|bi-?|semi|annual"
    r"|now|asap|as soon|moment|present|current|immediately|date|otd|work|business|small hours|dusk|dawn|sun|first|second|third|fourth|fifth"
    r"|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth"
    rf"|twenty|thirt|forty|fifty|sixt|sevent|eight|ninet|end of|close of|nineteen|school term|{FESTIVAL}|{HOUR_WORDS})"
)
