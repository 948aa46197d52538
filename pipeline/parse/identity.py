"""How much one line looks like a piece of an identity block, and how much like a sentence.

Weights are evidence, added up by signatures.py; the words behind them are in identity_words.tsv.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pipeline.parse.caseless import Caseless
from pipeline.parse.closings import fold, is_closing
from pipeline.parse.expressions import is_anchored
from pipeline.parse.lines import phrases

RULE = re.compile(
    r"[\s　]*(?:[^\w\s「」『』（）()。、!?！？]|[_ーー﹏]){3,}[\s　]*$|\s*(?:(?:[^\w\s]|[_o0ｏ])(?:\s?)){6,}$"
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", re.ASCII)
_URL = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]{2,40}\.(?:com|co\.jp|jp|net|org|io|example|co\.uk|de|eu)\b(?:/\S*)?|linkedin\.com/\S+",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\d.-])(?:[+＋]\d{1,3}[\s.-]?)?(?:\(\d{1,5}\)[\s.-]?)?\d{1,5}(?:[\s.\-‐–−()]{1,2}\d{2,5}){1,4}(?![\d/])"
)
_POSTAL = re.compile(
    r"〒|(?<![\d-])\d{3}-\d{4}(?![\d-])|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"
    r"|\b[A-Z]{2},? \d{5}(?:-\d{4})?\b|\b[A-Z]{1,2}-\d{4,5}\b"
)
_NAME_EN = re.compile(
    r"[-–—~*\s]{0,4}(?:(?:Mr|Ms|Mrs|Dr|Prof|Engr|Miss|pp|p\.p|i\. ?[AaVv]|gez|Chief|Sir|Rev|Fr|Sr)\.?\s)?"
    r"[A-ZÀ-Þ][\w'’.À-ÿ-]{0,20}"
    r"(?:[ ](?:[A-ZÀ-Þ][\w'’.À-ÿ-]{0,20}|de|van|von|der|la|le|bin|al|da|di|del|ter|den)){0,4}"
    r"(?:,? (?:[A-Z][A-Za-z.]{1,7}))?(?:[ ][(（][\w .,'-]{1,30}[)）])?[*\s,]{0,3}$"
)
_NAME_JA = re.compile(
    r"[\s　]*(?:[\u4e00-\u9fff々ヶヵﾞ-ﾟァ-ヶーぁ-ん]{1,8}[ 　・]{0,4}[\u4e00-\u9fff々ァ-ヶーぁ-ん]{0,8}|"
    r"[\u4e00-\u9fff々ァ-ヶー]{1,5})"
    r"(?:\s?[（(／/][^）)]{2,30}[)）]?)?[\s　]*$"
)
_OPENING_JA = re.compile(
    r"(?:いつも|平素|毎度|日頃|お世話になって|お世話様|お疲れ様|はじめまして|拝啓|前略|時下|関係者|各位|.{1,20}(?:様|さま|殿|御中|各位)$)"
)
_JA = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")
_SENTENCE_MARK = re.compile(r"[。．！？!?…]|[、,]$")
_PARTICLES = re.compile(r"[\u3041-\u3093]{2,}")
_BULLET = re.compile(r"[\s　]*(?:[-*・●○■□◆◇▼▲※→⇒✓]|[(（]?\d{1,2}[.)）．、]|[①-⑳])[\s　]*\S")
_NAME_HEAD = re.compile(
    r"[-–—~*\s]{0,3}(?:(?:Mr|Ms|Mrs|Dr|Prof|Rev|Fr|Br|Sr|Sir)\.?\s)?[A-ZÀ-Þ][\w'’À-ÿ-]{0,20}\.?(?:\s[A-ZÀ-Þ][\w'’À-ÿ-]{0,20}\.?){0,3}"
    r"\s*(?:$|[,|/·•~(:–—-])"
)
_FULL_NAME_JA = re.compile(
    "[\u4e00-\u9fff々]{1,4}[ 　](?:[\u4e00-\u9fff々ぁ-んァ-ヶー]{1,5})(?:[ 　]?[(（][^()（）]{1,20}[)）])?$"
)
_NAME_LAST_JA = re.compile(
    "(?<![^ 　])[\u4e00-\u9fff々]{1,4}[ 　][\u4e00-\u9fff々ぁ-んァ-ヶー]{1,4}$"
    "(?<!ます)(?<!です)(?<!した)(?<!ない)(?<!する)(?<!して)(?<!さん)(?<!さま)"
)
_NAME_IN_JA = re.compile(
    "(?:^|[ 　/・|,])[\u4e00-\u9fff々]{1,4}(?:[ 　][\u4e00-\u9fff々ぁ-んァ-ヶー]{1,5})?"
    "(?:$|[ 　/・|,(（@][^\u3041-\u3093]{0,40}$)"
)
_READING = re.compile("[\u4e00-\u9fffァ-ヶー][ 　]?[(（][ぁ-んー]{1,8}[ 　]?[ぁ-んー]{0,8}[)）]")
_PARENTHESIS = re.compile(r"[(（][^()（）]{0,40}[)）]")
_KISSES = re.compile(r"(?<![\s,])[\s,]+[xX]{1,4}[.!]?$")
_KISSED = ("x", "X", ".", "!", "\n")
_OTHER_LABEL = re.compile(r"\W{0,3}[A-Z][\w ]{1,24}: \S")
_NAMED_LINE = 70
_NAMED = re.compile(r"[A-ZÀ-Þ][\w'’-]*\.?(?: [A-ZÀ-Þ][\w'’-]*\.?){0,3}(?:,| [/|·•–—-]) (\S.*)$")
_POST = re.compile(
    r"\b(?:desk|office|reception|inwards?|stores|payable|receivable|service|management|goods|info)\b", re.I
)
_NO_ABBREVIATION = frozenset(("it", "this", "that", "you", "me", "us", "now", "soon", "then", "again", "done"))
_JOINTS = re.compile(r"of|and|the|for|in|at|de|van|von|der|la|le|du|des|di|da|dos|del|el|al|bin|y|e|&|und|et")
_ABBREVIATED = re.compile(
    r"(?:\b[^\W\d_]\.(?:[^\W\d_]{1,3}\.?)*|\b(?:co|inc|ltd|corp|llc|pvt|no|jr|sr|esq|bros|assn|dept|est|ind|cie|gmbh|ltda))\.?$",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(r"//\d+\.\d+\.|\.(?:html?|pdf|csv|aspx?|php|dll|docx?|xlsx?|jpe?g|png|txt)\b|[?=]")
_DIGIT = re.compile(r"\d")
_HOME_PAGE = 60
_PERSON_LATIN = re.compile(r"[a-zà-ÿ]{2,15}$")


def is_rule(line: str) -> bool:
    """Whether the line is drawn, not written."""
    return len(line) < 200 and bool(RULE.match(line))


@cache
def _words(japanese: bool) -> dict[str, _Words]:
    """The words by kind; those written in Japanese are of no use to a line without any."""
    kinds: dict[str, list[str]] = {}
    for row in phrases("identity_words.tsv"):
        kind, expression = row.split("\t")
        if japanese or expression.isascii() or not _JA.search(expression):
            kinds.setdefault(kind, []).append(expression)
    return {kind: _Words(found) for kind, found in kinds.items()}


class _Words:
    """Words of one kind: those that begin a line, and those that stand anywhere in it."""

    def __init__(self, rows: list[str]) -> None:
        first = [row for row in rows if is_anchored(row)]
        latin = [row for row in rows if row.startswith("\\b")]  # one search from word to word
        others = [row for row in rows if row not in first and row not in latin]
        self._first = Caseless("|".join(first)) if first else None
        self._anywhere = [Caseless("|".join(latin))] if latin else []
        self._anywhere += map(Caseless, others)

    def are_in(self, text: str) -> bool:
        """Whether any of the words stands in the text."""
        led = self._first is not None and self._first.match(text)
        return led or any(row.search(text) for row in self._anywhere)

    def count_in(self, text: str) -> int:
        """How many words stand in the text, those that must begin a line left out."""
        return sum(row.count(text) for row in self._anywhere)


def _says(kind: str, text: str) -> bool:
    found = _words(is_japanese(text)).get(kind)
    return found is not None and found.are_in(text)


def _plain(line: str) -> str:
    """The width-folded line without the marks of emphasis (*so* or _so_) or the sides of a drawn box around it."""
    text = fold(line.strip()).strip("┃│ ")
    if text[:1] in ("*", "_") and text[-1:] == text[:1]:
        return text.strip("*_ ") or text
    return text


@lru_cache(maxsize=2048)
def weight(line: str) -> float:
    """Evidence that a line belongs to a signature: positive for, negative against."""
    text = _plain(line)[:400]
    if not text:
        return 0.0
    if is_rule(text):
        return 0.5
    if len(text) < 3 and not any(map(str.isalnum, text)):
        return -2.0  # an end mark that a client broke off
    japanese = is_japanese(text)
    score = (_sentence_evidence_ja(text) + _noun_evidence_ja(text)) if japanese else _sentence_evidence_en(text)
    if score < -4.5 and len(text) > 50:
        return -6.0  # plainly a sentence: nothing in it makes it a signature
    score += _contact_evidence(text)
    if score > -1:
        score += 1.2 * _says("company", text) + 1.2 * _says("title", text)
        score += _name_evidence(text, japanese)
    score -= 4 * _says("greeting", text) + 4 * _says("fact", text)
    if not japanese and score > -2 and _DIGIT.search(text):
        score -= 2 * _says("date", text)
    if _BULLET.match(text):
        score -= 1.5
    if len(text) > 90:
        score -= 1.5
    return max(-6.0, min(4.0, score))


def is_anchor(line: str) -> bool:
    """Whether the line names a firm, a post or a reading, or labels a contact: a block needs one of these."""
    text = _plain(line)[:400]
    if any(_says(kind, text) for kind in ("company", "title", "label")):
        return True
    if "@" in text and _EMAIL.search(text):
        return True
    return bool(is_japanese(text) and _READING.search(text)) or bool(_POSTAL.search(text))


@lru_cache(maxsize=2048)
def is_post(name: str) -> bool:
    """Whether a display name is that of a post, a team or a firm and not of a person."""
    text = fold(name)
    return _says("title", text) or _says("company", text) or bool(_POST.search(text))


def is_named_line(line: str) -> bool:
    """Whether a short line is a person's name and something set off from it, whoever it is: "Ann Bell, Bell Glass"."""
    text = _plain(line)
    found = _NAMED.match(text) if len(text) <= _NAMED_LINE else None
    return (
        found is not None
        and weight(line) > 0
        and all(word[0].isupper() or not word[0].isalpha() or _JOINTS.fullmatch(word) for word in found[1].split())
    )


