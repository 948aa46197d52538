"""What an out-of-office reply tells: the first day back, and who stands in.

Dates are read by the time engine; the words around them say whether a date is the day of return itself ("back on",
より通常), or the last day away ("until", まで), after which the next workday counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from pipeline.extract.times import TimeSpan
from pipeline.extract.times import find as find_times
from pipeline.records import Message, Noise, OutOfOffice, Segment

_MAX_CHARS = 5000
_NEAR = 60
_BACK_EN = re.compile(
    r"\b(?:back|return(?:ing|s)?|resum\w+|in (?:the )?office again|available again|answer|reply|respond|re-?open\w*|"
    r"catch up|get back)\b[^.!?\n]{0,60}$",
    re.IGNORECASE,
)
_LAST_EN = re.compile(
    r"\b(?:until|till|til|through|thru|to|up to|ends?|-|–|—)\s+(?:and including\s+)?[^.!?\n]{0,20}$", re.IGNORECASE
)
_BACK_JA = re.compile(
    r"^[^。\n]{0,12}?(?:より|から|以降|に|は).{0,24}?(?:返信|返事|連絡|対応|出社|出勤|復帰|戻|再開|営業|確認|業務|順次)"
)
_LAST_JA = re.compile(r"^[^。\n]{0,14}?まで")
_STAND_IN = re.compile(
    r"\b(?:contact|reach|write to|e-?mail|call|speak to|get in touch with|turn to|assist|help you|"
    r"in my (?:absence|place)|"
    r"stand(?:s|ing)? in|cover(?:s|ing)?|deput(?:y|ising)|successor|urgent|emergenc\w+|forward\w*|send)\b|"
    r"(?:宛|まで|へ|に)(?:お電話|ご連絡|お問い合わせ|お願い|直接)|代理|代行|代わり|緊急|お急ぎ|後任|引き継",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", re.ASCII)
_NAME_EN = re.compile(
    r"(?:contact|call|reach|ask|e-?mail|write to|speak to|speak with|successor(?: is)?|in touch with|colleague|"
    r"deputy)[,:]?\s+"
    r"(?:my (?:colleague|deputy|manager|assistant|successor),?\s+)?((?:[A-ZÀ-Þ][\w'’.À-ÿ-]+\s?){1,4})"
)
_NAME_JA = re.compile(
    r"([\u4e00-\u9fff々ァ-ヶー]{1,6}(?:[ 　][\u4e00-\u9fff々ァ-ヶーぁ-ん]{1,6})?)[ 　]*"
    r"(?:宛|様宛|まで|が(?:代|対応|承)|へ(?:ご連絡|お願い))"
)
_NO_NAME_JA = re.compile(
    r"(?:代表|電話|携帯|番号|下記|以下|緊急|窓口|係|部|課|室|センター|日|時|月|年|当社|弊社|当方|担当)$"
)


def find(message: Message, segments: Iterable[Segment], noise: Noise | None) -> OutOfOffice | None:
    """The return date and stand-in of an out-of-office reply; None for any other mail."""
    if noise is None or noise.kind != "auto_reply":
        return None
    text = "".join(message.text[s.start : s.end] for s in segments if s.zone == "body")[:_MAX_CHARS]
    until = _first_day_back(text, message.date) if message.date else None
    return OutOfOffice(until, _stand_in(text, message))


def _first_day_back(text: str, sent: datetime) -> date | None:
    spans = [
        span for span in find_times(text, sent, "ja" if _is_japanese(text) else "en") if span.has_day and span.slot
    ]
    backs = [day for span in spans if (day := _back(text, span)) and day >= sent.date()]
    if backs:
        return min(backs) if len(backs) == 1 else backs[-1]
    lasts = [day for span in spans if (day := _last_away(text, span)) and day >= sent.date()]
    return _next_workday(max(lasts)) if lasts else None


def _is_japanese(text: str) -> bool:
    return bool(re.search("[\u3041-\u30ff]", text))


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _back(text: str, span: TimeSpan) -> date | None:
    """The span's day if its sentence says that work goes on from it."""
    assert span.slot is not None
    before, after = text[max(0, span.start - _NEAR) : span.start], text[span.end : span.end + _NEAR]
    said = text[span.start : span.end] + after
    japanese = bool(_BACK_JA.search(after)) or bool(
        re.search(r"(?:より|から|以降)$", text[span.start : span.end]) and _BACK_JA.search("より" + after)
    )
    if japanese and not _LAST_JA.search(said):
        return _day(span.slot.start)
    if (_BACK_EN.search(before) and not _until_before(before)) or re.match(
        r"\W{0,3}(?:I|we)(?:'ll| will| am| are)\b.{0,20}\bback", after
    ):
        return _day(span.slot.start)
    return None


def _until_before(before: str) -> bool:
    return bool(re.search(r"\b(?:until|till|through)\W*(?:\w+\W+)?$", before, re.IGNORECASE)) and not re.search(
        r"\b(?:not|n't)\b[^.]{0,50}$", before, re.IGNORECASE
    )


def _last_away(text: str, span: TimeSpan) -> date | None:
    """The last day away that a span names."""
    assert span.slot is not None
    before, after = text[max(0, span.start - _NEAR) : span.start], text[span.end : span.end + _NEAR]
    last = _day(span.slot.end or span.slot.start)
    if span.relation in ("until", "by", "within") or span.kind == "range":
        return last
    if _LAST_EN.search(before) or _LAST_JA.search(after):
        return last
    return None


def _next_workday(day: date) -> date:
    day += timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day


def _stand_in(text: str, message: Message) -> str | None:
    """An address of somebody else named to turn to, else a name."""
    own = message.from_.address if message.from_ else ""
    cue = _STAND_IN.search(text)
    if cue is None:
        return None
    addresses = [a.lower() for a in _EMAIL.findall(text) if a.lower() != own]
    if addresses:
        return str(addresses[0])
    for match in _NAME_JA.finditer(text):
        if not _NO_NAME_JA.search(match[1]):
            return str(match[1]).strip()
    name = _NAME_EN.search(text)
    return " ".join(str(name[1]).split()).rstrip(".,") if name else None