def is_greeting(line: str) -> bool:
    """Whether the line addresses somebody."""
    return _says("greeting", fold(line.strip())[:400])


def is_salutation(line: str) -> bool:
    """Whether a line greets as the first line of a letter does, Japanese opening formulas included."""
    return is_greeting(line) or bool(_OPENING_JA.match(line.strip()))


def has_phone(line: str) -> bool:
    """Whether the line holds something like a telephone number."""
    text = fold(line)
    return bool(_DIGIT.search(text)) and bool(_PHONE.search(text))


def is_japanese(line: str) -> bool:
    """Whether the line has Japanese characters."""
    return not line.isascii() and bool(_JA.search(line))


def begins_with_name(line: str) -> bool:
    """Whether a line begins with a capitalised name, alone or set off from what follows by a mark."""
    text = _plain(line)
    if len(text) > 90:
        return False
    if is_japanese(text):
        return bool(_NAME_IN_JA.search(text)) and _sentence_evidence_ja(text) >= 0
    return bool(_NAME_HEAD.match(text))


def _contact_evidence(text: str) -> float:
    score = 1.5 * _says("label", text)
    digit = bool(_DIGIT.search(text))
    if (
        not score
        and ": " in text
        and _OTHER_LABEL.match(text)
        and not (_EMAIL.search(text) or _PHONE.search(text) or "://" in text)
    ):
        score -= 1.2  # a label, but of something else
    if ("." in text or "://" in text) and (url := _URL.search(text)):
        score += 1.2 if _is_home_page(url[0]) else -1.5  # a long link is content, not an identity
        text = _URL.sub(" ", text) if "://" in url[0] else text
    if "@" in text and _EMAIL.search(text):
        score += 1.8
    if not digit:
        return score + 2.0 * ("〒" in text)
    score += 1.5 * bool(_PHONE.search(text))
    return score + 2.0 * bool(_POSTAL.search(text)) + 1.2 * _says("street", text)


def _noun_evidence_ja(text: str) -> float:
    """Short words without an ending are a name, a firm or a heading."""
    return 0.6 if len(text) <= 40 and _sentence_evidence_ja(text) >= 0 else 0.0


def _is_home_page(url: str) -> bool:
    return len(url) <= _HOME_PAGE and not _DOCUMENT.search(url)


def _sentence_evidence_ja(text: str) -> float:
    score = 2.0 * bool(_READING.search(text))
    text = _PARENTHESIS.sub("", text).strip()
    if _FULL_NAME_JA.match(text):
        return score
    named = _NAME_LAST_JA.search(text)
    if named:
        text = text[: named.start()].rstrip()
    elif _says("sentence", text):
        score -= 3.5
    if "、" in text[:-1]:
        score -= 1.5  # a list or a clause
    if _SENTENCE_MARK.search(text):
        score -= 2.5
    return score - 0.7 * min(4, len(_PARTICLES.findall(text)))


def _sentence_evidence_en(text: str) -> float:
    words = text.split()
    asks = text.endswith(("?", "!", ":"))
    stops = text.endswith(".") and not _ABBREVIATED.search(text)
    if len(words) < 4 and (asks or stops):
        return -2.0 if asks or words[-1].lower().rstrip(".") in _NO_ABBREVIATION else -0.5
    if _is_title_case(words):
        return 0.6 - 2.0 * (asks or stops)
    if len(words) < 3:
        return 0.0
    function = _words(False)["function"].count_in(text)
    score = -1.0 * min(4, max(0, function - (1 if len(words) > 4 else 0)))
    if (asks or stops) and len(words) > 4:
        score -= 2.0
    lower = sum(1 for word in words if word[:1].islower())
    return score - (1.5 if lower * 2 > len(words) and len(words) > 4 else 0.0)


def _is_title_case(words: list[str]) -> bool:
    """Whether all words of weight are capitalised, as in names of people, firms and posts."""
    letters = [word for word in words if word.strip(",.;:()'’-/").replace("-", "").replace("'", "").isalpha()]
    small = [word for word in letters if word[:1].islower()]
    if not 1 <= len(letters) <= 9 or len(letters) == len(small) or 2 * len(letters) <= len(words):
        return False
    return all(_JOINTS.fullmatch(word.lower().strip(",.")) for word in small)


def _name_evidence(text: str, japanese: bool) -> float:
    if japanese:
        return 0.9 if len(text) <= 24 and _NAME_JA.match(text) else 0.0
    return 1.0 if len(text) <= 50 and _NAME_EN.match(text) else 0.0


def bare_name(line: str) -> str:
    """A line without the dashes, slashes and kisses around a name."""
    text = fold(line.strip())
    return (_KISSES.sub("", text) if text.endswith(_KISSED) else text).strip("-–—~*/ ,")


def is_short_name(line: str) -> bool:
    """Whether a line alone could be a bare first name, initials or a family name."""
    text = bare_name(line)
    if len(text) > 3 and text.endswith(".") and not re.search(r"(?:\b[A-Z]|Jr|Sr)\.$", text):
        return False
    if not text or len(text) > 24 or is_closing(text):
        return False
    if is_japanese(text):
        return len(text) <= 8 and bool(_NAME_JA.match(text)) and not _says("sentence", text)
    if _NAME_EN.match(text):
        return len(text.split()) <= 3
    return bool(_PERSON_LATIN.match(text)) or bool(re.fullmatch(r"(?:[A-Z]\.?){1,3}(?: x{1,3})?|[a-z]\.?", text))
